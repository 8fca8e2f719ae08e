#include "legacy/galfit_result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "io/parameter_table.hpp"

namespace gaxel::legacy {

namespace {

/// d GALFIT / d scene, its absolute value.
double error_scale(Conversion conversion, double factor, double galfit, const GalfitFrame& frame) {
  if (conversion == Conversion::kBrightness) {
    // mu = zeropoint - 2.5 log10(counts / ...): by the counts in the scene.
    return 2.5 / (std::log(10.0) * std::abs(factor * frame.counts_per_pixel(galfit)));
  }
  return std::abs(to_galfit(conversion, factor, 1.0, frame));
}

/// The break radius that an object's row 3 counts from, after the fit.
double final_break_radius(const GalfitDocument& document, const GalfitObject& object,
                          const std::vector<FinalObject>& finals) {
  for (const char* key : {"TI", "TO"}) {
    for (const int number : truncations_of(document, object, key)) {
      const auto cut =
          std::ranges::find_if(finals, [&](const FinalObject& f) { return f.object->number == number; });
      if (cut == finals.end()) continue;
      const FinalNumber* radius = cut->find("T4") != nullptr ? cut->find("T4") : cut->find("T2");
      if (radius != nullptr) return radius->value;
    }
  }
  return kNoValue;
}

}  // namespace

std::string galfit_number(double value) {
  const bool small = value != 0.0 && std::abs(value) < 0.002;
  return small ? fmt::format("{:.3e}", value) : fmt::format("{:.4f}", value);
}

std::string FinalNumber::text() const {
  const std::string number = galfit_number(value);
  if (fixed) return fmt::format("[{}]", number);
  if (tied || flag == ParameterFlag::kAtBound) return fmt::format("{{{}}}", number);
  if (is_suspect()) return fmt::format("*{}* +/- *{}*", number, error);
  return fmt::format("{} +/- {}", number, galfit_number(error));
}

const FinalNumber* FinalObject::find(std::string_view row, std::size_t index) const {
  const auto found =
      std::ranges::find_if(numbers, [&](const FinalNumber& n) { return n.row == row && n.index == index; });
  return found == numbers.end() ? nullptr : &*found;
}

std::vector<FinalObject> final_objects(const GalfitDocument& document, const MappedGalfit& mapped,
                                       const io::Task& task, const FitResult& result, std::size_t band) {
  const MappedBand& own = mapped.bands[band];
  const std::string& label = io::images_of(task)[band]->band;
  const std::vector<io::ParameterRow> rows = io::parameter_table(task, result);
  const auto find_row = [&](const std::string& component, std::string_view key) {
    return std::ranges::find_if(rows, [&](const io::ParameterRow& r) {
      return r.component == component && r.parameter == key && (r.band.empty() || r.band == label);
    });
  };
  std::vector<FinalObject> finals;
  for (const MappedObject& source : own.objects) {
    FinalObject final{&document.objects[static_cast<std::size_t>(source.number - 1)], {}};
    for (const MappedValue& value : source.values) {
      const std::string& key = source.object.values[value.value].key;
      const auto row = find_row(source.object.name, key);
      if (row == rows.end()) continue;
      FinalNumber number{value.row, value.index, key};
      number.value = to_galfit(value.conversion, value.factor, row->value, own.frame);
      number.error = row->error * error_scale(value.conversion, value.factor, number.value, own.frame);
      if (key == "x") number.value -= own.x_offset;
      if (key == "y") number.value -= own.y_offset;
      number.fixed = row->fixed;
      number.tied = !row->tie.empty();
      number.flag = row->flag;
      final.numbers.push_back(std::move(number));
    }
    if (final.object->type.starts_with("radial2")) {
      // T5) is a radius there, and the scene has its distance from the break radius.
      const auto soft = find_row(source.object.name, "softening");
      const char* key = final.object->row("T4") != nullptr ? "T4" : "T2";
      const double before = value_in_band(document, *final.object->row(key), 0, own.frame.band);
      const char* soft_key = final.object->row("T4") != nullptr ? "T5" : "T3";
      const bool inside = value_in_band(document, *final.object->row(soft_key), 0, own.frame.band) < before;
      FinalNumber number{soft_key, 0, ""};
      number.value = final.find(key)->value + (inside ? -soft->value : soft->value);
      number.error = soft->error;
      number.fixed = soft->fixed;
      number.flag = soft->flag;
      final.numbers.push_back(std::move(number));
    }
    finals.push_back(std::move(final));
  }
  // A brightness at a radius other than the scene's moves with the shape.
  for (std::size_t i = 0; i < finals.size(); ++i) {
    const Normalisation at = own.objects[i].brightness_at;
    if (at == Normalisation::kDefault || at == Normalisation::kCentral) continue;
    const auto light = std::ranges::find(finals[i].numbers, "3", &FinalNumber::row);
    const auto start = std::ranges::find(own.objects[i].values, "3", &MappedValue::row);
    const FinalNumber* scale = finals[i].find("4");
    const FinalNumber* index = finals[i].find("5");
    const std::string type(find_object_type(finals[i].object->type)->type->name);
    const double factor =
        brightness_factor(type, at, scale->value, index == nullptr ? kNoValue : index->value,
                          final_break_radius(document, *finals[i].object, finals));
    light->value += 2.5 * std::log10(factor / start->factor);
  }
  return finals;
}

}  // namespace gaxel::legacy
