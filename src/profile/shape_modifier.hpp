// The seam for shapes that any law can take: what may change between a place in the image and the light
// there.
#pragma once

#include <memory>

#include "math/dual.hpp"

namespace gaxel {

/// The dual number that shapes are differentiated with: parameters go through it eight at a time.
using ShapeDual = Dual<8>;

/// A rectangle of offsets from a component's centre, pixels.
struct OffsetBox {
  double dx;  ///< middle
  double dy;
  double half_x;
  double half_y;
};

/// One step of a component's shape, in numbers T: double or ShapeDual. Overrides what it changes; the steps
/// of a component act in the order of the table of options.
template <class T>
class ShapeModifier {
 public:
  virtual ~ShapeModifier() = default;

  /// Moves an offset from the centre (pixels, along the image's axes), before the ellipse.
  virtual void turn(T& /*dx*/, T& /*dy*/) const {}

  /// Moves a place along the axes of the ellipse (scale radii; v not yet divided by q).
  virtual void bend(T& /*u*/, T& /*v*/) const {}

  /// Changes the radius of a place (u, v), v divided by q. At first it is hypot(u, v).
  virtual void reshape(const T& /*u*/, const T& /*v*/, T& /*r*/) const {}

  /// What the light is multiplied with, at an offset from the centre as it was given and at the radius.
  virtual void weigh(const T& /*dx*/, const T& /*dy*/, const T& /*r*/, T& /*weight*/) const {}

  /// Whether weigh() does anything: then the total flux is not known in closed form.
  virtual bool weighs() const { return false; }

  /// Area inside a radius over that inside the ellipse of that radius.
  virtual T area() const { return T(1.0); }

  /// Bound of the factor by which the step lengthens small steps inside the box, and whether it changes their
  /// direction.
  virtual double stretch(const OffsetBox& /*box*/) const { return 1.0; }
  virtual bool turns() const { return false; }
};

/// The values that a step is made of: its own parameters in the order of its option, and the component's.
template <class T>
struct ShapeValues {
  const T* own;
  T re;  ///< scale radius, pixels
  T q;
  T theta;
};

/// How an option makes its step.
struct MakeShape {
  std::unique_ptr<ShapeModifier<double>> (*plain)(const ShapeValues<double>&, int count) = nullptr;
  std::unique_ptr<ShapeModifier<ShapeDual>> (*dual)(const ShapeValues<ShapeDual>&, int count) = nullptr;
};

/// For a class template Shape with a constructor from (ShapeValues<T>, count).
template <template <class> class Shape>
constexpr MakeShape make_shape() {
  return {[](const ShapeValues<double>& values, int count) -> std::unique_ptr<ShapeModifier<double>> {
            return std::make_unique<Shape<double>>(values, count);
          },
          [](const ShapeValues<ShapeDual>& values, int count) -> std::unique_ptr<ShapeModifier<ShapeDual>> {
            return std::make_unique<Shape<ShapeDual>>(values, count);
          }};
}

}  // namespace gaxel
