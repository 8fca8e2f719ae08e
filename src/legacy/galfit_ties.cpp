#include "legacy/galfit_ties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "legacy/band_series.hpp"

namespace gaxel::legacy {

namespace {

bool all_near(const std::vector<double>& numbers) {
  const auto [least, most] = std::ranges::minmax(numbers);
  return most - least <= 1e-12 * std::max(std::abs(least), std::abs(most));
}

}  // namespace

std::optional<NumberPlace> find_number(const GalfitDocument& document, const SceneObjects& objects,
                                       int number, const std::string& parameter) {
  const auto index = static_cast<std::size_t>(number - 1);
  const GalfitObject& object = document.objects[index];
  const ParameterPlace place = *find_parameter(object, parameter);
  const std::string row =
      object.is_truncation && place.row.front() != 'T' ? fmt::format("T{}", place.row) : place.row;
  const std::vector<MappedValue>& values = objects.in_bands.front()[index].values;
  const auto value = std::ranges::find_if(
      values, [&](const MappedValue& v) { return v.row == row && v.index == place.index; });
  if (value == values.end()) return std::nullopt;
  return NumberPlace{index, static_cast<std::size_t>(value - values.begin()), value->value};
}

TieMaker::Side TieMaker::side(const NumberPlace& place, std::size_t band) const {
  const MappedObject& object = objects_.in_bands[band][place.object];
  return {&object, &object.values[place.mapped]};
}

SceneValue& TieMaker::scene_value(const NumberPlace& place) const {
  return objects_.objects[place.object].values[place.value];
}

std::vector<int> TieMaker::marks(const NumberPlace& place) const {
  const MappedValue& value = *side(place, 0).value;
  const GalfitRow& row = *document_.objects[place.object].row(value.row);
  std::vector<int> marks = coefficient_marks(document_, row.values[value.index]);
  if (frames_.size() == 1) return {std::ranges::count(marks, 1) > 0 ? 1 : 0};
  return marks;
}

std::string TieMaker::name(const NumberPlace& place) const {
  return fmt::format("{}.{}", objects_.objects[place.object].name, scene_value(place).key);
}

bool TieMaker::depends_on(const NumberPlace& place, const NumberPlace& other) const {
  return scene_value(place).tie.find(name(other)) != std::string::npos;
}

/// b/a above 1, which a scene has in another way.
bool TieMaker::has_swapped_axes(const NumberPlace& place) const {
  const SceneValue* q = objects_.objects[place.object].find("q");
  const std::string& key = scene_value(place).key;
  return q != nullptr && q->value > 1.0 &&
         (key == "q" || key == "pa" || key.ends_with("_phase") || side(place, 0).value->is_length);
}

std::string TieMaker::obstacle(ConstraintForm form, const NumberPlace& follower, const NumberPlace& leader,
                               const std::vector<int>& covered) const {
  const MappedValue& own = *side(follower, 0).value;
  const MappedValue& other = *side(leader, 0).value;
  if (!scene_value(follower).tie.empty()) return "the parameter is tied already";
  if (depends_on(leader, follower)) return "the other one is tied to it";
  if (own.conversion != other.conversion) return "one has a magnitude and the other a surface brightness";
  if (form == ConstraintForm::kFixedRatio && own.conversion == Conversion::kBrightness)
    return "scenes have surface brightness in counts";
  if (has_swapped_axes(follower) || has_swapped_axes(leader)) return "a b/a above 1 is read as swapped axes";
  const std::vector<int> of_own = marks(follower);
  const std::vector<int> of_other = marks(leader);
  for (std::size_t i = 0; i < covered.size(); ++i) {
    if (covered[i] == 0 && (of_own[i] != 0 || of_other[i] != 0)) {
      return fmt::format("it couples some of the free coefficients: {}_{} is free, too; \"_all\" couples all",
                         own.row, i);
    }
    if (of_own[i] == 0 && of_other[i] != 0) return fmt::format("coefficient {} of one of them is fixed", i);
  }
  return "";
}

/// A number, or what depends on the band's wavelength.
std::string TieMaker::in_bands(const std::vector<double>& numbers) const {
  if (all_near(numbers)) return number_text(numbers.front());
  std::string text = number_text(numbers.back());
  for (std::size_t b = numbers.size() - 1; b-- > 0;) {
    text = fmt::format("(_wavelength == {} ? {} : {})", number_text(document_.wavelengths[frames_[b].band]),
                       number_text(numbers[b]), text);
  }
  return text;
}

std::string TieMaker::tie(ConstraintForm form, const NumberPlace& follower, const NumberPlace& leader,
                          const std::vector<int>& covered) const {
  if (std::string why = obstacle(form, follower, leader, covered); !why.empty()) return why;
  SceneValue& value = scene_value(follower);
  SceneValue& other = scene_value(leader);
  std::vector<double> slopes;
  std::vector<double> offsets;
  for (std::size_t b = 0; b < frames_.size(); ++b) {
    const Side own = side(follower, b);
    const Side its = side(leader, b);
    const double here = own.object->object.values[follower.value].value;
    const double there = its.object->object.values[leader.value].value;
    // A difference of magnitudes is a ratio of counts.
    const bool ratio =
        form == ConstraintForm::kFixedRatio || own.value->conversion == Conversion::kBrightness;
    slopes.push_back(ratio ? here / there : own.value->factor / its.value->factor);
    offsets.push_back(ratio ? 0.0 : here - slopes.back() * there);
  }
  if (!std::ranges::all_of(slopes, [](double s) { return std::isfinite(s) && s != 0.0; }))
    return "the ratio of the input is none";
  if (form == ConstraintForm::kFixedRatio && !all_near(slopes))
    return "the ratio of the input differs from band to band";
  const std::string slope = in_bands(slopes);
  const std::string offset = in_bands(offsets);
  const std::string scaled = slope == "1" ? name(leader) : fmt::format("{} * {}", slope, name(leader));
  const bool minus = offset.front() == '-';
  const std::string rest = minus ? " - " + offset.substr(1) : " + " + offset;
  const std::string text = offset == "0" ? scaled : scaled + rest;
  if (value.min || value.max) {
    if (!all_near(slopes) || !all_near(offsets))
      return "the parameter has limits, and the coupling differs from band to band";
    for (const auto& [end, own_end] :
         {std::pair(&SceneValue::min, value.min), {&SceneValue::max, value.max}}) {
      if (!own_end) continue;
      const double at = (*own_end - offsets.front()) / slopes.front();
      const bool lower = (end == &SceneValue::min) == (slopes.front() > 0.0);
      std::optional<double>& bound = lower ? other.min : other.max;
      bound = !bound ? at : lower ? std::max(*bound, at) : std::min(*bound, at);
    }
    value.min = value.max = std::nullopt;
  }
  value.tie = text;
  value.series.reset();
  value.common = false;
  return "";
}

}  // namespace gaxel::legacy
