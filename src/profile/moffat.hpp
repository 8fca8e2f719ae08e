// The Moffat law g(s) = (beta - 1) k / pi (1 + k s)^-beta of unit flux (Moffat 1969), s in units of the full
// width at half maximum: k = 4 (2^(1/beta) - 1).
#pragma once

#include "profile/radial_law.hpp"

namespace gaxel {

/// Constants of a Moffat law of given beta.
struct MoffatConstants {
  double beta;
  double k;
  double peak;  ///< g at the centre
  double log_peak;
  double dk_dbeta;
  double dlog_peak_dbeta;
};

class MoffatLaw final : public RadialLaw {
 public:
  /// Throws InputError unless 1.01 <= beta <= 100.
  explicit MoffatLaw(double beta);

  std::size_t n_shapes() const override { return 1; }
  void evaluate(const double* s, std::size_t n, double* g) const override;
  void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                              double* g_shapes) const override;
  void log_values(const double* s, std::size_t n, double* log_g) const override;
  void log_bounds(const ComplexReach& reach, float* bounds) const override;
  void enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const override;
  double enclosed_rounding() const override;  ///< 3e-14 for beta = 100, 3e-15 for beta < 5
  double value(double s) const override;
  double rounding(double g, double s_rounding) const override;
  CuspSampling cusp_sampling() const override { return {2.0, 1e-16}; }

 private:
  MoffatConstants constants_;
};

}  // namespace gaxel
