// The Ferrers law of unit flux (Ferrers 1877; Peng et al. 2010), s in units of the outer radius: g(s) = K (1
// - s^(p/2))^alpha with p = 2 - beta inside 1, nothing outside.
#pragma once

#include "profile/radial_law.hpp"

namespace gaxel {

/// Constants of a Ferrers law. With a = 2 / p, b = alpha + 1, B their beta function: K = p / (2 pi B(a, b)).
struct FerrersConstants {
  double alpha;
  double p;
  double a;
  double k;
  double log_k;
  double beta_function;     ///< B(a, b)
  double dlog_beta_da;      ///< d ln B / da
  double dlog_beta_dalpha;  ///< d ln B / db
  double dlog_k_dp;
};

class FerrersLaw final : public RadialLaw {
 public:
  /// alpha 0.1 to 10, beta -8 to 1.9. Throws InputError otherwise.
  FerrersLaw(double alpha, double beta);

  std::size_t n_shapes() const override { return 2; }  ///< alpha, beta
  double edge() const override { return 1.0; }
  void evaluate(const double* s, std::size_t n, double* g) const override;
  void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                              double* g_shapes) const override;
  void log_values(const double* s, std::size_t n, double* log_g) const override;
  void log_bounds(const ComplexReach& reach, float* bounds) const override;
  void enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const override;
  double enclosed_rounding() const override { return 3e-14; }
  double value(double s) const override;
  double rounding(double g, double s_rounding) const override;
  CuspSampling cusp_sampling() const override;

 private:
  FerrersConstants constants_;
};

}  // namespace gaxel
