// Laws of any form: a value as a template on the number type, from which derivatives follow by dual numbers.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace gaxel {

/// Shape parameters that such a law may have.
inline constexpr std::size_t kMaxLawShapes = 31;

/// What a coordinate of a law is: the radius, one along an axis of the ellipse, or the angle from the major
/// axis (rad, in the plane of u and v), through which a line runs from the centre.
enum class LawAxis { kRadius, kMajor, kMinor, kAngle };

/// Where a law varies fast: within `width` of `place` along an axis. Width 0: it is not smooth there.
/// Integration looks for light at steps no longer than the width there, and than the distance elsewhere.
struct LawFeature {
  LawAxis axis;
  double place;  ///< scale radii or rad; of all but the radius both signs are meant, and opposite angles
  double width;  ///< scale radii
  /// Of width 0: the light is smooth up to there on either side.
  bool is_kink = false;
};

/// A number and its derivatives with respect to the shape parameters.
struct ShapeValue {
  double value = 0.0;
  std::array<double, kMaxLawShapes> d_shapes{};
};

/// A law of given shape: its intensity in units of its own over the (u, v) plane, in which the ellipse of the
/// scale radius is the unit circle. Laws are immutable.
class SurfaceLaw {
 public:
  virtual ~SurfaceLaw() = default;

  /// Whether the light depends on the radius alone: then u is the radius, and v is not read.
  virtual bool is_radial() const = 0;
  virtual std::size_t n_shapes() const = 0;

  /// The intensity at n points.
  virtual void intensity(const double* u, const double* v, std::size_t n, double* g) const = 0;

  /// Also its derivatives to u and v, and to the shape parameters (n_shapes(), n).
  virtual void intensity_with_partials(const double* u, const double* v, std::size_t n, double* g,
                                       double* g_u, double* g_v, double* g_shapes) const = 0;

  /// Integral of the intensity over the (u, v) plane; infinite where it does not converge.
  virtual ShapeValue total() const = 0;

  /// The intensity on the major axis at the radius u; infinite where it is not bounded.
  virtual ShapeValue intensity_at(double u) const = 0;

  /// Where the light varies fast.
  virtual std::vector<LawFeature> features() const = 0;

  /// m such that towards the centre the light, times r, is smooth in r^(1/m), about.
  virtual double centre_power() const = 0;
};

/// A row's law: how it is made. Shape parameters in the order of the component's shape roles; those that are
/// lengths in units of the scale radius.
using MakeSurfaceLaw = std::unique_ptr<SurfaceLaw> (*)(std::span<const double> shapes);

}  // namespace gaxel
