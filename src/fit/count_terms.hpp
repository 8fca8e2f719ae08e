// Losses of one pixel by its electrons, for any expected number of them: where it falls below a floor that no
// pixel with light in it reaches, they go on smoothly and rise, so that a step too far has a way back.
#pragma once

#include <algorithm>
#include <cmath>

namespace gaxel {

/// Half the derivative of a loss is `score`; `curvature`, never negative, is the expected second derivative
/// of half of it, or what makes Newton's steps find the way back below the floor.
struct LossTerm {
  double loss = 0.0;
  double score = 0.0;
  double curvature = 0.0;
};

/// What is positive and falls to half the floor: x above it.
struct Positive {
  double value;
  double slope;
};
inline Positive kept_positive(double x, double floor) {
  if (x >= floor) return {x, 1.0};
  const double below = 1.0 + 2.0 * (floor - x) / floor;
  return {0.5 * floor * (1.0 + 1.0 / below), 1.0 / (below * below)};
}

/// 2 (M - D + D ln(D / M)) for D > 0, 2 M for D = 0. Below 0, which read noise may lead to, it has no least
/// value: 2 (M + |D| ln M) on a scale that the floor sets.
class PoissonTerm {
 public:
  explicit PoissonTerm(double floor) : floor_(floor) {}

  LossTerm operator()(double data, double model) const {
    if (model >= floor_ && data >= 0.0) {
      const double ratio = data > 0.0 ? data * std::log(data / model) : 0.0;
      return {2.0 * (model - data + ratio), 1.0 - data / model, 1.0 / model};
    }
    LossTerm term = expected(model);
    if (data < 0.0) {
      const Positive kept = kept_positive(model, floor_);
      term.loss -= 2.0 * data * std::log(2.0 * kept.value / floor_);
      term.score -= data * kept.slope / kept.value;
    } else if (data > 0.0) {
      const double off = (model - floor_) / floor_;
      term.loss += 2.0 * data * (std::log(data / floor_) - 1.0 - off * (1.0 - 0.5 * off));
      term.score -= data * (1.0 - off) / floor_;
      term.curvature += data / (floor_ * floor_);
    }
    return term;
  }

  /// What Cash's C has beyond the loss.
  static double cash_constant(double data) { return data > 0.0 ? 2.0 * data * (1.0 - std::log(data)) : 0.0; }

 private:
  /// Of the electrons that the model expects.
  LossTerm expected(double model) const {
    if (model >= floor_) return {2.0 * model, 1.0, 1.0 / model};
    return {(model * model + floor_ * floor_) / floor_, model / floor_, 1.0 / floor_};
  }

  double floor_;
};

/// (M - D)^2 / M + ln M less the least value that it has for any M from `dark` on, that of no light.
class ModelSigmaTerm {
 public:
  ModelSigmaTerm(double floor, double dark) : floor_(floor), dark_(dark) {}

  LossTerm operator()(double data, double model) const {
    const Positive variance = kept_positive(model, floor_);
    const double v = variance.value;
    const double off = model - data;
    const double pull = variance.slope / v;
    return {off * off / v + std::log(v) - least(data), off / v - 0.5 * pull * (off * off / v - 1.0),
            1.0 / v + 0.5 * pull * pull};
  }

 private:
  /// M^2 + M = D^2 there, or M = dark.
  double least(double data) const {
    const double best = std::max(0.5 * (std::sqrt(1.0 + 4.0 * data * data) - 1.0), dark_);
    return (best - data) * (best - data) / best + std::log(best);
  }

  double floor_;
  double dark_;
};

}  // namespace gaxel
