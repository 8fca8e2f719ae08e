#include "legacy/galfit_scene_objects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numbers>

#include "legacy/band_series.hpp"
#include "legacy/object_mapper.hpp"

namespace gaxel::legacy {

namespace {

/// GALFIT lets b/a be above 1: the axes have swapped their names. Lengths are along the major axis, angles
/// counted from it.
void swap_axes(const GalfitDocument& document, const GalfitObject& source,
               const std::vector<MappedValue>& mapped, SceneObject& object, LegacyScene& scene) {
  SceneValue* q = object.find("q");
  if (q == nullptr) return;
  if (q->series) {
    const SceneSeries& series = *q->series;
    const bool above = series.form == SceneSeries::Form::kCoefficients
                           ? q->value > 1.0
                           : std::ranges::any_of(series.numbers, [](double ratio) { return ratio > 1.0; });
    if (above)
      document.text.fail(q->line, "9)", number_text(q->value),
                         "an axis ratio above 1 that depends on the band",
                         "b/a of at most 1, with PA along the major axis");
    return;
  }
  if (!(q->value > 1.0)) return;
  const double ratio = q->value;
  for (const GalfitRow& row : source.rows) {
    if (row.key.front() == 'B' && object.find(lower(row.key)) != nullptr) {
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
  if (SceneValue* pa = object.find("pa")) pa->shift(90.0);
  for (const MappedValue& value : mapped) {
    SceneValue& length = object.values[value.value];
    if (value.is_length) length.scale(ratio);
    if (length.key.ends_with("_phase")) length.shift(-0.5 * std::numbers::pi);
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

/// The objects of a file in a band; empty ones for truncations that cut nothing.
std::vector<MappedObject> objects_in(const GalfitDocument& document, const GalfitFrame& frame,
                                     LegacyScene& scene) {
  ObjectMapper mapper(document, frame, scene);
  std::vector<MappedObject> mapped;
  for (const GalfitObject& object : document.objects) {
    const GalfitObject* host = object.is_truncation ? host_of(document, object.number) : nullptr;
    if (object.is_truncation && host == nullptr) {
      mapped.emplace_back();
      scene.warnings.push_back(fmt::format("{}: truncation {} cuts no component; it is left out",
                                           document.text.place(object.line), object.number));
      continue;
    }
    mapped.push_back(object.is_truncation ? mapper.truncation(object, *host) : mapper.light(object));
    mapped.back().number = object.number;
  }
  return mapped;
}

/// An object that is no component of the scene.
bool is_left_out(const SceneObject& object) {
  return object.type.empty();
}

}  // namespace

SceneObjects scene_objects(const GalfitDocument& document, const GalfitConstraints* constraints,
                           std::span<const GalfitFrame> frames, LegacyScene& scene,
                           std::vector<std::string>& kept) {
  SceneObjects result;
  for (const GalfitFrame& frame : frames) result.in_bands.push_back(objects_in(document, frame, scene));
  for (std::size_t i = 0; i < document.objects.size(); ++i) {
    std::vector<MappedObject> in_bands;
    for (const std::vector<MappedObject>& band : result.in_bands) in_bands.push_back(band[i]);
    const bool joint = frames.size() > 1 && !is_left_out(in_bands.front().object);
    result.objects.push_back(joint ? join_bands(document, document.objects[i], in_bands, scene)
                                   : in_bands.front().object);
  }
  if (constraints != nullptr) apply_constraints(document, *constraints, frames, result, scene, kept);
  for (std::size_t i = 0; i < result.objects.size(); ++i) {
    if (is_left_out(result.objects[i])) continue;
    const GalfitObject& source = document.objects[i];
    swap_axes(document, source, result.in_bands.front()[i].values, result.objects[i], scene);
    const auto names = [&](const char* key) {
      std::vector<std::string> list;
      for (const int number : truncations_of(document, source, key))
        list.push_back(result.objects[static_cast<std::size_t>(number - 1)].name);
      return list;
    };
    result.objects[i].inner = names("TI");
    result.objects[i].outer = names("TO");
  }
  std::erase_if(result.objects, is_left_out);
  for (std::vector<MappedObject>& band : result.in_bands)
    std::erase_if(band, [](const MappedObject& mapped) { return is_left_out(mapped.object); });
  return result;
}

}  // namespace gaxel::legacy
