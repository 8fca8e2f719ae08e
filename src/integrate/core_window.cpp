#include "integrate/core_window.hpp"

#include <array>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/core_window.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/for_lanes-inl.hpp"

#ifndef GAXEL_INTEGRATE_CORE_WINDOW_SERIES
#define GAXEL_INTEGRATE_CORE_WINDOW_SERIES
namespace gaxel {

// With y = 1 - x^2: I0(c sqrt(y)) = sum of (c/2)^2m y^m / m!^2 (DLMF 10.25.2), and by parts
//   (2m + 1) J_m = x y^m + 2m J_(m-1),  J_m = integral of y^m from 0 to x,
// so that the integral is x times a series of positive terms, too: nothing cancels.
struct WindowSeries {
  static constexpr std::size_t kTerms = 42;
  std::array<double, kTerms> integral{};  // P(x) = x sum of integral[m] y^m
  std::array<double, kTerms> density{};   // P'(x) = sum of density[m] y^m
  std::array<double, kTerms> slope{};     // P''(x) = x sum of slope[m] y^m
};

}  // namespace gaxel
#endif

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <class D, class V>
HWY_INLINE V polynomial(D d, const std::array<double, WindowSeries::kTerms>& c, V y) {
  const auto y2 = hn::Mul(y, y);
  auto even = hn::Set(d, c[WindowSeries::kTerms - 2]);
  auto odd = hn::Set(d, c[WindowSeries::kTerms - 1]);
  for (std::size_t m = WindowSeries::kTerms - 2; m >= 2; m -= 2) {
    even = hn::MulAdd(even, y2, hn::Set(d, c[m - 2]));
    odd = hn::MulAdd(odd, y2, hn::Set(d, c[m - 1]));
  }
  return hn::MulAdd(odd, y, even);
}

// The window's share at s: t = sqrt(s) / radius, x = t - 1, y = 1 - x^2.
template <class D>
struct WindowAt {
  hn::Vec<D> t;
  hn::Vec<D> x;
  hn::Vec<D> y;
  hn::Vec<D> share;
  hn::Mask<D> outside;
  hn::Mask<D> counts;  // where the share is no more than its rounding a cusp would bring it back

  HWY_INLINE WindowAt(D d, const WindowSeries& series, double radius, bool wings, hn::Vec<D> s) {
    const auto one = hn::Set(d, 1.0);
    const auto half = hn::Set(d, 0.5);
    t = hn::Mul(hn::Sqrt(s), hn::Set(d, 1.0 / radius));
    outside = hn::Ge(t, hn::Set(d, kWindowEnd));
    x = hn::Sub(hn::Min(t, hn::Set(d, kWindowEnd)), one);
    y = hn::Max(hn::NegMulAdd(x, x, one), hn::Zero(d));
    const auto integral = hn::Mul(x, polynomial(d, series.integral, y));
    share = wings ? hn::Add(half, integral) : hn::Sub(half, integral);
    counts = hn::Gt(share, hn::Set(d, 1e-13));
  }

  // d share / ds.
  HWY_INLINE hn::Vec<D> slope(D d, const WindowSeries& series, double radius, bool wings) const {
    const auto density = hn::IfThenZeroElse(outside, polynomial(d, series.density, y));
    const auto size = hn::Div(density, hn::Mul(t, hn::Set(d, 2.0 * radius * radius)));
    return wings ? size : hn::Neg(size);
  }

  // d2 share / ds2, where that is the slope.
  HWY_INLINE hn::Vec<D> curvature(D d, const WindowSeries& series, double radius, bool wings,
                                  hn::Vec<D> of_slope) const {
    const auto size = hn::IfThenZeroElse(outside, hn::Mul(x, polynomial(d, series.slope, y)));
    const auto signed_size = wings ? size : hn::Neg(size);
    const auto per_s = hn::Div(hn::Set(d, 0.5 / (radius * radius)), t);  // dt / ds
    return hn::Mul(per_s, hn::MulSub(per_s, signed_size, hn::Div(of_slope, t)));
  }
};

void window_light(const WindowSeries& series, double radius, bool wings, const double* s, std::size_t n,
                  const LightValues& light) {
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    const auto zero = hn::Zero(d);
    const WindowAt<decltype(d)> at(d, series, radius, wings, hn::LoadU(d, s + k));
    if (hn::AllTrue(d, at.outside)) {
      if (wings) return;
      hn::StoreU(zero, d, light.g + k);
      if (light.g_s != nullptr) {
        hn::StoreU(zero, d, light.g_s + k);
        for (std::size_t i = 0; i < light.n_shapes; ++i) hn::StoreU(zero, d, light.g_shapes + i * n + k);
      }
      return;
    }
    const auto g = hn::LoadU(d, light.g + k);
    if (light.g_s != nullptr) {
      const auto slope = at.slope(d, series, radius, wings);
      const auto g_s = hn::MulAdd(hn::LoadU(d, light.g_s + k), at.share, hn::Mul(g, slope));
      hn::StoreU(hn::IfThenElseZero(at.counts, g_s), d, light.g_s + k);
      for (std::size_t i = 0; i < light.n_shapes; ++i) {
        double* g_shape = light.g_shapes + i * n + k;
        hn::StoreU(hn::IfThenElseZero(at.counts, hn::Mul(hn::LoadU(d, g_shape), at.share)), d, g_shape);
      }
    }
    hn::StoreU(hn::IfThenElseZero(at.counts, hn::Mul(g, at.share)), d, light.g + k);
  });
}

void window_rates(const WindowSeries& series, double radius, bool wings, const double* s,
                  const double* s_rates, std::size_t n, std::size_t n_shapes, const LawPartials& values,
                  const LawPartials& rates) {
  for_lanes(n, [&](auto d, std::size_t k) HWY_ATTR {
    const WindowAt<decltype(d)> at(d, series, radius, wings, hn::LoadU(d, s + k));
    const auto slope = at.slope(d, series, radius, wings);
    const auto s_rate = hn::LoadU(d, s_rates + k);
    const auto share_rate = hn::Mul(slope, s_rate);
    const auto slope_rate = hn::Mul(at.curvature(d, series, radius, wings, slope), s_rate);
    const auto product = [&](double* of, double* rate_of) HWY_ATTR {
      const auto value = hn::LoadU(d, of + k);
      const auto rate = hn::MulAdd(hn::LoadU(d, rate_of + k), at.share, hn::Mul(value, share_rate));
      hn::StoreU(hn::IfThenElseZero(at.counts, hn::Mul(value, at.share)), d, of + k);
      hn::StoreU(hn::IfThenElseZero(at.counts, rate), d, rate_of + k);
    };
    const auto by_slope = hn::Mul(hn::LoadU(d, values.g + k), slope);
    const auto by_slope_rate =
        hn::MulAdd(hn::LoadU(d, rates.g + k), slope, hn::Mul(hn::LoadU(d, values.g + k), slope_rate));
    product(values.g, rates.g);
    product(values.g_s, rates.g_s);
    const auto add = [&](double* to, hn::Vec<decltype(d)> what) HWY_ATTR {
      hn::StoreU(hn::Add(hn::LoadU(d, to + k), hn::IfThenElseZero(at.counts, what)), d, to + k);
    };
    add(values.g_s, by_slope);
    add(rates.g_s, by_slope_rate);
    for (std::size_t i = 0; i < n_shapes; ++i) product(values.g_shapes + i * n, rates.g_shapes + i * n);
  });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(window_light);
HWY_EXPORT(window_rates);

namespace {

WindowSeries make_series() {
  constexpr std::size_t kTerms = WindowSeries::kTerms;
  WindowSeries series;
  double term = 1.0;  // (c/2)^2m / m!^2
  for (std::size_t m = 0; m < kTerms; ++m) {
    const auto order = static_cast<double>(m);
    if (m > 0) term *= std::pow(0.5 * kWindowBand / order, 2);
    series.density[m] = term;
    double factor = 1.0 / (2.0 * order + 1.0);  // of x y^j in J_m
    for (std::size_t j = m; j != static_cast<std::size_t>(-1); --j) {
      series.integral[j] += term * factor;
      factor *= 2.0 * static_cast<double>(j) / (2.0 * static_cast<double>(j) - 1.0);
    }
  }
  const double scale = 0.5 / series.integral[0];  // P(1) = 1/2
  for (double& c : series.integral) c *= scale;
  for (double& c : series.density) c *= scale;
  for (std::size_t m = 1; m < kTerms; ++m) {
    series.slope[m - 1] = -2.0 * static_cast<double>(m) * series.density[m];
  }
  return series;
}

const WindowSeries& window_series() {
  static const WindowSeries series = make_series();
  return series;
}

}  // namespace

double window_value(double t) {
  if (t >= kWindowEnd) return 0.0;
  const double x = t - 1.0;
  const double y = 1.0 - x * x;
  const auto& c = window_series().integral;
  double sum = 0.0;
  for (std::size_t m = c.size(); m > 0; --m) sum = sum * y + c[m - 1];
  return 0.5 - x * sum;
}

std::span<const double> window_polynomial() {
  return window_series().integral;
}

void apply_window(double radius, WindowPart part, const double* s, std::size_t n, const LightValues& light) {
  HWY_DYNAMIC_DISPATCH(window_light)(window_series(), radius, part == WindowPart::kWings, s, n, light);
}

void apply_window_with_rates(double radius, WindowPart part, const double* s, const double* s_rates,
                             std::size_t n, std::size_t n_shapes, const LawPartials& values,
                             const LawPartials& rates) {
  HWY_DYNAMIC_DISPATCH(window_rates)
  (window_series(), radius, part == WindowPart::kWings, s, s_rates, n, n_shapes, values, rates);
}

}  // namespace gaxel
#endif  // HWY_ONCE
