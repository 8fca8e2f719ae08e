// From an offset in the image to a place in the plane of a law.
#pragma once

#include <optional>
#include <vector>

#include "math/dual.hpp"
#include "profile/kind_options.hpp"
#include "profile/shape/bending_modes.hpp"
#include "profile/shape/isophote.hpp"
#include "profile/shape/spiral.hpp"

namespace gaxel {

/// The dual number that shapes are differentiated with: parameters go through it eight at a time.
using ShapeDual = Dual<8>;
inline constexpr std::size_t kShapeSeeds = 8;

/// The values as dual numbers, those from `first` on seeded, as many as there are places.
std::vector<ShapeDual> seeded(const std::vector<double>& values, std::size_t first);

/// A rectangle of offsets from a component's centre, pixels.
struct OffsetBox {
  double dx;  ///< middle
  double dy;
  double half_x;
  double half_y;
};

/// Where a component's parameters are among its values; -1: its kind has no such parameter.
struct ShapeLayout {
  int re;
  int q;
  int theta;
  std::vector<OptionUse> steps;  ///< options that change the shape

  explicit ShapeLayout(const ComponentKind& kind);
};

/// offset -> spiral -> axes of the ellipse, in scale radii -> bends -> v / q -> radius of the isophote; and
/// the weight.
template <class T>
class ShapeChain {
 public:
  /// `values`: of all the component's parameters. Throws InputError where Fourier modes leave no radius in
  /// some direction, or a spiral's radii are not in order.
  ShapeChain(const ShapeLayout& layout, const T* values);

  /// Where the light of an offset (pixels) is looked up: the coordinates (u, v) of a law that is not radial,
  /// or the radius u; and what it is multiplied with.
  void place(const T& dx, const T& dy, bool is_radial, T& u, T& v, T& weight) const;

  /// The place before the radius is taken: u along the major axis, v along the minor one, over q.
  void axes(const T& dx, const T& dy, T& u, T& v) const;

  /// The integral of a light that is looked up so, over that over the plane of the law: q re^2 for an
  /// ellipse.
  T area() const;

  /// The highest Fourier mode; 0: none.
  std::size_t highest_mode() const { return isophote_.fourier.highest(); }

  /// Whether the radius, or its derivative to the exponent, is not smooth where u or v is 0.
  bool has_sharp_axes() const;

  /// Bounds, or fair guesses for spirals, of the derivatives of the radius, u and v to dx and dy inside the
  /// box.
  struct Slopes {
    double r_x, r_y, u_x, u_y, v_x, v_y;
  };
  Slopes slopes(const OffsetBox& box) const;

 private:
  T re_;
  T q_;
  T cosine_;
  T sine_;
  std::optional<Spiral<T>> spiral_;
  BendingModes<T> bending_;
  Isophote<T> isophote_;
};

extern template class ShapeChain<double>;
extern template class ShapeChain<ShapeDual>;

}  // namespace gaxel
