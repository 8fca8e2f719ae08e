// The one small interface over Ceres: nonlinear least squares that knows residuals and a Jacobian, never
// images.
#pragma once

#include <string>
#include <vector>

#include "gaxel/fit.hpp"

namespace gaxel {

/// Residuals of n_parameters() coordinates x, whose sum of squares is to be made small.
class LeastSquaresProblem {
 public:
  virtual ~LeastSquaresProblem() = default;

  virtual int n_residuals() const = 0;
  virtual int n_parameters() const = 0;

  /// Writes residuals (n_residuals) and, unless it is null, jacobian (n_residuals, n_parameters), row-major.
  /// False when they are not finite at x: such a trial step is refused. Not called from two threads at once.
  virtual bool evaluate(const double* x, double* residuals, double* jacobian) = 0;

  /// Writes to x_new the point that `step` leads to from x, inside the allowed region. Must agree with x +
  /// step to first order wherever the Jacobian's columns are not zero, and be x itself for a step of zero.
  virtual void advance(const double* x, const double* step, double* x_new) const = 0;
};

struct LeastSquaresOptions {
  int max_iterations = 200;
  double ftol = 1e-9;   ///< stop when the sum of squares changes by less than this fraction
  double xtol = 1e-10;  ///< stop when |step| <= xtol |x|
  double radius =
      1.0;  ///< first trust region, in units of the Jacobian's column norms: large is Gauss-Newton
};

struct LeastSquaresSummary {
  StopReason stop_reason = StopReason::kFailed;
  bool stalled = false;     ///< the last steps tried were all refused
  std::string message;      ///< why it stopped, in words
  double chi2_start = 0.0;  ///< sum of squares at the first x
  double chi2 = 0.0;        ///< and at the last
  int iterations = 0;       ///< steps tried
};

/// Lowers the sum of squares from `x`, which ends at the best point found, by Levenberg-Marquardt. `progress`
/// (may be empty) is called before the first and after every step. What it or the problem throws passes
/// through.
LeastSquaresSummary minimise(LeastSquaresProblem& problem, const LeastSquaresOptions& options,
                             const ProgressCallback& progress, std::vector<double>& x);

}  // namespace gaxel
