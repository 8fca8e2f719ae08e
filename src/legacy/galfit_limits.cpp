#include "legacy/galfit_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "legacy/band_series.hpp"
#include "legacy/galfit_soft_limits.hpp"

namespace gaxel::legacy {

namespace {

class Limits {
 public:
  Limits(const GalfitDocument& document, const GalfitConstraints& constraints,
         std::span<const GalfitFrame> frames, SceneObjects& objects, LegacyScene& scene,
         std::vector<std::string>& kept)
      : document_(document),
        constraints_(constraints),
        frames_(frames),
        objects_(objects),
        scene_(scene),
        kept_(kept),
        soft_limits_(document, frames, objects) {}

  /// Bounds before ties, which hand them on, and limits between parameters after them, as they need one that
  /// is not tied.
  void apply() {
    for (const GalfitConstraint& constraint : constraints_.constraints) {
      if (!constraint.is_coupled()) limit(constraint);
    }
    for (const GalfitConstraint& constraint : constraints_.constraints) {
      if (!is_hard(constraint.form)) continue;
      // A line on some components stands for those below it on other coefficients of theirs.
      const bool is_new =
          coupled_.emplace(constraint.components, constraint.parameter, constraint.form).second;
      if (is_new) couple(constraint);
    }
    for (const GalfitConstraint& constraint : constraints_.constraints) {
      if (constraint.is_coupled() && !is_hard(constraint.form)) limit_apart(constraint);
    }
  }

 private:
  static bool is_hard(ConstraintForm form) {
    return form == ConstraintForm::kOffset || form == ConstraintForm::kFixedRatio;
  }

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

  void limit(const GalfitConstraint& constraint) {
    const bool one = frames_.size() == 1;
    const std::optional<NumberPlace> place = find(constraint, constraint.components.front());
    if (one && constraint.scope == ConstraintScope::kBand && constraint.band != frames_[0].band)
      return;  // another band's
    if (one && document_.n_bands > 1 && constraint.scope == ConstraintScope::kCoefficient)
      return leave(constraint, "it is about a coefficient, and one band is fitted");
    if (one && constraint.form == ConstraintForm::kReference) {
      kept_.push_back(shown(constraint));  // about bands, of which there is one
      return;
    }
    if (!place) return leave(constraint, "the component's row is not given or not used");
    const SceneValue& value = scene_value(*place);
    // What is one for all bands is the same in each, and its coefficient 0.
    const bool constant = !value.series;
    if (value.fixed) {
      scene_.warnings.push_back(fmt::format("{}: \"{}\" limits a parameter that is fixed",
                                            constraints_.text.place(constraint.line), shown(constraint)));
      return;
    }
    if (constraint.form == ConstraintForm::kReference) {
      if (constant) {
        kept_.push_back(shown(constraint));
        return;
      }
      return leave(constraint, "scenes have no limits between bands");
    }
    const bool of_one =
        constraint.scope == ConstraintScope::kCoefficient || constraint.scope == ConstraintScope::kBand;
    if (!constant && of_one) return bound_one(constraint, *place);
    if (constraint.scope == ConstraintScope::kCoefficient && constraint.coefficient > 0)
      return leave(constraint, "the parameter is one for all bands");
    if (!value.mins.empty()) return leave(constraint, "there are limits on single coefficients, too");
    bound(constraint, *place);
  }

  /// A single coefficient, or the value in a single band.
  void bound_one(const GalfitConstraint& constraint, const NumberPlace& place) {
    SceneValue& value = scene_value(place);
    const bool in_bands = value.series->form == SceneSeries::Form::kBands;
    if (constraint.form != ConstraintForm::kAbsolute)
      return leave(constraint, "of these, scenes have limits from a number to a number");
    if (in_bands != (constraint.scope == ConstraintScope::kBand)) {
      return leave(constraint, in_bands ? "the parameter has values in the bands, and no coefficients"
                                        : "the parameter is a series, and has no values of single bands");
    }
    if (value.min || value.max) return leave(constraint, "there are limits on the parameter's values, too");
    std::size_t which = static_cast<std::size_t>(constraint.coefficient);
    if (in_bands) {
      const auto frame = std::ranges::find(frames_, constraint.band, &GalfitFrame::band);
      if (frame == frames_.end()) return;  // a band that is left out
      which = static_cast<std::size_t>(frame - frames_.begin());
    }
    const bool all = in_bands || value.series->form == SceneSeries::Form::kCoefficients;
    const std::size_t n = all ? value.series->numbers.size()
                              : static_cast<std::size_t>(std::ranges::count(value.series->free, 1));
    if (which >= n) return leave(constraint, "that coefficient is not free");
    const MappedValue& mapped = objects_.in_bands[in_bands ? which : 0][place.object].values[place.mapped];
    if (mapped.conversion == Conversion::kBrightness)
      return leave(constraint, "scenes have surface brightness in counts");
    if (value.mins.empty()) {
      value.mins.assign(n, -INFINITY);
      value.maxs.assign(n, INFINITY);
    }
    const GalfitFrame& frame = frames_[in_bands ? which : 0];
    auto [low, high] = std::minmax({to_scene(mapped.conversion, mapped.factor, constraint.low, frame),
                                    to_scene(mapped.conversion, mapped.factor, constraint.high, frame)});
    value.mins[which] = std::max(value.mins[which], low);
    value.maxs[which] = std::min(value.maxs[which], high);
    if (!(value.mins[which] < value.maxs[which])) {
      constraints_.text.fail(constraint.line, constraint.parameter, shown(constraint),
                             "leaves no room beside the limits above it", "limits that overlap");
    }
  }

  std::optional<NumberPlace> find(const GalfitConstraint& constraint, int component) const {
    return find_number(document_, objects_, component, constraint.parameter);
  }

  SceneValue& scene_value(const NumberPlace& place) const {
    return objects_.objects[place.object].values[place.value];
  }

  void bound(const GalfitConstraint& constraint, const NumberPlace& place) {
    SceneValue& value = scene_value(place);
    double least = INFINITY;
    double most = -INFINITY;
    std::set<std::pair<double, double>> different;
    for (std::size_t b = 0; b < frames_.size(); ++b) {
      const MappedValue& in_band = objects_.in_bands[b][place.object].values[place.mapped];
      double low = constraint.low;
      double high = constraint.high;
      if (constraint.form == ConstraintForm::kRelative) {
        low += in_band.input;
        high += in_band.input;
      } else if (constraint.form == ConstraintForm::kFactor) {
        low = in_band.input / constraint.high;
        high = in_band.input * constraint.high;
      }
      low = to_scene(in_band.conversion, in_band.factor, low, frames_[b]);
      high = to_scene(in_band.conversion, in_band.factor, high, frames_[b]);
      if (low > high) std::swap(low, high);
      least = std::min(least, low);
      most = std::max(most, high);
      different.emplace(low, high);
    }
    if (different.size() > 1) {
      kept_.push_back(shown(constraint));
      scene_.unused.push_back(
          fmt::format("{}: \"{}\" differs from band to band; in all of them the limits are {:.6g} to {:.6g}",
                      constraints_.text.place(constraint.line), shown(constraint), least, most));
    }
    value.min = value.min ? std::max(*value.min, least) : least;
    value.max = value.max ? std::min(*value.max, most) : most;
    if (!(*value.min < *value.max)) {
      constraints_.text.fail(constraint.line, constraint.parameter, shown(constraint),
                             "leaves no room beside the limits above it", "limits that overlap");
    }
  }

  void couple(const GalfitConstraint& constraint) {
    std::vector<NumberPlace> free;
    for (const int component : constraint.components) {
      const std::optional<NumberPlace> place = find(constraint, component);
      if (!place) return leave(constraint, "a component's row is not given or not used");
      if (!scene_value(*place).fixed) {
        free.push_back(*place);
        continue;
      }
      scene_.warnings.push_back(
          fmt::format("{}: \"{}\": the parameter of component {} is fixed, and is not tied",
                      constraints_.text.place(constraint.line), shown(constraint), component));
    }
    const std::vector<int> covered = coefficients_of(constraint);
    for (std::size_t i = 1; i < free.size(); ++i) {
      const TieMaker maker(document_, frames_, objects_);
      const std::string why = maker.tie(constraint.form, free[i], free[0], covered);
      if (!why.empty()) return leave_all(constraint, why);
    }
  }

  void limit_apart(const GalfitConstraint& constraint) {
    const std::optional<NumberPlace> first = find(constraint, constraint.components.front());
    const std::optional<NumberPlace> second = find(constraint, constraint.components.back());
    if (!first || !second) return leave(constraint, "a component's row is not given or not used");
    const bool is_first = constraint.scope == ConstraintScope::kPlain ||
                          (constraint.scope == ConstraintScope::kCoefficient && constraint.coefficient == 0);
    if (frames_.size() == 1 ? constraint.scope != ConstraintScope::kPlain : !is_first)
      return leave(constraint, "scenes have no limits on coefficients");
    // GALFIT's "1-2" is of 2 less 1, its "1/2" of 1 over 2.
    const bool ratio = constraint.form == ConstraintForm::kRatio;
    const std::string why = soft_limits_.add(constraint.form, ratio ? *first : *second,
                                             ratio ? *second : *first, constraint.low, constraint.high);
    if (!why.empty()) return leave(constraint, why);
    if (!soft_limits_.was_turned()) return;
    const std::vector<Token> words = split(constraints_.text.line(constraint.line));
    objects_.turned.push_back(fmt::format("{} {}", words[0].text, words[1].text));
  }

  /// With the lines that it stands for.
  void leave_all(const GalfitConstraint& constraint, const std::string& why) {
    for (const GalfitConstraint& other : constraints_.constraints) {
      if (is_like(other, constraint)) leave(other, why);
    }
  }

  static bool is_like(const GalfitConstraint& one, const GalfitConstraint& other) {
    return std::tie(one.components, one.parameter, one.form) ==
           std::tie(other.components, other.parameter, other.form);
  }

  /// Marks of the coefficients that this line and others like it couple.
  std::vector<int> coefficients_of(const GalfitConstraint& constraint) const {
    if (frames_.size() == 1) return {1};
    std::vector<int> marks(frames_.size(), 0);
    for (const GalfitConstraint& other : constraints_.constraints) {
      if (!is_like(other, constraint)) continue;
      if (other.scope == ConstraintScope::kAll) std::ranges::fill(marks, 1);
      const bool one = other.scope == ConstraintScope::kCoefficient;
      marks[one ? static_cast<std::size_t>(other.coefficient) : 0] = 1;
    }
    return marks;
  }

  const GalfitDocument& document_;
  const GalfitConstraints& constraints_;
  std::span<const GalfitFrame> frames_;
  SceneObjects& objects_;
  LegacyScene& scene_;
  std::vector<std::string>& kept_;
  SoftLimits soft_limits_;
  std::set<std::tuple<std::vector<int>, std::string, ConstraintForm>> coupled_;
};

}  // namespace

void apply_constraints(const GalfitDocument& document, const GalfitConstraints& constraints,
                       std::span<const GalfitFrame> frames, SceneObjects& objects, LegacyScene& scene,
                       std::vector<std::string>& kept) {
  Limits(document, constraints, frames, objects, scene, kept).apply();
}

}  // namespace gaxel::legacy
