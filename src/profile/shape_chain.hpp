// From an offset in the image to a place in the plane of a law.
#pragma once

#include <memory>
#include <vector>

#include "profile/kind_options.hpp"
#include "profile/shape_modifier.hpp"

namespace gaxel {

/// Where a component's parameters are among its values; -1: its kind has no such parameter.
struct ShapeLayout {
  int re;
  int q;
  int theta;
  std::vector<OptionUse> steps;  ///< options that change the shape, in the order in which they act

  explicit ShapeLayout(const ComponentKind& kind);
};

/// offset -> turns -> axes of the ellipse -> bends -> v / q -> radius -> its changes; and the weight.
template <class T>
class ShapeChain {
 public:
  /// `values`: of all the component's parameters.
  ShapeChain(const ShapeLayout& layout, const T* values);

  /// Where the light of an offset (pixels) is looked up: the coordinates (u, v) of a law that is not radial,
  /// or the radius u; and what it is multiplied with.
  void place(const T& dx, const T& dy, bool is_radial, T& u, T& v, T& weight) const;

  /// Area inside radius 1, over pi: q re^2 for an ellipse.
  T area() const;
  bool weighs() const;

  /// Bounds of the derivatives of the radius, u and v to dx and dy inside the box.
  struct Slopes {
    double r_x, r_y, u_x, u_y, v_x, v_y;
  };
  Slopes slopes(const OffsetBox& box) const;

 private:
  T re_;
  T q_;
  T cosine_;
  T sine_;
  std::vector<std::unique_ptr<ShapeModifier<T>>> steps_;
};

extern template class ShapeChain<double>;
extern template class ShapeChain<ShapeDual>;

}  // namespace gaxel
