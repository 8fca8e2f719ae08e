#include "legacy/couplings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

#include "io/convention.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {

namespace {

/// "slope * NAME + offset", parts of it missing.
struct Line {
  double slope = 1.0;  ///< NaN: one of its own in each band
  double offset = 0.0;
};

/// A number, or NaN for the choice of one by the band's wavelength that ties of GALFITM's files become.
std::optional<double> number_in_bands(const std::string& text) {
  if (text.starts_with("(_wavelength == ") && text.ends_with(")"))
    return std::numeric_limits<double>::quiet_NaN();
  return parse_number(text);
}

std::optional<Line> as_line(std::string text, const std::string& name) {
  Line line;
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return std::nullopt;
  if (at > 0) {
    const std::string before = text.substr(0, at);
    if (!before.ends_with(" * ")) return std::nullopt;
    const std::optional<double> slope = number_in_bands(before.substr(0, at - 3));
    if (!slope) return std::nullopt;
    line.slope = *slope;
  }
  const std::string after = text.substr(at + name.size());
  if (after.empty()) return line;
  const bool minus = after.starts_with(" - ");
  if (!minus && !after.starts_with(" + ")) return std::nullopt;
  const std::optional<double> offset = number_in_bands(after.substr(3));
  if (!offset) return std::nullopt;
  line.offset = minus ? -*offset : *offset;
  return line;
}

/// GALFIT's number for a key of a component: the slot that has the same row.
const ObjectSlot* slot_of(const SceneComponent& component, std::string_view key) {
  const ObjectType* type = object_type_of_kind(component.kind->base().name);
  if (type == nullptr) return nullptr;
  const auto found = std::ranges::find(type->slots, key, &ObjectSlot::key);
  return found == type->slots.end() ? nullptr : &*found;
}

}  // namespace

std::string soft_limit_text(const Scene& scene, const Parameter& parameter, const SceneComponent& component,
                            const ObjectSlot& slot, int leader, int follower,
                            std::span<const std::string> turned) {
  const Limit& limit = *parameter.limit;
  const SceneComponent& other = scene.components[limit.component];
  const std::string_view key = io::file_key(other.kind->parameters[limit.parameter], other.flux_is_magnitude);
  const ObjectSlot* its = slot_of(other, key);
  if (leader == 0 || (key != slot.key && (its == nullptr || its->row != slot.row))) return "";
  const bool magnitudes = slot.conversion == Conversion::kMagnitude && component.flux_is_magnitude;
  const bool brightness = slot.conversion == Conversion::kBrightness;
  const bool is_ratio = limit.is_ratio && !magnitudes && !brightness;
  const double its_factor = its == nullptr ? slot.factor : its->factor;
  if (!is_ratio && its_factor != slot.factor) return "";
  const auto in_galfit = [&](double inner) {
    if (std::isinf(inner)) return inner;
    if (magnitudes || brightness) return inner > 0.0 ? -2.5 * std::log10(inner) : INFINITY;
    if (is_ratio) return inner * its_factor / slot.factor;
    const auto at = static_cast<std::size_t>(&parameter - component.parameters.data());
    // Of places and angles differences are the same wherever they begin.
    const double in_file = io::map_to_file(component.kind->parameters[at].role, {}).factor * inner;
    return (slot.conversion == Conversion::kDegrees ? 180.0 / std::numbers::pi : 1.0) * in_file / slot.factor;
  };
  auto [low, high] = std::minmax({in_galfit(limit.min), in_galfit(limit.max)});
  const auto pair = [&](int one, int other_one) {  // of "1-2" it is 2 less 1
    return is_ratio ? fmt::format("{}/{}", one, other_one) : fmt::format("{}-{}", other_one, one);
  };
  std::string numbers = pair(follower, leader);
  const std::string other_way = pair(leader, follower);
  if (std::ranges::count(turned, fmt::format("{} {}", other_way, slot.constraint)) > 0) {
    numbers = other_way;
    std::tie(low, high) = is_ratio ? std::pair(1.0 / high, 1.0 / std::max(low, 0.0)) : std::pair(-high, -low);
  }
  return fmt::format("{}  {:<6} {} {}\n", numbers, slot.constraint,
                     number_text(std::max(low, is_ratio ? 0.0 : -kEndless)),
                     number_text(std::min(high, kEndless)));
}

bool Couplings::add(const Scene& scene, const Parameter& parameter, const ObjectSlot& slot, int leader,
                    int follower) {
  const Tie& tie = *parameter.tie;
  if (tie.terms.size() != 1 || leader == 0) return false;
  const SceneComponent& other = scene.components[tie.terms[0].component];
  const std::string_view key =
      io::file_key(other.kind->parameters[tie.terms[0].parameter], other.flux_is_magnitude);
  const std::optional<Line> line = as_line(tie.text, fmt::format("{}.{}", other.name, key));
  if (!line) return false;
  const bool brightness = slot.conversion == Conversion::kBrightness;
  const ObjectSlot* its = slot_of(other, key);
  if (key != slot.key && (its == nullptr || its->row != slot.row)) return false;
  const double factor = its == nullptr || brightness ? 1.0 : its->factor / slot.factor;
  constexpr double kRounding = 1e-12;
  const bool same = std::abs(line->slope * factor - 1.0) < kRounding;
  const char* form = nullptr;
  if (brightness) {
    form = line->offset == 0.0 ? "offset" : nullptr;  // a ratio of counts is a difference of magnitudes
  } else if (same) {
    form = "offset";
  } else if (line->offset == 0.0) {
    form = "ratio";
  }
  if (form == nullptr) return false;
  const Parameter& led = other.parameters[tie.terms[0].parameter];
  const bool all = led.basis != Basis::kConstant || led.tie.has_value();
  const std::string name = fmt::format("{}{}", slot.constraint, all ? "_all" : "");
  followers_[{leader, name, form}].push_back(follower);
  return true;
}

std::string Couplings::text() const {
  std::string text;
  for (const auto& [line, followers] : followers_) {
    const auto& [leader, parameter, form] = line;
    text += fmt::format("{}_{}  {:<6} {}\n", leader, fmt::join(followers, "_"), parameter, form);
  }
  return text;
}

}  // namespace gaxel::legacy
