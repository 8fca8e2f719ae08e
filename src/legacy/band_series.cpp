#include "legacy/band_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "gaxel/bands.hpp"
#include "gaxel/component.hpp"

namespace gaxel::legacy {

namespace {

using Form = SceneSeries::Form;

bool all_equal(const std::vector<double>& values) {
  return std::ranges::all_of(values, [&](double v) { return v == values.front(); });
}

/// Whether a key of a scene is light, which scenes let differ from band to band unless told otherwise.
bool is_light_key(const SceneObject& object, const std::string& key) {
  if (key == "mag") return true;
  std::vector<std::string_view> keys;
  for (const SceneValue& value : object.values) keys.push_back(value.key);
  const ComponentKind& kind = component_kind(object.type, keys);
  const auto spec = std::ranges::find(kind.parameters, key, &ParameterSpec::name);
  return spec != kind.parameters.end() && gaxel::is_light(spec->role);
}

class Joiner {
 public:
  Joiner(const GalfitDocument& document, const GalfitObject& source, std::span<const MappedObject> in_bands,
         LegacyScene& scene)
      : document_(document),
        source_(source),
        in_bands_(in_bands),
        scene_(scene),
        object_(in_bands.front().object) {}

  SceneObject join() {
    for (std::size_t i = 0; i < object_.values.size(); ++i) join_value(i);
    return object_;
  }

 private:
  std::string place(std::size_t line) const { return document_.text.place(line); }

  void join_value(std::size_t i) {
    SceneValue& value = object_.values[i];
    if (!value.tie.empty() || value.constant) return;
    std::vector<double> in_bands;
    for (const MappedObject& mapped : in_bands_) in_bands.push_back(mapped.object.values[i].value);
    const auto found = std::ranges::find(in_bands_.front().values, i, &MappedValue::value);
    if (found == in_bands_.front().values.end()) return join_derived(value, in_bands);
    const GalfitRow& row = *source_.row(found->row);
    const GalfitValue& given = row.values[found->index];
    const std::vector<int> marks = coefficient_marks(document_, given);
    const auto n_free = static_cast<std::size_t>(std::ranges::count(marks, 1));
    value.fixed = n_free == 0;
    const bool equal = all_equal(in_bands);
    if (value.fixed) {
      if (!equal) value.series = SceneSeries{Form::kBands, in_bands, marks};
      return;
    }
    if (n_free == marks.size()) {
      value.series = SceneSeries{Form::kBands, in_bands, marks};
      if (row.form == ListForm::kChebyshev || !is_light_key(object_, value.key)) {
        scene_.notes.push_back(
            fmt::format("{}: \"{}\" of component {} is free in each band: its values are fitted in place of "
                        "coefficients; the sum of squares is the same",
                        place(row.line), value.key, source_.number));
      }
      return;
    }
    const bool constant = equal && n_free == 1 && marks.front() == 1;
    const bool light = is_light_key(object_, value.key);
    if (constant && !light) return;
    if (found->conversion == Conversion::kBrightness) return join_brightness(value, in_bands, row, constant);
    value.series = series(*found, row, given, in_bands, marks);
  }

  /// What no row has as it is.
  void join_derived(SceneValue& value, const std::vector<double>& in_bands) {
    if (all_equal(in_bands)) return;
    value.series = SceneSeries{Form::kBands, in_bands, {}};
    if (!value.fixed) {
      scene_.losses.push_back(fmt::format("{}: \"{}\" of component {} has no series: it is free in each band",
                                          place(value.line), value.key, source_.number));
    }
  }

  void join_brightness(SceneValue& value, const std::vector<double>& in_bands, const GalfitRow& row,
                       bool constant) {
    if (constant) {
      value.common = true;
      return;
    }
    value.series = SceneSeries{Form::kBands, in_bands, {}};
    scene_.losses.push_back(fmt::format(
        "{}: {}) of component {} is a series of surface brightness, which gaxel has in counts: it "
        "is free in each band",
        place(row.line), row.key, source_.number));
  }

  SceneSeries series(const MappedValue& mapped, const GalfitRow& row, const GalfitValue& given,
                     const std::vector<double>& in_bands, const std::vector<int>& marks) {
    const auto n_free = std::ranges::count(marks, 1);
    const bool values = row.form == ListForm::kBands;
    if (values && given.values.size() > 1 && !given.flags_are_list && n_free > 1) {
      scene_.notes.push_back(
          fmt::format("{}: {}) of component {} starts at the series of {} coefficients that is next to its "
                      "values, by least squares; GALFITM takes one through a spline of them",
                      place(row.line), row.key, source_.number, n_free));
      return {Form::kValues, in_bands, marks};
    }
    if (values) {
      const bool equal = all_equal(in_bands);
      const std::size_t n = equal ? 1 : in_bands.size();
      std::vector<double> coefficients{in_bands.front()};
      if (!equal)
        coefficients = Wavelengths(document_.wavelengths)
                           .series_through(in_bands, Basis::kChebyshev, static_cast<int>(n));
      return trimmed(std::move(coefficients), marks);
    }
    std::vector<double> coefficients = given.values;
    const double factor = mapped.conversion == Conversion::kMagnitude
                              ? 1.0
                              : to_scene(mapped.conversion, mapped.factor, 1.0, GalfitFrame());
    for (double& coefficient : coefficients) coefficient *= factor;
    return trimmed(std::move(coefficients), marks);
  }

  /// As many coefficients as are free, and those behind them that are not 0.
  static SceneSeries trimmed(std::vector<double> coefficients, std::vector<int> marks) {
    const auto last = std::find(marks.rbegin(), marks.rend(), 1);
    const auto n = std::max(coefficients.size(), static_cast<std::size_t>(marks.rend() - last));
    coefficients.resize(n, 0.0);
    marks.resize(n, 0);
    return {Form::kCoefficients, std::move(coefficients), std::move(marks)};
  }

  const GalfitDocument& document_;
  const GalfitObject& source_;
  std::span<const MappedObject> in_bands_;
  LegacyScene& scene_;
  SceneObject object_;
};

}  // namespace

std::vector<int> coefficient_marks(const GalfitDocument& document, const GalfitValue& value) {
  std::vector<int> marks(document.n_bands, 0);
  if (value.flags_are_list) {
    std::ranges::copy(value.flags, marks.begin());
  } else if (!value.flags.empty()) {
    // With one band GALFIT writes 2 for what a constraint ties.
    std::fill_n(marks.begin(), std::min<std::size_t>(static_cast<std::size_t>(value.flags[0]), marks.size()),
                1);
  }
  return marks;
}

SceneObject join_bands(const GalfitDocument& document, const GalfitObject& source,
                       std::span<const MappedObject> in_bands, LegacyScene& scene) {
  return Joiner(document, source, in_bands, scene).join();
}

}  // namespace gaxel::legacy
