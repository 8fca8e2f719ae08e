#include "profile/sersic_enclosed.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "math/incomplete_gamma.hpp"
#include "profile/sersic.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/sersic_enclosed.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Vectors whose series are summed side by side: each is a chain of products.
constexpr std::size_t kVectors = 4;
constexpr double kNegligible = 1e-18;

// The series of kVectors vectors of x: S - 1/a, and -dS/da.
template <class D, class V>
struct Series {
  V tail[kVectors];
  V derivative[kVectors];

  void sum(D d, double a, const V (&x)[kVectors]) {
    V term[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      term[i] = hn::Set(d, 1.0 / a);
      tail[i] = hn::Zero(d);
      derivative[i] = hn::Set(d, 1.0 / (a * a));
    }
    const V half = hn::Set(d, 0.5);
    double harmonic = 1.0 / a;
    for (int k = 1;; ++k) {
      const double inverse = 1.0 / (a + k);
      harmonic += inverse;
      const V step = hn::Set(d, inverse);
      const V sum_of_inverses = hn::Set(d, harmonic);
      bool done = true;
      for (std::size_t i = 0; i < kVectors; ++i) {
        const V ratio = hn::Mul(x[i], step);
        term[i] = hn::Mul(term[i], ratio);
        tail[i] = hn::Add(tail[i], term[i]);
        const V part = hn::Mul(term[i], sum_of_inverses);
        derivative[i] = hn::Add(derivative[i], part);
        if (done) {
          const auto small = hn::Le(part, hn::Mul(hn::Set(d, kNegligible), derivative[i]));
          done = hn::AllTrue(d, hn::And(small, hn::Lt(ratio, half)));
        }
      }
      if (done) return;
    }
  }
};

void enclosed(const SersicConstants& c, const double* s, std::size_t n, double* mean, double* d_n) {
  const hn::ScalableTag<double> d;
  using D = hn::ScalableTag<double>;
  using V = hn::Vec<D>;
  const std::size_t lanes = hn::Lanes(d);
  const double a = 2.0 * c.n;
  const V limit = hn::Set(d, gamma_series_limit(a));
  const V one_over_a = hn::Set(d, 1.0 / a);
  const V scale = hn::Set(d, c.n * c.i0);
  const V smallest = hn::Set(d, std::numeric_limits<double>::min());
  HWY_ALIGN double at[kVectors * hn::MaxLanes(d)];
  HWY_ALIGN double result[kVectors * hn::MaxLanes(d)];
  HWY_ALIGN double slope[kVectors * hn::MaxLanes(d)];
  for (std::size_t begin = 0; begin < n; begin += kVectors * lanes) {
    const std::size_t count = std::min(kVectors * lanes, n - begin);
    std::copy_n(s + begin, count, at);
    std::fill(at + count, at + kVectors * lanes, s[begin]);
    V log_s[kVectors];
    V x[kVectors];
    V in_series[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      log_s[i] = log_of_normal(d, hn::Max(hn::Load(d, at + i * lanes), smallest));
      // Not exp(p ln s + ln b): the product keeps the last digits of x.
      x[i] = hn::Mul(hn::Set(d, c.b), hn::Exp(d, hn::Mul(hn::Set(d, c.exponent), log_s[i])));
      in_series[i] = hn::Min(x[i], limit);
    }
    Series<D, V> series;
    series.sum(d, a, in_series);
    for (std::size_t i = 0; i < kVectors; ++i) {
      const auto beyond = hn::Gt(x[i], limit);
      const V decay = hn::Mul(scale, hn::Exp(d, hn::Neg(in_series[i])));
      const V total = hn::Add(one_over_a, series.tail[i]);
      const V far =
          hn::Div(hn::Set(d, 0.5 * std::numbers::inv_pi), hn::Max(hn::Load(d, at + i * lanes), smallest));
      hn::Store(hn::IfThenElse(beyond, far, hn::Mul(decay, total)), d, result + i * lanes);
      // x dS/dx - x S = 1 - a S = -a (S - 1/a), and d ln x / dn = d ln b / dn - 2 p^2 ln s.
      const V dlog_x =
          hn::NegMulAdd(hn::Set(d, 2.0 * c.exponent * c.exponent), log_s[i], hn::Set(d, c.dlog_b_dn));
      const V by_x = hn::Mul(hn::Mul(hn::Set(d, -a), series.tail[i]), dlog_x);
      const V by_scale = hn::Mul(total, hn::Set(d, c.dlog_i0_dn + 1.0 / c.n));
      const V by_a = hn::Mul(hn::Set(d, -2.0), series.derivative[i]);
      const V sum = hn::Mul(decay, hn::Add(by_scale, hn::Add(by_x, by_a)));
      hn::Store(hn::IfThenElse(beyond, hn::Zero(d), sum), d, slope + i * lanes);
    }
    std::copy_n(result, count, mean + begin);
    if (d_n != nullptr) std::copy_n(slope, count, d_n + begin);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(enclosed);

void sersic_enclosed(const SersicConstants& constants, const double* s, std::size_t n, double* mean,
                     double* d_n) {
  HWY_DYNAMIC_DISPATCH(enclosed)(constants, s, n, mean, d_n);
}

}  // namespace gaxel
#endif  // HWY_ONCE
