#include "profile/shape_chain.hpp"

#include <cmath>
#include <limits>

namespace gaxel {
namespace {

std::unique_ptr<ShapeModifier<double>> make_step(const OptionUse& use, const ShapeValues<double>& values) {
  return use.option->shape.plain(values, use.count);
}

std::unique_ptr<ShapeModifier<ShapeDual>> make_step(const OptionUse& use,
                                                    const ShapeValues<ShapeDual>& values) {
  return use.option->shape.dual(values, use.count);
}

template <class T>
T value_or(const T* values, int index, double otherwise) {
  return index < 0 ? T(otherwise) : values[index];
}

}  // namespace

ShapeLayout::ShapeLayout(const ComponentKind& kind)
    : re(kind.index_of(Role::kRe)), q(kind.index_of(Role::kQ)), theta(kind.index_of(Role::kTheta)) {
  for (const OptionUse& use : options_of(kind)) {
    if (use.option->shape.plain != nullptr) steps.push_back(use);
  }
}

template <class T>
ShapeChain<T>::ShapeChain(const ShapeLayout& layout, const T* values)
    : re_(value_or(values, layout.re, 1.0)), q_(value_or(values, layout.q, 1.0)) {
  using std::cos;
  using std::sin;
  const T theta = value_or(values, layout.theta, 0.0);
  cosine_ = cos(theta);
  sine_ = sin(theta);
  for (const OptionUse& use : layout.steps) {
    steps_.push_back(make_step(use, {values + use.first, re_, q_, theta}));
  }
}

template <class T>
void ShapeChain<T>::place(const T& dx, const T& dy, bool is_radial, T& u, T& v, T& weight) const {
  using std::sqrt;
  T x = dx;
  T y = dy;
  for (const auto& step : steps_) step->turn(x, y);
  u = (x * cosine_ + y * sine_) / re_;
  v = (y * cosine_ - x * sine_) / re_;
  for (const auto& step : steps_) step->bend(u, v);
  v /= q_;
  weight = T(1.0);
  if (!is_radial && steps_.empty()) return;
  // The radius has no derivative in the centre itself: there it is that of a place next to it.
  constexpr double kNextTo = 1e-150;
  if (value_of(u) == 0.0 && value_of(v) == 0.0) u += T(kNextTo);
  T r = sqrt(u * u + v * v);
  for (const auto& step : steps_) step->reshape(u, v, r);
  for (const auto& step : steps_) step->weigh(dx, dy, r, weight);
  if (is_radial) u = r;
}

template <class T>
T ShapeChain<T>::area() const {
  T area = q_ * re_ * re_;
  for (const auto& step : steps_) area *= step->area();
  return area;
}

template <class T>
bool ShapeChain<T>::weighs() const {
  for (const auto& step : steps_) {
    if (step->weighs()) return true;
  }
  return false;
}

template <class T>
typename ShapeChain<T>::Slopes ShapeChain<T>::slopes(const OffsetBox& box) const {
  double stretch = 1.0;
  bool turns = false;
  for (const auto& step : steps_) {
    stretch *= step->stretch(box);
    turns |= step->turns();
  }
  const double along = stretch / value_of(re_);
  const double across = along / value_of(q_);
  if (turns) return {across, across, along, along, across, across};
  const double c = std::abs(value_of(cosine_));
  const double s = std::abs(value_of(sine_));
  return {std::hypot(along * c, across * s),
          std::hypot(along * s, across * c),
          along * c,
          along * s,
          across * s,
          across * c};
}

template class ShapeChain<double>;
template class ShapeChain<ShapeDual>;

}  // namespace gaxel
