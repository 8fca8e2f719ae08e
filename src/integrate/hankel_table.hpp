// The Fourier transform of the core of an elliptical profile, as a function of the elliptical frequency.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "profile/radial_law.hpp"

namespace gaxel {

/// Times 1 / radius of a window: the frequency beyond which the wings outside it are to have no power, so
/// that they can be sampled.
inline constexpr double kWingBand = 35.0;

/// What a table is made for. Lengths in scale radii of the law.
struct HankelRequest {
  double window_radius;  ///< of the window, if the light is to have one: it is smooth over 1/10 of that
  double kappa_max;      ///< largest elliptical frequency, radians per scale radius
  double tolerance;      ///< that error() should not exceed, of a unit flux
  bool with_shapes;      ///< also the derivatives to the shape parameters
  /// Also what those change by per step in which shape parameter k changes by shape_rates[k]; of a law that
  /// has_rates(), with_shapes. Null: not.
  const double* shape_rates = nullptr;
};

/// H(kappa) = 2 pi int g(r^2) W(r / R) J0(kappa r) r dr, W the window (core_window.hpp) of radius R, and its
/// derivatives to the law's shape parameters: piecewise polynomials in kappa. At high frequencies only the
/// centre counts, and windows that shrink with 1/kappa stand in for W.
class HankelTable {
 public:
  HankelTable(const RadialLaw& law, const HankelRequest& request);

  /// Estimate of the largest error of H, and of what the wings, the light less the core, hold at frequencies
  /// beyond kWingBand / request.window_radius. Infinite where no table serves: the light has an edge or a
  /// step too sharp for its size.
  double error() const { return error_; }
  /// Whether there is light beyond the core.
  bool has_wings() const { return has_wings_; }
  double radius() const { return radius_; }  ///< R; light and core end at 2 R where there are no wings
  /// The functions: H, its derivatives to n_shapes() shape parameters, and with rates those of these.
  std::size_t n_shapes() const { return n_shapes_; }

  /// As transform_kernel.hpp wants it. The coefficients of a function are n_panels() * kPanelTerms numbers.
  const double* coefficients() const { return coefficients_.data(); }
  std::size_t n_panels() const { return n_panels_; }
  int log2_panels() const { return log2_panels_; }  ///< for kappa up to scale()
  double scale() const { return scale_; }

 private:
  struct Core {
    double radius;
    bool windowed;
  };

  void make(const RadialLaw& law, const HankelRequest& request, const Core& core);
  void make_uniform(const RadialLaw& law, const HankelRequest& request, const Core& core, int level);
  void add_chunk(const double* values, std::size_t chunk, std::size_t n_values);
  void measure_interpolation();
  void measure_junctions(std::size_t n_chunks);
  std::size_t n_measured() const { return 1 + n_shapes_; }  // functions whose error counts: not the rates
  double value_at_zero(std::size_t function) const;

  double radius_ = 0.0;
  double scale_ = 0.0;
  double error_ = std::numeric_limits<double>::infinity();
  bool has_wings_ = false;
  std::size_t n_functions_ = 1;
  std::size_t n_shapes_ = 0;
  std::size_t n_panels_ = 0;
  int log2_panels_ = 0;
  std::vector<double> coefficients_;
};

}  // namespace gaxel
