// The King law with a free exponent (King 1962; Elson 1999), of unit flux, s in units of the core radius:
//   g(s) = K [(1 + s)^(-1/alpha) - (1 + c^2)^(-1/alpha)]^alpha,  c = tidal over core radius; nothing beyond
//   c.
// With y = ln(1 + s) and z = (ln(1 + c^2) - y) / alpha that is K e^-y E^alpha, E = 1 - e^-z, in which nothing
// cancels.
#pragma once

#include "profile/integral_table.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// Constants of a King law of given c and alpha.
struct KingConstants {
  double c;
  double alpha;
  double edge;    ///< c^2
  double y_edge;  ///< ln(1 + c^2)
  double k;       ///< K
  double log_k;
  double dy_edge_dc;
  double dlog_k_dc;
  double dlog_k_dalpha;
};

class KingLaw final : public RadialLaw {
 public:
  /// c: tidal over core radius, from 1e-7 to 1e9. alpha: 0.1 to 10. Throws InputError otherwise.
  KingLaw(double c, double alpha);

  std::size_t n_shapes() const override { return 2; }  ///< c, alpha
  double shape_radius(std::size_t k) const override { return k == 0 ? constants_.c : 0.0; }
  double edge() const override { return constants_.edge; }
  void evaluate(const double* s, std::size_t n, double* g) const override;
  void evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                              double* g_shapes) const override;
  void log_values(const double* s, std::size_t n, double* log_g) const override;
  void log_bounds(const ComplexReach& reach, float* bounds) const override;
  void enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const override;
  double enclosed_rounding() const override { return 3e-14; }
  double value(double s) const override;
  double rounding(double g, double s_rounding) const override;
  CuspSampling cusp_sampling() const override { return {2.0, 1e-16}; }

 private:
  IntegralTable table_;  ///< over y: of E^alpha, and its derivative to alpha
  KingConstants constants_;
};

}  // namespace gaxel
