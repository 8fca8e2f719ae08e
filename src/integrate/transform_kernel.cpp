#include "integrate/transform_kernel.hpp"

#include <cmath>

#include "integrate/hankel_rule.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/transform_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "integrate/transform-inl.hpp"
#include "math/for_lanes-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void transform_row(const RowState& state, std::size_t n, std::span<const TransformWeights> weights,
                   std::span<double* const> out_re, std::span<double* const> out_im) {
  const std::size_t n_shapes = state.rows->table->n_shapes();
  for_lanes(n, [&](auto d, std::size_t j) HWY_ATTR {
    Transform<hn::Vec<decltype(d)>> t;
    evaluate(d, state, j, n_shapes, t);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      hn::Vec<decltype(d)> re;
      hn::Vec<decltype(d)> im;
      combine(d, t, state.ky, n_shapes, weights[i], re, im);
      hn::StoreU(hn::NegMulAdd(im, t.phase_im, hn::Mul(re, t.phase_re)), d, out_re[i] + j);
      hn::StoreU(hn::MulAdd(im, t.phase_re, hn::Mul(re, t.phase_im)), d, out_im[i] + j);
    }
  });
}

void transform_row_adjoint(const RowState& state, std::size_t n, std::span<const TransformWeights> weights,
                           const double* in_re, const double* in_im, std::span<double> products) {
  const std::size_t n_shapes = state.rows->table->n_shapes();
  for_lanes(n, [&](auto d, std::size_t j) HWY_ATTR {
    Transform<hn::Vec<decltype(d)>> t;
    evaluate(d, state, j, n_shapes, t);
    const auto w_re = hn::LoadU(d, in_re + j);
    const auto w_im = hn::LoadU(d, in_im + j);
    const auto of_re = hn::NegMulAdd(w_im, t.phase_im, hn::Mul(w_re, t.phase_re));
    const auto of_im = hn::MulAdd(w_re, t.phase_im, hn::Mul(w_im, t.phase_re));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      hn::Vec<decltype(d)> re;
      hn::Vec<decltype(d)> im;
      combine(d, t, state.ky, n_shapes, weights[i], re, im);
      const auto product = hn::NegMulAdd(im, of_im, hn::Mul(re, of_re));
      products[i] += hn::GetLane(hn::SumOfLanes(d, product));
    }
  });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(transform_row);
HWY_EXPORT(transform_row_adjoint);

TransformWeights image_weights(double flux) {
  TransformWeights w;
  w.value = flux;
  return w;
}

TransformWeights derivative_transform(const RadialLaw& law, const EllipseFrame& frame, double flux,
                                      const FluxSlopes& d_flux, LightParameter parameter) {
  TransformWeights w;
  switch (parameter) {
    case LightParameter::kX:
      w.x = -flux;
      break;
    case LightParameter::kY:
      w.y = -flux;
      break;
    case LightParameter::kFlux:
      break;
    case LightParameter::kRe:
      w.aa = w.bb = flux / frame.re;
      for (std::size_t k = 0; k < law.n_shapes(); ++k) w.shapes[k] = -flux * law.shape_radius(k) / frame.re;
      break;
    case LightParameter::kQ:
      w.bb = flux / frame.q;
      break;
    case LightParameter::kTheta:
      w.ab = flux * (1.0 / frame.q - frame.q);
      break;
    case LightParameter::kShape1:
    case LightParameter::kShape2:
    case LightParameter::kShape3:
    case LightParameter::kShape4: {
      const auto k = static_cast<std::size_t>(parameter) - static_cast<std::size_t>(LightParameter::kShape1);
      w.shapes[k] = law.shape_radius(k) > 0.0 ? flux / frame.re : flux;
      break;
    }
  }
  w.value = d_flux[static_cast<std::size_t>(parameter)];
  return w;
}

TransformRows::TransformRows(const HankelTable& hankel, const EllipseFrame& frame, double kx_step,
                             std::size_t n_columns)
    : table(&hankel), step(kx_step), y0(frame.y0), phase_re(n_columns), phase_im(n_columns) {
  const double cosine = std::cos(frame.theta);
  const double sine = std::sin(frame.theta);
  a_x = frame.re * cosine;
  a_y = frame.re * sine;
  b_x = -frame.q * frame.re * sine;
  b_y = frame.q * frame.re * cosine;
  for (std::size_t j = 0; j < n_columns; ++j) {
    const double phase = -static_cast<double>(j) * step * frame.x0;
    phase_re[j] = std::cos(phase);
    phase_im[j] = std::sin(phase);
  }
}

void TransformRows::row(double ky, std::size_t n, std::span<const TransformWeights> weights,
                        std::span<double* const> re, std::span<double* const> im) const {
  const RowState state(*this, ky);
  HWY_DYNAMIC_DISPATCH(transform_row)(state, n, weights, re, im);
}

void TransformRows::row_adjoint(double ky, std::size_t n, std::span<const TransformWeights> weights,
                                const double* re, const double* im, std::span<double> products) const {
  const RowState state(*this, ky);
  HWY_DYNAMIC_DISPATCH(transform_row_adjoint)(state, n, weights, re, im, products);
}

}  // namespace gaxel
#endif  // HWY_ONCE
