#include "legacy/galfit_scene_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "legacy/object_mapper.hpp"

namespace gaxel::legacy {

namespace {

class Limits {
 public:
  Limits(const GalfitDocument& document, const GalfitConstraints& constraints, const GalfitFrame& frame,
         LegacyScene& scene, std::vector<std::string>& kept)
      : document_(document), constraints_(constraints), frame_(frame), scene_(scene), kept_(kept) {}

  /// Turns the constraints on one component alone into bounds; tells of the others.
  void apply(std::vector<MappedObject>& mapped) {
    for (const GalfitConstraint& constraint : constraints_.constraints) {
      if (constraint.is_coupled()) {
        leave(constraint, "components are not tied yet");
      } else if (constraint.scope == ConstraintScope::kCoefficient && document_.n_bands > 1) {
        leave(constraint, "it is about a coefficient, and one band is fitted");
      } else if (constraint.scope == ConstraintScope::kBand && constraint.band != frame_.band) {
        continue;  // another band's
      } else if (constraint.form == ConstraintForm::kReference) {
        kept_.push_back(shown(constraint));  // about bands, of which there is one
      } else {
        bound(constraint, mapped[static_cast<std::size_t>(constraint.components.front() - 1)]);
      }
    }
  }

 private:
  std::string shown(const GalfitConstraint& constraint) const {
    const std::vector<Token> tokens = split(constraints_.text.line(constraint.line));
    std::string text;
    for (const Token& token : tokens) text += (text.empty() ? "" : " ") + token.text;
    return text;
  }

  void leave(const GalfitConstraint& constraint, const std::string& why) {
    scene_.unused.push_back(fmt::format("{}: \"{}\" is not applied: {}",
                                        constraints_.text.place(constraint.line), shown(constraint), why));
    kept_.push_back(shown(constraint));
  }

  void bound(const GalfitConstraint& constraint, MappedObject& mapped) {
    const GalfitObject& object =
        document_.objects[static_cast<std::size_t>(constraint.components.front() - 1)];
    const ParameterPlace place = *find_parameter(object, constraint.parameter);
    const std::string row =
        object.is_truncation && place.row.front() != 'T' ? fmt::format("T{}", place.row) : place.row;
    const auto value = std::ranges::find_if(
        mapped.values, [&](const MappedValue& v) { return v.row == row && v.index == place.index; });
    if (value == mapped.values.end())
      return leave(constraint, "the component's row is not given or not used");
    SceneValue& scene = mapped.object.values[value->value];
    if (scene.fixed) {
      scene_.warnings.push_back(fmt::format("{}: \"{}\" limits a parameter that is fixed",
                                            constraints_.text.place(constraint.line), shown(constraint)));
      return;
    }
    double low = constraint.low;
    double high = constraint.high;
    if (constraint.form == ConstraintForm::kRelative) {
      low += value->input;
      high += value->input;
    } else if (constraint.form == ConstraintForm::kFactor) {
      low = value->input / constraint.high;
      high = value->input * constraint.high;
      if (low > high) std::swap(low, high);
    }
    low = to_scene(value->conversion, value->factor, low, frame_);
    high = to_scene(value->conversion, value->factor, high, frame_);
    if (low > high) std::swap(low, high);
    scene.min = scene.min ? std::max(*scene.min, low) : low;
    scene.max = scene.max ? std::min(*scene.max, high) : high;
    if (!(*scene.min < *scene.max)) {
      constraints_.text.fail(constraint.line, constraint.parameter, shown(constraint),
                             "leaves no room beside the limits above it", "limits that overlap");
    }
  }

  const GalfitDocument& document_;
  const GalfitConstraints& constraints_;
  const GalfitFrame& frame_;
  LegacyScene& scene_;
  std::vector<std::string>& kept_;
};

/// GALFIT lets b/a be above 1: the axes have swapped their names. Lengths are along the major axis, angles
/// counted from it.
void swap_axes(const GalfitDocument& document, const GalfitObject& source, MappedObject& mapped,
               LegacyScene& scene) {
  SceneValue* q = mapped.object.find("q");
  if (q == nullptr || !(q->value > 1.0)) return;
  const double ratio = q->value;
  for (const GalfitRow& row : source.rows) {
    if (row.key.front() == 'B' && mapped.object.find(lower(row.key)) != nullptr) {
      document.text.fail(q->line, "9)", number_text(ratio), "an axis ratio above 1, with bending",
                         "b/a of at most 1, with PA along the major axis");
    }
  }
  scene.notes.push_back(
      fmt::format("{}: b/a of component {} is {}, above 1: read as swapped axes, b/a {:.6g}",
                  document.text.place(q->line), source.number, number_text(ratio), 1.0 / ratio));
  q->value = 1.0 / ratio;
  if (q->min || q->max) {
    const std::optional<double> low = q->min;
    q->min = q->max ? std::optional(1.0 / *q->max) : std::nullopt;
    q->max = low && *low > 0.0 ? std::optional(1.0 / *low) : std::nullopt;
  }
  if (SceneValue* pa = mapped.object.find("pa")) {
    pa->value += 90.0;
    if (pa->min) *pa->min += 90.0;
    if (pa->max) *pa->max += 90.0;
  }
  for (const MappedValue& value : mapped.values) {
    SceneValue& length = mapped.object.values[value.value];
    if (value.is_length) {
      length.value *= ratio;
      if (length.min) *length.min *= ratio;
      if (length.max) *length.max *= ratio;
    }
    if (length.key.ends_with("_phase")) length.value -= 0.5 * std::numbers::pi;
  }
}

/// The first object that a truncation cuts.
const GalfitObject* host_of(const GalfitDocument& document, int number) {
  for (const GalfitObject& object : document.objects) {
    for (const char* key : {"TI", "TO"}) {
      const std::vector<int> cut = truncations_of(document, object, key);
      if (std::ranges::find(cut, number) != cut.end()) return &object;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<MappedObject> scene_objects(const GalfitDocument& document, const GalfitConstraints* constraints,
                                        const GalfitFrame& frame, LegacyScene& scene,
                                        std::vector<std::string>& kept) {
  ObjectMapper mapper(document, frame, scene);
  std::vector<MappedObject> mapped;
  std::vector<bool> used;
  for (const GalfitObject& object : document.objects) {
    const GalfitObject* host = object.is_truncation ? host_of(document, object.number) : nullptr;
    used.push_back(!object.is_truncation || host != nullptr);
    if (!used.back()) {
      mapped.emplace_back();
      scene.warnings.push_back(fmt::format("{}: truncation {} cuts no component; it is left out",
                                           document.text.place(object.line), object.number));
      continue;
    }
    mapped.push_back(object.is_truncation ? mapper.truncation(object, *host) : mapper.light(object));
  }
  if (constraints != nullptr) Limits(document, *constraints, frame, scene, kept).apply(mapped);
  std::vector<MappedObject> objects;
  for (std::size_t i = 0; i < mapped.size(); ++i) {
    if (!used[i]) continue;
    const GalfitObject& source = document.objects[i];
    swap_axes(document, source, mapped[i], scene);
    for (const int number : truncations_of(document, source, "TI"))
      mapped[i].object.inner.push_back(
          mapper.name_of(document.objects[static_cast<std::size_t>(number - 1)]));
    for (const int number : truncations_of(document, source, "TO"))
      mapped[i].object.outer.push_back(
          mapper.name_of(document.objects[static_cast<std::size_t>(number - 1)]));
    mapped[i].number = source.number;
    objects.push_back(std::move(mapped[i]));
  }
  return objects;
}

}  // namespace gaxel::legacy
