#include "legacy/galfit_soft_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/toml_table.hpp"

namespace gaxel::legacy {

SceneValue& SoftLimits::scene_value(const NumberPlace& place) const {
  return objects_.objects[place.object].values[place.value];
}

std::string SoftLimits::key(const NumberPlace& place) const {
  return fmt::format("{}.{}", objects_.objects[place.object].name, scene_value(place).key);
}

/// Whether the limits of one lead to another. Each has one at most.
bool SoftLimits::follows(std::string from, const std::string& to) const {
  for (std::size_t step = 0; step <= added_.size(); ++step) {
    if (from == to) return true;
    const auto next = std::ranges::find(added_, from, &std::pair<std::string, std::string>::first);
    if (next == added_.end()) return false;
    from = next->second;
  }
  return true;
}

std::string SoftLimits::obstacle(const NumberPlace& follower, const NumberPlace& leader) const {
  const SceneValue& value = scene_value(follower);
  if (value.fixed) return "both are fixed";
  if (!value.tie.empty()) return "the parameter is tied";
  if (scene_value(leader).tie.find(key(follower)) != std::string::npos) return "the other one is tied to it";
  if (!value.limit.empty()) return "the parameter has such a limit already";
  if (value.min || value.max) return "the parameter has bounds of its own, too";
  if (value.series || scene_value(leader).series) return "scenes have no limits on coefficients";
  if (follows(key(leader), key(follower))) return "such limits would go in a circle";
  return "";
}

std::string SoftLimits::add(ConstraintForm form, const NumberPlace& of, const NumberPlace& from, double low,
                            double high) {
  const bool swapped = ties_.has_swapped_axes(of) || ties_.has_swapped_axes(from);
  if (swapped) return "a b/a above 1 is read as swapped axes";
  const std::string why_not = obstacle(of, from);
  const bool reversed = !why_not.empty();
  const NumberPlace& follower = reversed ? from : of;
  const NumberPlace& leader = reversed ? of : from;
  if (reversed && !obstacle(follower, leader).empty()) return why_not;
  const MappedValue& own = objects_.in_bands.front()[follower.object].values[follower.mapped];
  const MappedValue& other = objects_.in_bands.front()[leader.object].values[leader.mapped];
  if (own.conversion != other.conversion) return "one has a magnitude and the other a surface brightness";
  const bool is_ratio = form == ConstraintForm::kRatio;
  const bool brightness = own.conversion == Conversion::kBrightness;
  if (is_ratio && brightness) return "scenes have surface brightness in counts";
  if (is_ratio && !(low >= 0.0)) return "a ratio below 0";
  const bool offset = own.conversion == Conversion::kMagnitude || scene_value(follower).key == "x" ||
                      scene_value(follower).key == "y" || scene_value(follower).key == "pa";
  if (is_ratio && offset) return "scenes have no ratios of magnitudes, places and angles";
  if (!is_ratio && !brightness && own.factor != other.factor)
    return "the two have different definitions in a scene";
  was_turned_ = reversed;
  if (reversed) {
    const double least = is_ratio ? 1.0 / high : -high;
    high = is_ratio ? (low > 0.0 ? 1.0 / low : INFINITY) : -low;
    low = least;
  }
  const auto in_scene = [&](double value) {
    if (brightness) {  // a difference of magnitudes is a ratio of counts
      return to_scene(own.conversion, own.factor, value, frames_.front()) /
             to_scene(other.conversion, other.factor, 0.0, frames_.front());
    }
    return value * (is_ratio ? own.factor / other.factor : own.factor);
  };
  double min = in_scene(low);
  double max = in_scene(high);
  if (min > max) std::swap(min, max);
  const std::string ends = fmt::format("{}{}", std::isfinite(min) ? ", min = " + io::toml_float(min) : "",
                                       std::isfinite(max) ? ", max = " + io::toml_float(max) : "");
  scene_value(follower).limit =
      fmt::format("{} = {{ to = {}{} }}", is_ratio || brightness ? "ratio" : "difference",
                  toml_string(key(leader)), ends);
  added_.emplace_back(key(follower), key(leader));
  return "";
}

}  // namespace gaxel::legacy
