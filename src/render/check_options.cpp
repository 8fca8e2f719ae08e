#include "render/check_options.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {

void check_options(Shape shape, const RenderOptions& options) {
  const std::string size = std::to_string(shape.ny) + " x " + std::to_string(shape.nx);
  if (shape.empty()) {
    throw InputError({"render", "shape", size, "an image needs pixels", "at least 1 x 1"});
  }
  if (shape.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw InputError({"render", "shape", size, "the image is too large", "fewer than 2^31 pixels"});
  }
  const auto check = [](const char* key, double value, bool valid, const char* allowed) {
    if (!valid) throw InputError({"render", key, std::to_string(value), "not a tolerance", allowed});
  };
  const Tolerance& tolerance = options.tolerance;
  constexpr const char* kRelative = "finite, rtol > 0, atol >= 0";
  check("rtol", tolerance.rtol, tolerance.rtol > 0.0 && std::isfinite(tolerance.rtol), kRelative);
  check("atol", tolerance.atol, tolerance.atol >= 0.0 && std::isfinite(tolerance.atol), kRelative);
  check("floor", tolerance.floor, tolerance.floor >= 0.0 && std::isfinite(tolerance.floor),
        "finite, at least 0");
  if (options.threads < 0) {
    throw InputError({"render", "threads", std::to_string(options.threads), "not a number of threads",
                      "1 or more, or 0 for all of the machine"});
  }
}

}  // namespace gaxel
