#include "profile/shape_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

// Isophotes must not reach farther than so many times the ellipse's radius: Fourier modes leave at least this
// of it.
constexpr double kLeastFactor = 0.05;

template <class T>
T value_or(const T* values, int index, double otherwise) {
  return index < 0 ? T(otherwise) : values[index];
}

template <class T>
Spiral<T> make_spiral(SpiralForm form, const T* own) {
  // angle, rin, rout, power or scale, inclination, node: as the options' tables have them
  if (!(value_of(own[1]) < value_of(own[2]))) {
    const std::string_view name = form == SpiralForm::kPower ? "spiral" : "logspiral";
    throw InputError({std::string(name), fmt::format("{}_rin", name), fmt::format("{}", value_of(own[1])),
                      "not inside the outer radius",
                      fmt::format("below {}_rout = {}", name, value_of(own[2]))});
  }
  return {form, own[0], own[1], own[2], own[3], own[4], own[5]};
}

}  // namespace

std::vector<ShapeDual> seeded(const std::vector<double>& values, std::size_t first) {
  std::vector<ShapeDual> numbers(values.begin(), values.end());
  for (std::size_t i = first; i < std::min(values.size(), first + kShapeSeeds); ++i) {
    numbers[i] = ShapeDual(values[i], static_cast<int>(i - first));
  }
  return numbers;
}

ShapeLayout::ShapeLayout(const ComponentKind& kind)
    : re(kind.index_of(Role::kRe)), q(kind.index_of(Role::kQ)), theta(kind.index_of(Role::kTheta)) {
  for (const OptionUse& use : options_of(kind)) {
    if (use.option->part != ShapePart::kNone) steps.push_back(use);
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
    const T* own = values + use.first;
    const std::size_t mode = use.option->mode;
    switch (use.option->part) {
      case ShapePart::kPowerSpiral:
        spiral_ = make_spiral(SpiralForm::kPower, own);
        break;
      case ShapePart::kLogarithmicSpiral:
        spiral_ = make_spiral(SpiralForm::kLogarithmic, own);
        break;
      case ShapePart::kBending:
        bending_.set(mode, own[0] / re_, T(1.0));
        break;
      case ShapePart::kGeneralisedEllipse:
        isophote_.exponent = own[0] + 2.0;
        break;
      case ShapePart::kFourier:
        isophote_.fourier.set(mode, own[0], own[1]);
        break;
      case ShapePart::kAsymmetry:
        isophote_.asymmetry.emplace(own[0], own[1]);
        break;
      case ShapePart::kSoftCentre:  // of the law
      case ShapePart::kNone:
        break;
    }
  }
  const double least = isophote_.fourier.least_factor();
  if (least < kLeastFactor) {
    throw InputError({"shape", "f1 to f10", fmt::format("{:.3g}", least),
                      "the Fourier modes together make the smallest radius factor this",
                      fmt::format("amplitudes whose factor is at least {} everywhere", kLeastFactor)});
  }
}

template <class T>
void ShapeChain<T>::axes(const T& dx, const T& dy, T& u, T& v) const {
  T x = dx;
  T y = dy;
  if (spiral_) spiral_->unwind(x, y);
  u = (x * cosine_ + y * sine_) / re_;
  v = (y * cosine_ - x * sine_) / re_;
  if (!bending_.empty()) v = bending_.bent(u, v);
  v /= q_;
}

template <class T>
void ShapeChain<T>::place(const T& dx, const T& dy, bool is_radial, T& u, T& v, T& weight) const {
  axes(dx, dy, u, v);
  weight = T(1.0);
  if (!is_radial && !isophote_.asymmetry) return;
  // The radius has no derivative in the centre itself: there it is that of a place next to it.
  constexpr double kNextTo = 1e-150;
  if (value_of(u) == 0.0 && value_of(v) == 0.0) u += T(kNextTo);
  const PolarPoint<T> polar = isophote_.polar(u, v);
  if (isophote_.asymmetry) weight = isophote_.light_factor(polar);
  if (is_radial) u = polar.r;
}

template <class T>
T ShapeChain<T>::area() const {
  T area = q_ * re_ * re_ * isophote_.flux_factor();
  if (spiral_) area *= spiral_->cos_inclination();
  return area;
}

template <class T>
bool ShapeChain<T>::has_sharp_axes() const {
  if (!isophote_.exponent) return false;
  // An ellipse is smooth, but not its derivative to the exponent.
  const double c = value_of(*isophote_.exponent);
  return !(c >= 4.0 && std::remainder(c, 2.0) == 0.0);
}

template <class T>
typename ShapeChain<T>::Slopes ShapeChain<T>::slopes(const OffsetBox& box) const {
  const double re = value_of(re_);
  const double q = value_of(q_);
  const double reach = std::hypot(box.half_x, box.half_y);
  const double stretch = spiral_ ? spiral_->stretch(std::hypot(box.dx, box.dy), reach) : 1.0;
  const double c = spiral_ ? 1.0 : std::abs(value_of(cosine_));
  const double s = spiral_ ? 1.0 : std::abs(value_of(sine_));
  Slopes slopes{};
  slopes.u_x = stretch * c / re;
  slopes.u_y = stretch * s / re;
  const double bend =
      bending_.empty() ? 0.0 : bending_.steepest(stretch * (std::hypot(box.dx, box.dy) + reach) / re);
  slopes.v_x = (stretch * s / re + bend * slopes.u_x) / q;
  slopes.v_y = (stretch * c / re + bend * slopes.u_y) / q;
  const double form = isophote_.steepness();
  slopes.r_x = form * std::hypot(slopes.u_x, slopes.v_x);
  slopes.r_y = form * std::hypot(slopes.u_y, slopes.v_y);
  return slopes;
}

template class ShapeChain<double>;
template class ShapeChain<ShapeDual>;

}  // namespace gaxel
