#include "render/check_options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {

void check_tolerance(const Tolerance& tolerance, const std::string& source, const std::string& prefix) {
  const auto check = [&](const char* key, double value, bool valid, const char* allowed) {
    if (!valid)
      throw InputError({source, prefix + key, fmt::format("{:g}", value), "not a tolerance", allowed});
  };
  check("rtol", tolerance.rtol, is_rtol(tolerance.rtol), "above 0, below 1");
  check("atol", tolerance.atol, is_atol(tolerance.atol), "at least 0, below 1");
}

void check_options(Shape shape, const RenderOptions& options) {
  const std::string size = std::to_string(shape.ny) + " x " + std::to_string(shape.nx);
  if (shape.empty()) {
    throw InputError({"render", "shape", size, "an image needs pixels", "at least 1 x 1"});
  }
  if (shape.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw InputError({"render", "shape", size, "the image is too large", "fewer than 2^31 pixels"});
  }
  check_tolerance(options.tolerance, "render");
  const double floor = options.tolerance.floor;
  if (!(floor >= 0.0) || !std::isfinite(floor)) {
    throw InputError(
        {"render", "floor", fmt::format("{:g}", floor), "not a tolerance", "finite, at least 0"});
  }
  if (options.threads < 0) {
    throw InputError({"render", "threads", std::to_string(options.threads), "not a number of threads",
                      "1 or more, or 0 for all of the machine"});
  }
}

}  // namespace gaxel
