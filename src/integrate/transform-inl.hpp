// A light's transform at the frequencies of a row, in vectors. Included once for each target.
#if defined(GAXEL_INTEGRATE_TRANSFORM_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef GAXEL_INTEGRATE_TRANSFORM_INL_HPP
#undef GAXEL_INTEGRATE_TRANSFORM_INL_HPP
#else
#define GAXEL_INTEGRATE_TRANSFORM_INL_HPP
#endif

#include <hwy/highway.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "integrate/hankel_rule.hpp"
#include "integrate/transform_kernel.hpp"

#ifndef GAXEL_INTEGRATE_TRANSFORM_ROW
#define GAXEL_INTEGRATE_TRANSFORM_ROW
namespace gaxel {

// A row of a light's transforms.
struct RowState {
  const TransformRows* rows;
  double ky;
  double phase_re;  // exp(-i ky y0)
  double phase_im;

  RowState(const TransformRows& of, double at)
      : rows(&of), ky(at), phase_re(std::cos(at * of.y0)), phase_im(-std::sin(at * of.y0)) {}
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

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
