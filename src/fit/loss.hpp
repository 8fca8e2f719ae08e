// What a fit makes least, as a sum over pixels, and the weighted least squares that it is next to.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// What the pixels of an image tell of its model, each k times the derivatives: k^2 is the expected second
/// derivative of half the loss, score k its first, and `ratio` the mean of score^2.
struct LossInformation {
  std::vector<double> score;  ///< of each used pixel
  std::vector<double> k;      ///< 1 / counts
  double ratio = 1.0;         ///< 1 where the loss is -2 ln L and the noise is as it says
};

/// The losses of the used pixels of an observation.
class Loss {
 public:
  Loss() = default;
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;
  virtual ~Loss() = default;

  /// Of the used pixels from `first` on, whose model is `model`: a residual and a weight for each, such that
  /// residual * weight is half the derivative of the loss to the model, and weight^2 about half the second
  /// one, never negative. The sum of their losses, which is not negative.
  virtual double rows(std::size_t first, std::span<const double> model, double* residual,
                      double* weight) const = 0;

  /// Whether the loss of every pixel is the square of its residual.
  virtual bool is_quadratic() const { return false; }

  /// At the best model of all used pixels.
  virtual LossInformation information(std::span<const double> model) const;

  /// What the statistic has beyond the sum of the losses, whatever the model.
  virtual double constant() const { return 0.0; }
};

/// `used`: the pixels. The observation must outlive the loss and be what fit() takes, already checked.
std::unique_ptr<const Loss> make_loss(const LikelihoodOptions& likelihood, const Observation& observation,
                                      std::span<const std::size_t> used);

/// The pixels of an observation that are used, in order.
std::vector<std::size_t> used_pixels(const Observation& observation);

/// Throws InputError (source `where`) where an observation has not what the likelihood asks for: no
/// CountNoise or one out of range, no pixel with half an electron in it, or, for kModelSigma, pixels whose
/// variance may be 0.
void check_counts(const LikelihoodOptions& likelihood, const Observation& observation,
                  const std::string& where);

}  // namespace gaxel
