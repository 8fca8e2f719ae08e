#include "legacy/couplings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
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
