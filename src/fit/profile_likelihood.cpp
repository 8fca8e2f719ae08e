#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "base/parallel.hpp"
#include "fit/limit.hpp"
#include "fit/noise_tolerance.hpp"
#include "fit/refit.hpp"
#include "fit/shared_work.hpp"
#include "gaxel/error.hpp"
#include "gaxel/uncertainty.hpp"

namespace gaxel {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// A statistic that is below the best by more than that is another minimum, and no rounding.
constexpr double kBetter = 0.01;
constexpr double kPrecision = 0.005;  // of the distance, by which ends are found
constexpr double kAccepted = 0.03;    // where rounding or the search's own end stand in the way of that
constexpr int kMostExpansions = 14;
constexpr int kMostSteps = 12;

/// That of a parameter itself; of a fixed one its value alone.
ValueRange own_range(const Parameter& owner, const ParameterSpec& spec) {
  if (!owner.free && !owner.tie) return {owner.value, owner.value};
  return {std::max(owner.min, spec.min), std::min(owner.max, spec.max)};
}

/// What limits leave of the range of a constant: its own to another one, and those of fixed ones to it.
void narrow(const Scene& scene, const FreeValue& which, ValueRange& range) {
  const auto meet = [&range](const ValueRange& other) {
    range = {std::max(range.low, other.low), std::min(range.high, other.high)};
  };
  const std::optional<Limit>& limit = scene.components[which.component].parameters[which.parameter].limit;
  if (limit) {
    const SceneComponent& component = scene.components[limit->component];
    const Parameter& other = component.parameters[limit->parameter];
    if (other.basis == Basis::kConstant)
      meet(range_beside(*limit, own_range(other, component.kind->parameters[limit->parameter])));
  }
  for (const SceneComponent& component : scene.components) {
    for (const Parameter& other : component.parameters) {
      if (!other.limit || other.free || other.basis != Basis::kConstant) continue;
      if (other.limit->component == which.component && other.limit->parameter == which.parameter)
        meet(range_of_other(*other.limit, other.value));
    }
  }
}

/// Of a free value, as far as it has a range; angles: half a turn about the best.
ValueRange range_of(const FitResult& result, const FreeValue& which) {
  const SceneComponent& component = result.scene.components[which.component];
  const Parameter& owner = component.parameters[which.parameter];
  const ParameterSpec& spec = component.kind->parameters[which.parameter];
  if (is_series(owner.basis)) return {-kInfinity, kInfinity};
  ValueRange range = own_range(owner, spec);
  if (owner.basis == Basis::kConstant) narrow(result.scene, which, range);
  if (component.is_magnitude(spec.role)) range.low = std::max(range.low, 1e-6 * which.value);
  if (spec.role == Role::kTheta && std::isinf(range.low) && std::isinf(range.high))
    range = {which.value - 0.5 * std::numbers::pi, which.value + 0.5 * std::numbers::pi};
  return range;
}

/// The first step away from the best value.
double first_step(const FreeValue& which) {
  if (which.error > 0.0) return which.error;
  return which.value != 0.0 ? 0.1 * std::abs(which.value) : 0.1;
}

/// The fits of one profile: of a free value in one direction.
class Profile {
 public:
  /// `position`: of the free value. `rescues`: whether a better minimum ends it. `stop`: whether all is to
  /// end.
  Profile(std::span<const Band> bands, const FitResult& best, const FitOptions& options, std::size_t position,
          bool rescues, const std::function<bool()>& stop)
      : bands_(bands), best_(best), options_(options), position_(position), rescues_(rescues), stop_(stop) {
    known_.push_back({which().value, best.scene});
  }

  const FreeValue& which() const { return best_.free_values[position_]; }

  /// How far the statistic is above the best, as the root of it: nearly linear in the distance. NaN where
  /// there is no such fit.
  double rise(double value) {
    const double above = statistic_at(value) - best_.statistic;
    if (rescues_ && above < -kBetter) better_ = known_.back().scene;
    return above > 0.0 ? std::sqrt(above) : std::isnan(above) ? above : 0.0;
  }

  /// Where a better minimum was met.
  const std::optional<Scene>& better() const { return better_; }
  bool ended() const { return better_.has_value() || stop_(); }

 private:
  struct Point {
    double value;
    Scene scene;
  };

  double statistic_at(double value) {
    if (best_.free_values.size() == 1) {
      if (!alone_) alone_.emplace(bands_, best_, options_);
      const double log_likelihood = alone_->value({&value, 1});
      Scene scene = best_.scene;
      value_in(scene, which()) = value;
      known_.push_back({value, std::move(scene)});
      return -2.0 * log_likelihood;
    }
    const auto nearest = std::ranges::min_element(
        known_, {}, [value](const Point& point) { return std::abs(point.value - value); });
    Scene start = nearest->scene;
    predict(start, value - nearest->value);
    hold(start, which(), value);
    try {
      FitResult found =
          fit(bands_, std::move(start), options_, [this](const FitProgress&) { return !stop_(); });
      // Free again, for a fit that goes on from here.
      Scene scene = best_.scene;
      for (const FreeValue& other : found.free_values) value_in(scene, other) = other.value;
      value_in(scene, which()) = value;
      known_.push_back({value, std::move(scene)});
      return found.statistic;
    } catch (const InputError&) {  // no shape there, though every value is in its range
    } catch (const FitError&) {
    }
    return std::numeric_limits<double>::quiet_NaN();
  }

  /// Moves the others along with the parameter, as far as they do so linearly.
  void predict(Scene& scene, double step) const {
    const std::size_t n = best_.free_values.size();
    const double variance = best_.covariance[position_ * n + position_];
    if (!(std::abs(step) <= 2.0 * std::sqrt(variance))) return;
    for (std::size_t i = 0; i < n; ++i) {
      const FreeValue& other = best_.free_values[i];
      const double moved = value_in(scene, other) + best_.covariance[i * n + position_] / variance * step;
      const ValueRange range = range_of(best_, other);
      if (moved >= range.low && moved <= range.high) value_in(scene, other) = moved;
    }
  }

  std::span<const Band> bands_;
  const FitResult& best_;
  const FitOptions& options_;
  std::size_t position_;
  bool rescues_;
  const std::function<bool()>& stop_;
  std::vector<Point> known_;
  std::optional<Scene> better_;
  std::optional<LogLikelihood> alone_;  ///< where there is no other free value
};

struct End {
  double value;
  IntervalEnd how;
};

/// Between an inner point whose rise is too small and an outer one: regula falsi (Illinois). Nothing where
/// the rise jumps over the target: the points there are not of one minimum.
std::optional<double> closed_in(Profile& profile, double inner, double rise_inner, double outer,
                                double rise_outer, double target) {
  double miss_inner = rise_inner - target;
  double miss_outer = rise_outer - target;
  int side = 0;
  for (int step = 0; step < kMostSteps && !profile.ended(); ++step) {
    const double value = (inner * miss_outer - outer * miss_inner) / (miss_outer - miss_inner);
    const double miss = profile.rise(value) - target;
    if (std::isnan(miss)) return std::nullopt;
    if (std::abs(miss) <= (step + 1 < kMostSteps ? kPrecision : kAccepted) * target) return value;
    if (miss > 0.0) {
      outer = value;
      miss_outer = miss;
      if (side == 1) miss_inner *= 0.5;
      side = 1;
    } else {
      inner = value;
      miss_inner = miss;
      if (side == -1) miss_outer *= 0.5;
      side = -1;
    }
  }
  return std::nullopt;
}

/// `direction`: -1 or 1.
End end_of(Profile& profile, const ValueRange& range, double direction, double target) {
  const FreeValue& which = profile.which();
  const End open{direction * kInfinity, IntervalEnd::kOpen};
  const double limit = direction < 0.0 ? range.low : range.high;
  double inner = which.value;
  double rise_inner = 0.0;
  if (!(direction * (limit - inner) > 0.0)) return {limit, IntervalEnd::kAtRange};
  double distance = target * first_step(which);
  for (int k = 0; k < kMostExpansions; ++k) {
    const double outer =
        direction < 0.0 ? std::max(limit, which.value - distance) : std::min(limit, which.value + distance);
    const double rise = profile.rise(outer);
    if (profile.ended() || std::isnan(rise)) return open;
    if (std::abs(rise - target) <= kPrecision * target) return {outer, IntervalEnd::kFound};
    if (rise > target) {
      const std::optional<double> end = closed_in(profile, inner, rise_inner, outer, rise, target);
      return end ? End{*end, IntervalEnd::kFound} : open;
    }
    if (outer == limit) return {limit, std::isinf(limit) ? IntervalEnd::kOpen : IntervalEnd::kAtRange};
    inner = outer;
    rise_inner = rise;
    distance *= rise > 0.0 ? std::clamp(1.1 * target / rise, 1.1, 3.0) : 3.0;
  }
  return open;
}

/// Intervals about a best fit, or the scene of a better one.
struct Round {
  std::vector<ProfileInterval> intervals;
  std::optional<Scene> better;
  bool cancelled = false;
};

/// Points are close to each other, so that one search with exact pixels does; their statistic is needed to
/// a thousandth of the rise.
FitOptions point_options(std::span<const Band> bands, const FitResult& best, const FitOptions& options,
                         double level) {
  FitOptions result = refit_options(options);
  for (const Band& band : bands) {
    const Tolerance exact = fit_tolerances(*band.observation, options).final;
    result.tolerance.rtol = std::min(result.tolerance.rtol, exact.rtol);
    result.tolerance.atol = std::min(result.tolerance.atol, exact.atol);
  }
  result.noise_share = 0.0;
  result.ftol = std::max(options.ftol, std::min(1e-3 * level / std::abs(best.statistic), 1e-4));
  return result;
}

Round profile_all(std::span<const Band> bands, const FitResult& best, const FitOptions& options,
                  const std::vector<std::size_t>& parameters, double level, bool rescues,
                  const WorkCallback& progress) {
  SharedWork work(progress, 2 * parameters.size());
  const FitOptions refits = point_options(bands, best, options, level);
  std::vector<ProfileInterval> intervals(parameters.size());
  std::vector<char> done(2 * parameters.size(), 0);
  std::vector<std::optional<Scene>> better(2 * parameters.size());
  const std::function<bool()> stop = [&work] {
    work.tell();
    return work.stopped();
  };
  parallel_for(static_cast<int>(2 * parameters.size()), options.threads, [&](int job) {
    const auto k = static_cast<std::size_t>(job);
    ProfileInterval& interval = intervals[k / 2];
    interval.free_value = parameters[k / 2];
    if (work.stopped()) return;
    Profile profile(bands, best, refits, interval.free_value, rescues, stop);
    const bool low = k % 2 == 0;
    const End end = end_of(profile, range_of(best, profile.which()), low ? -1.0 : 1.0, std::sqrt(level));
    (low ? interval.low : interval.high) = end.value;
    (low ? interval.low_end : interval.high_end) = end.how;
    better[k] = profile.better();
    if (better[k]) work.stop();
    done[k] = work.stopped() ? 0 : 1;
    work.finish_one();
  });
  Round round;
  round.cancelled = work.cancelled();
  for (std::size_t k = 0; k < intervals.size(); ++k) {
    if (done[2 * k] && done[2 * k + 1]) round.intervals.push_back(intervals[k]);
  }
  for (std::optional<Scene>& scene : better) {
    if (scene) round.better = std::move(scene);
  }
  return round;
}

void check(const ProfileOptions& profile, const FitResult& result) {
  if (!(profile.level > 0.0 && std::isfinite(profile.level))) {
    throw InputError(
        {"profile_likelihood", "level", fmt::format("{}", profile.level), "no rise", "above 0 and finite"});
  }
  for (const std::size_t parameter : profile.parameters) {
    if (parameter < result.free_values.size()) continue;
    throw InputError({"profile_likelihood", "parameters", fmt::format("{}", parameter), "no such free value",
                      fmt::format("0 to {}", result.free_values.size() - 1)});
  }
}

}  // namespace

ProfiledFit profile_likelihood(std::span<const Band> bands, const FitResult& result,
                               const FitOptions& options, const ProfileOptions& profile,
                               const WorkCallback& progress) {
  check(profile, result);
  std::vector<std::size_t> parameters = profile.parameters;
  for (std::size_t i = 0; profile.parameters.empty() && i < result.free_values.size(); ++i)
    parameters.push_back(i);
  ProfiledFit found{result};
  // A PSF that varies is that at the place where a fit starts: the points' and the best one's are to be
  // alike.
  const bool varies =
      std::ranges::any_of(bands, [](const Band& band) { return band.observation->varying_psf.has_value(); });
  if (varies) found.result = fit(bands, result.scene, options);
  const double before = found.result.statistic;
  bool rescues = profile.max_restarts > 0;
  for (;;) {
    Round round = profile_all(bands, found.result, options, parameters, profile.level, rescues, progress);
    found.finished = !round.cancelled;
    if (!round.better || round.cancelled) {
      found.result.intervals = std::move(round.intervals);
      break;
    }
    FitResult better = fit(bands, std::move(*round.better), options);
    const bool improved = better.statistic < found.result.statistic;
    if (improved) {
      found.result = std::move(better);
      ++found.n_restarts;
    }
    // With one that is no better once all parameters are free, or one too many, the best so far has to do.
    rescues = improved && found.n_restarts < profile.max_restarts;
  }
  found.gain = before - found.result.statistic;
  return found;
}

}  // namespace gaxel
