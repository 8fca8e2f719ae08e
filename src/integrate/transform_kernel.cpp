#include "integrate/transform_kernel.hpp"

#include <cmath>

#include "integrate/hankel_rule.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/transform_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/for_lanes-inl.hpp"

#ifndef GAXEL_INTEGRATE_TRANSFORM_KERNEL_ROW
#define GAXEL_INTEGRATE_TRANSFORM_KERNEL_ROW
namespace gaxel {

// A row of a light's transforms.
struct RowState {
  const TransformRows* rows;
  double ky;
  double phase_re;  // exp(-i ky y0)
  double phase_im;
};

}  // namespace gaxel
#endif

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class V>
struct Transform {
  V kx;
  V a, b;
  V value;
  V slope;  // H' / kappa
  V shapes[kMaxShapes];
  V phase_re, phase_im;
};

// The polynomials' panel and the place in it, from the bits of 1 + kappa / scale: the panels double in length
// with every power of two.
template <class D, class V>
struct PanelPlace {
  hn::Vec<hn::RebindToSigned<D>> first;  // of the panel's coefficients
  V x;                                   // -1 to 1
  V per_kappa;                           // dx / dkappa
};

template <class D, class V>
HWY_INLINE PanelPlace<D, V> panel_place(D d, const HankelTable& table, V kappa) {
  const hn::RebindToUnsigned<D> du;
  const hn::RebindToSigned<D> di;
  constexpr std::uint64_t kOne = 0x3FF0000000000000ULL;
  const int bits = table.log2_panels();
  const auto one = hn::Set(d, 1.0);
  const auto y = hn::MulAdd(kappa, hn::Set(d, 1.0 / table.scale()), one);
  // The last panel goes on beyond the table's end by rounding only.
  const auto top = hn::Set(du, static_cast<std::uint64_t>(table.n_panels() - 1));
  const auto raw = hn::BitCast(du, y);
  const auto above = hn::Sub(raw, hn::Set(du, kOne));
  const auto panel = hn::Min(hn::ShiftRightSame(above, 52 - bits), top);
  const auto begin = hn::Add(hn::ShiftLeftSame(panel, 52 - bits), hn::Set(du, kOne));
  // 2^-octave: the exponent mirrored.
  const auto exponent = hn::And(begin, hn::Set(du, 0x7FF0000000000000ULL));
  const auto inverse = hn::BitCast(d, hn::Sub(hn::Set(du, 2 * kOne), exponent));
  const auto per_y = hn::Mul(inverse, hn::Set(d, std::ldexp(2.0, bits)));
  const auto x = hn::MulSub(hn::Sub(y, hn::BitCast(d, begin)), per_y, one);
  static_assert(kPanelTerms == 8);
  return {hn::BitCast(di, hn::ShiftLeft<3>(panel)), x, hn::Mul(per_y, hn::Set(d, 1.0 / table.scale()))};
}

template <class D>
HWY_INLINE void evaluate(D d, const RowState& state, std::size_t j, std::size_t n_shapes,
                         Transform<hn::Vec<D>>& t) {
  const TransformRows& rows = *state.rows;
  const HankelTable& table = *rows.table;
  t.kx = hn::Mul(hn::Set(d, rows.step), hn::Add(hn::Iota(d, 0.0), hn::Set(d, static_cast<double>(j))));
  t.a = hn::MulAdd(hn::Set(d, rows.a_x), t.kx, hn::Set(d, rows.a_y * state.ky));
  t.b = hn::MulAdd(hn::Set(d, rows.b_x), t.kx, hn::Set(d, rows.b_y * state.ky));
  const auto squared = hn::MulAdd(t.a, t.a, hn::Mul(t.b, t.b));
  const auto kappa = hn::Max(hn::Sqrt(squared), hn::Set(d, 1e-100));
  const auto place = panel_place(d, table, kappa);
  const double* c = table.coefficients();
  auto value = hn::GatherIndex(d, c + kPanelTerms - 1, place.first);
  auto slope = value;
  for (std::size_t k = kPanelTerms - 1; k > 0; --k) {
    value = hn::MulAdd(value, place.x, hn::GatherIndex(d, c + k - 1, place.first));
    if (k > 1) slope = hn::MulAdd(slope, place.x, value);
  }
  t.value = value;
  t.slope = hn::Div(hn::Mul(slope, place.per_kappa), kappa);
  for (std::size_t f = 0; f < n_shapes; ++f) {
    c += table.n_panels() * kPanelTerms;
    auto shape = hn::GatherIndex(d, c + kPanelTerms - 1, place.first);
    for (std::size_t k = kPanelTerms - 1; k > 0; --k) {
      shape = hn::MulAdd(shape, place.x, hn::GatherIndex(d, c + k - 1, place.first));
    }
    t.shapes[f] = shape;
  }
  const auto re = hn::LoadU(d, rows.phase_re.data() + j);
  const auto im = hn::LoadU(d, rows.phase_im.data() + j);
  const auto y_re = hn::Set(d, state.phase_re);
  const auto y_im = hn::Set(d, state.phase_im);
  t.phase_re = hn::NegMulAdd(im, y_im, hn::Mul(re, y_re));
  t.phase_im = hn::MulAdd(im, y_re, hn::Mul(re, y_im));
}

// Real and imaginary part, before the phase, of the image of `w`.
template <class D>
HWY_INLINE void combine(D d, const Transform<hn::Vec<D>>& t, double ky, std::size_t n_shapes,
                        const TransformWeights& w, hn::Vec<D>& re, hn::Vec<D>& im) {
  const auto of_a = hn::MulAdd(hn::Set(d, w.aa), t.a, hn::Mul(hn::Set(d, w.ab), t.b));
  const auto quadratic = hn::MulAdd(of_a, t.a, hn::Mul(hn::Mul(hn::Set(d, w.bb), t.b), t.b));
  re = hn::MulAdd(hn::Set(d, w.value), t.value, hn::Mul(quadratic, t.slope));
  for (std::size_t k = 0; k < n_shapes; ++k) re = hn::MulAdd(hn::Set(d, w.shapes[k]), t.shapes[k], re);
  im = hn::Mul(t.value, hn::MulAdd(hn::Set(d, w.x), t.kx, hn::Set(d, w.y * ky)));
}

void transform_row(const RowState& state, std::size_t n, std::span<const TransformWeights> weights,
                   std::span<double* const> out_re, std::span<double* const> out_im) {
  const std::size_t n_shapes = state.rows->table->n_functions() - 1;
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
  const std::size_t n_shapes = state.rows->table->n_functions() - 1;
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
  const RowState state{this, ky, std::cos(ky * y0), -std::sin(ky * y0)};
  HWY_DYNAMIC_DISPATCH(transform_row)(state, n, weights, re, im);
}

void TransformRows::row_adjoint(double ky, std::size_t n, std::span<const TransformWeights> weights,
                                const double* re, const double* im, std::span<double> products) const {
  const RowState state{this, ky, std::cos(ky * y0), -std::sin(ky * y0)};
  HWY_DYNAMIC_DISPATCH(transform_row_adjoint)(state, n, weights, re, im, products);
}

}  // namespace gaxel
#endif  // HWY_ONCE
