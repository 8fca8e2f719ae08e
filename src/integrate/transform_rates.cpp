#include "integrate/transform_rates.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/transform_rates.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "integrate/transform-inl.hpp"
#include "math/for_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// A function of a table, and its first two derivatives to the place in the panel.
template <class V>
struct PanelFunction {
  V value;
  V slope;
  V curvature;
};

template <class D, class V>
HWY_INLINE PanelFunction<V> panel_function(D d, const double* c, const PanelPlace<D, V>& place) {
  PanelFunction<V> f{hn::GatherIndex(d, c + kPanelTerms - 1, place.first), hn::Zero(d), hn::Zero(d)};
  for (std::size_t k = kPanelTerms - 1; k > 0; --k) {
    f.curvature = hn::MulAdd(f.curvature, place.x, f.slope);
    f.slope = hn::MulAdd(f.slope, place.x, f.value);
    f.value = hn::MulAdd(f.value, place.x, hn::GatherIndex(d, c + k - 1, place.first));
  }
  f.curvature = hn::Add(f.curvature, f.curvature);
  return f;
}

// What the transform `t` changes by, but for its phase.
template <class D>
HWY_INLINE void evaluate_rates(D d, const HankelTable& table, const TransformRates& rates,
                               const Transform<hn::Vec<D>>& t, Transform<hn::Vec<D>>& to) {
  const std::size_t n_shapes = table.n_shapes();
  const std::size_t size = table.n_panels() * kPanelTerms;
  const auto squared = hn::MulAdd(t.a, t.a, hn::Mul(t.b, t.b));
  const auto kappa = hn::Max(hn::Sqrt(squared), hn::Set(d, 1e-100));
  const auto place = panel_place(d, table, kappa);
  const auto per_kappa = hn::Div(hn::Set(d, 1.0), kappa);
  const auto a_rate = hn::MulAdd(hn::Set(d, rates.a_a), t.a, hn::Mul(hn::Set(d, rates.a_b), t.b));
  const auto b_rate = hn::MulAdd(hn::Set(d, rates.b_a), t.a, hn::Mul(hn::Set(d, rates.b_b), t.b));
  const auto half_square_rate = hn::MulAdd(t.a, a_rate, hn::Mul(t.b, b_rate));  // of kappa^2 / 2
  const auto curvature = hn::Mul(panel_function(d, table.coefficients(), place).curvature,
                                 hn::Mul(place.per_kappa, place.per_kappa));
  // d (H' / kappa) = (H'' - H' / kappa) dkappa / kappa, relative to kappa: nothing overflows at 0.
  const auto relative = hn::Mul(hn::Mul(half_square_rate, per_kappa), per_kappa);
  to = t;
  to.value = hn::Mul(t.slope, half_square_rate);
  to.slope = hn::Mul(hn::Sub(curvature, t.slope), relative);
  for (std::size_t k = 0; k < n_shapes; ++k) {
    const auto shape = panel_function(d, table.coefficients() + (1 + k) * size, place);
    const auto of_shape = panel_function(d, table.coefficients() + (1 + n_shapes + k) * size, place);
    const auto slope = hn::Mul(hn::Mul(shape.slope, place.per_kappa), per_kappa);
    const auto rate = hn::Set(d, rates.shapes[k]);
    to.value = hn::MulAdd(rate, t.shapes[k], to.value);
    to.slope = hn::MulAdd(rate, slope, to.slope);
    to.shapes[k] = hn::MulAdd(slope, half_square_rate, of_shape.value);
  }
}

// Calls use(tag, j, i, re, im), the transform of image i before the phase of `t`.
template <class Use>
HWY_INLINE void for_each_image(const TransformRows& rows, const TransformRates& rates, double ky,
                               std::size_t n, std::span<const SecondTransformWeights> weights, Use&& use) {
  const RowState state(rows, ky);
  const std::size_t n_shapes = rows.table->n_shapes();
  for_lanes(n, [&](auto d, std::size_t j) HWY_ATTR {
    using V = hn::Vec<decltype(d)>;
    Transform<V> t;
    Transform<V> t_rates;
    evaluate(d, state, j, n_shapes, t);
    evaluate_rates(d, *rows.table, rates, t, t_rates);
    const V phase_rate = hn::NegMulSub(hn::Set(d, rates.x), t.kx, hn::Set(d, rates.y * ky));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      V re;
      V im;
      V of_values_re;
      V of_values_im;
      V first_re;
      V first_im;
      combine(d, t_rates, ky, n_shapes, weights[i].of_rates, re, im);
      combine(d, t, ky, n_shapes, weights[i].of_values, of_values_re, of_values_im);
      combine(d, t, ky, n_shapes, weights[i].of_rates, first_re, first_im);
      re = hn::Add(re, hn::NegMulAdd(phase_rate, first_im, of_values_re));
      im = hn::Add(im, hn::MulAdd(phase_rate, first_re, of_values_im));
      use(d, j, i, hn::NegMulAdd(im, t.phase_im, hn::Mul(re, t.phase_re)),
          hn::MulAdd(im, t.phase_re, hn::Mul(re, t.phase_im)));
    }
  });
}

void second_row(const TransformRows& rows, const TransformRates& rates, double ky, std::size_t n,
                std::span<const SecondTransformWeights> weights, std::span<double* const> out_re,
                std::span<double* const> out_im) {
  for_each_image(rows, rates, ky, n, weights,
                 [&](auto d, std::size_t j, std::size_t i, auto re, auto im) HWY_ATTR {
                   hn::StoreU(re, d, out_re[i] + j);
                   hn::StoreU(im, d, out_im[i] + j);
                 });
}

void second_row_adjoint(const TransformRows& rows, const TransformRates& rates, double ky, std::size_t n,
                        std::span<const SecondTransformWeights> weights, const double* in_re,
                        const double* in_im, std::span<double> products) {
  for_each_image(
      rows, rates, ky, n, weights, [&](auto d, std::size_t j, std::size_t i, auto re, auto im) HWY_ATTR {
        const auto product = hn::NegMulAdd(im, hn::LoadU(d, in_im + j), hn::Mul(re, hn::LoadU(d, in_re + j)));
        products[i] += hn::GetLane(hn::SumOfLanes(d, product));
      });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(second_row);
HWY_EXPORT(second_row_adjoint);

TransformRates::TransformRates(const LightRates& rates)
    : a_a(-rates.flow.u_u),
      a_b(-rates.flow.v_u),
      b_a(-rates.flow.u_v),
      b_b(-rates.flow.v_v),
      x(rates.direction[static_cast<std::size_t>(LightParameter::kX)]),
      y(rates.direction[static_cast<std::size_t>(LightParameter::kY)]),
      shapes(rates.shapes) {}

void SecondTransformWeights::add(double factor, const SecondTransformWeights& other) {
  const auto add_to = [factor](TransformWeights& to, const TransformWeights& from) {
    to.value += factor * from.value;
    to.aa += factor * from.aa;
    to.ab += factor * from.ab;
    to.bb += factor * from.bb;
    to.x += factor * from.x;
    to.y += factor * from.y;
    for (std::size_t k = 0; k < kMaxShapes; ++k) to.shapes[k] += factor * from.shapes[k];
  };
  add_to(of_rates, other.of_rates);
  add_to(of_values, other.of_values);
}

SecondTransformWeights second_transform(const ProfileLight& light, const LightRates& rates,
                                        LightParameter parameter) {
  const EllipseFrame& f = light.frame;
  const TransformWeights w = derivative_transform(light.law, f, light.flux, light.d_flux, parameter);
  const TransformRates of(rates);
  TransformWeights r;
  const double re_rate = rates.direction[static_cast<std::size_t>(LightParameter::kRe)];
  const double q_rate = rates.direction[static_cast<std::size_t>(LightParameter::kQ)];
  switch (parameter) {
    case LightParameter::kX:
      r.x = -rates.flux;
      break;
    case LightParameter::kY:
      r.y = -rates.flux;
      break;
    case LightParameter::kFlux:
      break;
    case LightParameter::kRe:
      r.aa = r.bb = (rates.flux - light.flux * re_rate / f.re) / f.re;
      break;
    case LightParameter::kQ:
      r.bb = (rates.flux - light.flux * q_rate / f.q) / f.q;
      break;
    case LightParameter::kTheta:
      r.ab = rates.flux * (1.0 / f.q - f.q) - light.flux * q_rate * (1.0 + 1.0 / (f.q * f.q));
      break;
    case LightParameter::kShape1:
    case LightParameter::kShape2:
    case LightParameter::kShape3:
    case LightParameter::kShape4:
      r.shapes[static_cast<std::size_t>(parameter) - static_cast<std::size_t>(LightParameter::kShape1)] =
          rates.flux;
      break;
  }
  r.value = rates.d_flux[static_cast<std::size_t>(parameter)];
  // A and B change, too.
  r.aa += 2.0 * w.aa * of.a_a + w.ab * of.b_a;
  r.ab += 2.0 * w.aa * of.a_b + w.ab * (of.a_a + of.b_b) + 2.0 * w.bb * of.b_a;
  r.bb += w.ab * of.a_b + 2.0 * w.bb * of.b_b;
  return {w, r};
}

void second_transform_row(const TransformRows& rows, const TransformRates& rates, double ky, std::size_t n,
                          std::span<const SecondTransformWeights> weights, std::span<double* const> re,
                          std::span<double* const> im) {
  HWY_DYNAMIC_DISPATCH(second_row)(rows, rates, ky, n, weights, re, im);
}

void second_transform_row_adjoint(const TransformRows& rows, const TransformRates& rates, double ky,
                                  std::size_t n, std::span<const SecondTransformWeights> weights,
                                  const double* re, const double* im, std::span<double> products) {
  HWY_DYNAMIC_DISPATCH(second_row_adjoint)(rows, rates, ky, n, weights, re, im, products);
}

}  // namespace gaxel
#endif  // HWY_ONCE
