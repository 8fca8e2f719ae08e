#include "gaxel/likelihood.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr std::array<std::string_view, 6> kNames{"gaussian",    "model_sigma", "cash",
                                                 "poisson_mlr", "student_t",   "huber"};

bool is_positive(double value) {
  return value > 0.0 && std::isfinite(value);
}

}  // namespace

std::string_view to_text(Likelihood likelihood) {
  return kNames.at(static_cast<std::size_t>(likelihood));
}

Likelihood LikelihoodOptions::named(std::string_view name, const std::string& source) {
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) {
    throw InputError(
        {source, "likelihood", std::string(name), "there is no such likelihood", suggestion(name, kNames)});
  }
  return static_cast<Likelihood>(found - kNames.begin());
}

std::string LikelihoodOptions::problem() const {
  if (!is_positive(student_dof)) return fmt::format("student_dof = {:g}: must be above 0", student_dof);
  if (!is_positive(huber_threshold))
    return fmt::format("huber_threshold = {:g}: must be above 0", huber_threshold);
  return "";
}

std::string CountNoise::problem() const {
  if (!is_positive(gain)) return fmt::format("gain = {:g}: must be above 0, electrons per count", gain);
  if (!(read_noise >= 0.0 && std::isfinite(read_noise)))
    return fmt::format("read_noise = {:g}: must be at least 0, electrons", read_noise);
  if (!std::isfinite(sky)) return fmt::format("sky = {:g}: must be a finite number of counts", sky);
  return "";
}

}  // namespace gaxel
