#include "fit/loss.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/count_terms.hpp"
#include "fit/robust_terms.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

/// (model - data) / sigma
class SigmaPixels {
 public:
  SigmaPixels(const Observation& observation, std::span<const std::size_t> used) {
    for (const std::size_t pixel : used) {
      data_.push_back(observation.data.data()[pixel]);
      weight_.push_back(1.0 / observation.sigma.data()[pixel]);
    }
  }

  std::size_t size() const { return data_.size(); }
  double weight(std::size_t i) const { return weight_[i]; }
  double residual(std::size_t i, double model) const { return (model - data_[i]) * weight_[i]; }

 private:
  std::vector<double> data_;
  std::vector<double> weight_;
};

class SquareLoss final : public Loss {
 public:
  explicit SquareLoss(SigmaPixels pixels) : pixels_(std::move(pixels)) {}

  bool is_quadratic() const override { return true; }

  double rows(std::size_t first, std::span<const double> model, double* residual,
              double* weight) const override {
    double sum = 0.0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      residual[i] = pixels_.residual(first + i, model[i]);
      weight[i] = pixels_.weight(first + i);
      sum += residual[i] * residual[i];
    }
    return sum;
  }

 private:
  SigmaPixels pixels_;
};

/// Reweighted least squares: every step makes less a sum of squares that lies above the losses and touches
/// them.
template <class Term>
class RobustLoss final : public Loss {
 public:
  RobustLoss(SigmaPixels pixels, Term term) : pixels_(std::move(pixels)), term_(term) {}

  double rows(std::size_t first, std::span<const double> model, double* residual,
              double* weight) const override {
    double sum = 0.0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      const RobustTerm term = term_(pixels_.residual(first + i, model[i]));
      const double root = std::sqrt(term.weight);
      residual[i] = term.psi / root;
      weight[i] = root * pixels_.weight(first + i);
      sum += term.loss;
    }
    return sum;
  }

  /// Whatever the noise, as long as all pixels have the same in units of their sigma: by the means of psi^2
  /// and psi' over them (Huber 1981, Robust Statistics, eq. 7.6.4).
  LossInformation information(std::span<const double> model) const override {
    LossInformation result;
    double square = 0.0;
    double slope = 0.0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      const RobustTerm term = term_(pixels_.residual(i, model[i]));
      result.score.push_back(term.psi);
      square += term.psi * term.psi;
      slope += term.slope;
    }
    if (model.empty()) return result;
    const auto n = static_cast<double>(model.size());
    // Where hardly any pixel is near its model the mean slope is no measure of anything.
    slope = std::max(slope / n, kLeastSlope);
    result.ratio = square / n / slope;
    const double root = std::sqrt(slope);
    for (double& score : result.score) score /= root;
    for (std::size_t i = 0; i < model.size(); ++i) result.k.push_back(root * pixels_.weight(i));
    return result;
  }

 private:
  static constexpr double kLeastSlope = 0.01;

  SigmaPixels pixels_;
  Term term_;
};

/// A pixel in electrons, with the read noise as that of as many more.
double electrons(const CountNoise& noise, double counts) {
  return noise.gain * (counts + noise.sky) + noise.read_noise * noise.read_noise;
}

/// Fisher's scoring.
template <class Term>
class CountLoss final : public Loss {
 public:
  CountLoss(const CountNoise& noise, std::vector<double> data, Term term, double constant)
      : noise_(noise), data_(std::move(data)), term_(term), constant_(constant) {}

  double rows(std::size_t first, std::span<const double> model, double* residual,
              double* weight) const override {
    double sum = 0.0;
    for (std::size_t i = 0; i < model.size(); ++i) {
      const LossTerm term = term_(data_[first + i], electrons(noise_, model[i]));
      const double root = std::sqrt(term.curvature);
      residual[i] = term.score / root;
      weight[i] = root * noise_.gain;
      sum += term.loss;
    }
    return sum;
  }

  double constant() const override { return constant_; }

 private:
  CountNoise noise_;
  std::vector<double> data_;
  Term term_;
  double constant_;
};

std::vector<double> electrons_of(const Observation& observation, std::span<const std::size_t> used) {
  std::vector<double> result;
  result.reserve(used.size());
  for (const std::size_t pixel : used)
    result.push_back(electrons(*observation.counts, observation.data.data()[pixel]));
  return result;
}

/// Expected electrons below which a likelihood is continued: so few that all of them together do not count.
double floor_of(std::span<const double> data) {
  double sum = 0.0;
  for (const double value : data) sum += std::max(value, 0.0);
  return 1e-6 * sum / static_cast<double>(data.size());
}

std::unique_ptr<const Loss> poisson_loss(const LikelihoodOptions& likelihood, const Observation& observation,
                                         std::span<const std::size_t> used) {
  const CountNoise& noise = *observation.counts;
  std::vector<double> data = electrons_of(observation, used);
  double constant = 0.0;
  for (double& value : data) {
    // Without read noise nothing can have taken electrons away.
    if (noise.read_noise == 0.0) value = std::max(value, 0.0);
    if (likelihood.kind == Likelihood::kCash) constant += PoissonTerm::cash_constant(value);
  }
  const PoissonTerm term(floor_of(data));
  return std::make_unique<CountLoss<PoissonTerm>>(noise, std::move(data), term, constant);
}

std::unique_ptr<const Loss> model_sigma_loss(const Observation& observation,
                                             std::span<const std::size_t> used) {
  const CountNoise& noise = *observation.counts;
  std::vector<double> data = electrons_of(observation, used);
  // With no light at all the variance is that of the read noise.
  const double dark = noise.read_noise * noise.read_noise;
  const ModelSigmaTerm term(std::max(floor_of(data), 0.5 * dark), dark);
  return std::make_unique<CountLoss<ModelSigmaTerm>>(noise, std::move(data), term, 0.0);
}

}  // namespace

LossInformation Loss::information(std::span<const double> model) const {
  LossInformation result{std::vector<double>(model.size()), std::vector<double>(model.size())};
  rows(0, model, result.score.data(), result.k.data());
  return result;
}

std::vector<std::size_t> used_pixels(const Observation& observation) {
  std::vector<std::size_t> pixels;
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] != 0) pixels.push_back(i);
  }
  return pixels;
}

std::unique_ptr<const Loss> make_loss(const LikelihoodOptions& likelihood, const Observation& observation,
                                      std::span<const std::size_t> used) {
  switch (likelihood.kind) {
    case Likelihood::kModelSigma:
      return model_sigma_loss(observation, used);
    case Likelihood::kCash:
    case Likelihood::kPoissonMlr:
      return poisson_loss(likelihood, observation, used);
    case Likelihood::kStudentT:
      return std::make_unique<RobustLoss<StudentT>>(SigmaPixels(observation, used),
                                                    StudentT(likelihood.student_dof));
    case Likelihood::kHuber:
      return std::make_unique<RobustLoss<Huber>>(SigmaPixels(observation, used),
                                                 Huber(likelihood.huber_threshold));
    case Likelihood::kGaussian:
      break;
  }
  return std::make_unique<SquareLoss>(SigmaPixels(observation, used));
}

void check_counts(const LikelihoodOptions& likelihood, const Observation& observation,
                  const std::string& where) {
  if (!needs_counts(likelihood.kind)) return;
  const std::string name(to_text(likelihood.kind));
  if (!observation.counts) {
    throw InputError({where, "likelihood", name, "it asks for photons, and nothing tells how many there are",
                      "gain, with read_noise and sky"});
  }
  const CountNoise& noise = *observation.counts;
  if (const std::string problem = noise.problem(); !problem.empty())
    throw InputError({where, "counts", "", problem, ""});
  double most = -std::numeric_limits<double>::infinity();
  double least = std::numeric_limits<double>::infinity();
  for (const std::size_t pixel : used_pixels(observation)) {
    const double photons = noise.gain * (observation.data.data()[pixel] + noise.sky);
    most = std::max(most, photons);
    least = std::min(least, photons);
  }
  // One electron, but for rounding, makes the brightest pixel of any image of photons.
  if (most < 0.5 && std::isfinite(most)) {
    throw InputError({where, "gain", fmt::format("{:g}", noise.gain),
                      fmt::format("the brightest pixel has {:.3g} electrons: not counts but a rate?", most),
                      "electrons for one unit of the image: for counts per second times the exposure time"});
  }
  if (likelihood.kind == Likelihood::kModelSigma && noise.read_noise == 0.0 && least <= 0.0) {
    throw InputError(
        {where, "read_noise", "0",
         fmt::format("\"{}\" has no error for pixels without electrons, and there are some", name),
         "a number above 0, or the likelihood \"cash\""});
  }
}

}  // namespace gaxel
