// Several bands: how a parameter depends on wavelength, and where one band's pixels lie among another's.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel {

/// The functions of wavelength that a parameter is a sum of, each with a coefficient.
enum class Basis {
  kConstant,   ///< one value for all bands
  kBands,      ///< a value of its own in each band
  kChebyshev,  ///< sum of c_i T_i(x), x from -1 at the shortest to 1 at the longest wavelength; c_0 not
               ///< halved (GALFITM: Haeussler et al. 2013, MNRAS 430, 330, section 2.2)
  kBSpline     ///< sum of c_i B_i(x): B-splines of degree 3, or n - 1 if that is less, on uniform knots that
               ///< are clamped at both ends (de Boor 1978); a sum of c_i = c is the constant c
};

/// "constant", "bands", "chebyshev" or "bspline".
std::string_view to_text(Basis basis);

/// Whether the sum is a function of any wavelength, and not only of the bands'.
constexpr bool is_series(Basis basis) {
  return basis == Basis::kChebyshev || basis == Basis::kBSpline;
}

/// The wavelengths of the bands, in any unit.
class Wavelengths {
 public:
  /// One band, whose wavelength does not matter.
  Wavelengths() : values_{0.0} {}
  /// Throws InputError (key "wavelength") for none, or for one that is not positive and finite where there
  /// are several.
  explicit Wavelengths(std::vector<double> values);

  int size() const { return static_cast<int>(values_.size()); }
  double operator[](int band) const { return values_[static_cast<std::size_t>(band)]; }
  /// How many of them differ.
  int n_different() const;
  /// -1 at the shortest, 1 at the longest, 0 where all are one.
  double scaled(double wavelength) const;

  /// The number of coefficients that a basis needs; n where it may have any number.
  int n_coefficients(Basis basis, int n) const;
  /// The n functions at x = scaled(wavelength); not for Basis::kBands.
  static std::vector<double> functions(Basis basis, int n, double x);
  /// The n functions at a band's wavelength.
  std::vector<double> functions_in(int band, Basis basis, int n) const;
  /// The n coefficients of a series that is nearest, in least squares, to values in the bands; where these do
  /// not determine it, the smallest such.
  std::vector<double> series_through(std::span<const double> in_bands, Basis basis, int n) const;

 private:
  std::vector<double> values_;
};

/// From the pixels of the first band to those of another: 0-based positions
///   x' = xx x + xy y + x0,  y' = yx x + yy y + y0.
/// Lengths and angles go by the similarity next to that.
struct PixelMap {
  double xx = 1.0;
  double xy = 0.0;
  double yx = 0.0;
  double yy = 1.0;
  double x0 = 0.0;
  double y0 = 0.0;

  double x(double in_x, double in_y) const { return xx * in_x + xy * in_y + x0; }
  double y(double in_x, double in_y) const { return yx * in_x + yy * in_y + y0; }
  /// Other pixels in one of the first band's, along a side.
  double scale() const;
  bool is_mirrored() const { return xx * yy - xy * yx < 0.0; }
  /// The direction theta, in the other pixels, radians.
  double angle(double theta) const;
  /// How far from a similarity: the largest difference of lengths that should agree, relative to scale().
  double distortion() const;
};

/// What a scene needs to know of a band.
struct BandFrame {
  double wavelength = 0.0;
  double zeropoint = 0.0;  ///< magnitude of one count
  PixelMap pixels = {};    ///< from the first band's; of the first band, no change
};

/// The wavelengths of these bands.
Wavelengths wavelengths_of(std::span<const BandFrame> bands);

}  // namespace gaxel
