// The Sersic law g(s) = I0 exp(-b s^(1/2n)) of unit flux (Sersic 1963; Graham & Driver 2005).
#pragma once

#include "profile/radial_law.hpp"

namespace gaxel {

/// Constants of a Sersic law of given n, in the plane where re = 1 and q = 1.
struct SersicConstants {
  double n;
  double exponent;  ///< p = 1 / (2n): w = b s^p
  double b;
  double log_b;
  double i0;  ///< central intensity at unit flux, I0 = b^2n / (2 pi n Gamma(2n))
  double log_i0;
  double rate;       ///< b / ln 2: g = I0 2^-w, w = rate s^p
  double log2_rate;  ///< log2 of that
  double dlog_b_dn;
  double dlog_i0_dn;
  double d2log_b_dn2;
  double d2log_i0_dn2;
};

/// Throws InputError unless 0.1 <= n <= 20.
SersicConstants sersic_constants(double n);

class SersicLaw final : public RadialLaw {
 public:
  explicit SersicLaw(double n);

  std::size_t n_shapes() const override { return 1; }
  void evaluate(const double* s, std::size_t n, double* g) const override;
  void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                              double* g_shape) const override;
  bool has_rates() const override { return true; }
  void evaluate_with_rates(const double* s, const double* s_rates, std::size_t n, const double* shape_rates,
                           const LawPartials& values, const LawPartials& rates) const override;
  void log_values(const double* s, std::size_t n, double* log_g) const override;
  void log_bounds(const ComplexReach& reach, float* bounds) const override;
  void enclosed(const double* s, std::size_t n, double* mean, double* d_shape) const override;
  void enclosed_with_rates(const double* s, std::size_t n, const double* shape_rates, double* mean,
                           double* d_shapes, double* d_shapes_rates) const override;
  double enclosed_rounding() const override;  ///< 4.7e-15 for n = 1, 6.7e-15 for n = 4, 1.7e-14 for n = 20
  double value(double s) const override;
  double rounding(double g, double s_rounding) const override;
  CuspSampling cusp_sampling() const override;

  const SersicConstants& constants() const { return constants_; }

 private:
  double exponent_at(double s) const;  ///< w = b s^p

  SersicConstants constants_;
};

}  // namespace gaxel
