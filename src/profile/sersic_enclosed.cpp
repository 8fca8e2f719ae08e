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

#include "math/exp-inl.hpp"
#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Vectors whose series are summed side by side: each is a chain of products.
constexpr std::size_t kVectors = 4;
// Terms between two looks at whether the rest is negligible.
constexpr int kTerms = 4;
constexpr double kNegligible = 1e-18;

enum class With { kMean, kDerivative, kSecond };

// The series of kVectors vectors of x: S - 1/a, and -dS/da and d2S/da2 if they are asked for.
template <With with, class D, class V>
struct Series {
  V tail[kVectors];
  V derivative[kVectors];
  V second[kVectors];

  void sum(D d, double a, const V (&x)[kVectors]) {
    V term[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      term[i] = hn::Set(d, 1.0 / a);
      tail[i] = hn::Zero(d);
      derivative[i] = hn::Set(d, 1.0 / (a * a));
      second[i] = hn::Set(d, 2.0 / (a * a * a));
    }
    double harmonic = 1.0 / a;
    double squares = harmonic * harmonic;  // sum of 1 / (a + j)^2
    double k = 1.0;
    for (;;) {
      double inverse = 0.0;
      for (int step = 0; step < kTerms; ++step, k += 1.0) {
        inverse = 1.0 / (a + k);
        harmonic += inverse;
        squares += inverse * inverse;
        for (std::size_t i = 0; i < kVectors; ++i) {
          term[i] = hn::Mul(term[i], hn::Mul(x[i], hn::Set(d, inverse)));
          tail[i] = hn::Add(tail[i], term[i]);
          if constexpr (with != With::kMean) {
            derivative[i] = hn::MulAdd(term[i], hn::Set(d, harmonic), derivative[i]);
          }
          if constexpr (with == With::kSecond) {
            second[i] = hn::MulAdd(term[i], hn::Set(d, harmonic * harmonic + squares), second[i]);
          }
        }
      }
      // The terms fall by half or more from here on, and what is left of them is negligible.
      auto done = hn::Lt(hn::Mul(x[0], hn::Set(d, inverse)), hn::Set(d, 0.5));
      for (std::size_t i = 0; i < kVectors; ++i) {
        auto left = term[i];
        auto sum = hn::Add(hn::Set(d, 1.0 / a), tail[i]);
        if constexpr (with == With::kDerivative) {
          left = hn::Mul(left, hn::Set(d, harmonic));
          sum = derivative[i];
        }
        if constexpr (with == With::kSecond) {
          left = hn::Mul(left, hn::Set(d, harmonic * harmonic + squares));
          sum = second[i];
        }
        const auto falls = hn::Lt(hn::Mul(x[i], hn::Set(d, inverse)), hn::Set(d, 0.5));
        done = hn::And(done, hn::And(falls, hn::Le(left, hn::Mul(hn::Set(d, kNegligible), sum))));
      }
      if (hn::AllTrue(d, done)) return;
    }
  }
};

template <With with>
void enclosed_with(const SersicConstants& c, const double* s, std::size_t n, double* mean, double* d_n,
                   double* d2_n) {
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
  HWY_ALIGN double curvature[kVectors * hn::MaxLanes(d)];
  for (std::size_t begin = 0; begin < n; begin += kVectors * lanes) {
    const std::size_t count = std::min(kVectors * lanes, n - begin);
    std::copy_n(s + begin, count, at);
    std::fill(at + count, at + kVectors * lanes, s[begin]);
    V log2_s[kVectors];
    V x[kVectors];
    V in_series[kVectors];
    for (std::size_t i = 0; i < kVectors; ++i) {
      log2_s[i] = log2_of_normal(d, hn::Max(hn::Load(d, at + i * lanes), smallest));
    }
    for (std::size_t i = 0; i < kVectors; ++i) {
      const V log2_power = hn::Mul(hn::Set(d, c.exponent), log2_s[i]);
      const V in_range = hn::Min(hn::Max(log2_power, hn::Set(d, -1023.0)), hn::Set(d, 1023.0));
      // b is not taken into the exponent: the product keeps the last digits of x.
      x[i] = hn::Mul(hn::Set(d, c.b), exp2_in_range(d, in_range));
      in_series[i] = hn::Min(x[i], limit);
    }
    Series<with, D, V> series;
    series.sum(d, a, in_series);
    for (std::size_t i = 0; i < kVectors; ++i) {
      const auto beyond = hn::Gt(x[i], limit);
      const V decay = hn::Mul(scale, exp_in_range(d, hn::Neg(in_series[i])));
      const V total = hn::Add(one_over_a, series.tail[i]);
      const V far =
          hn::Div(hn::Set(d, 0.5 * std::numbers::inv_pi), hn::Max(hn::Load(d, at + i * lanes), smallest));
      hn::Store(hn::IfThenElse(beyond, far, hn::Mul(decay, total)), d, result + i * lanes);
      if constexpr (with != With::kMean) {
        // x dS/dx - x S = 1 - a S = -a (S - 1/a), and d ln x / dn = d ln b / dn - 2 p^2 ln s.
        const V per_log2 = hn::Set(d, 2.0 * c.exponent * c.exponent * std::numbers::ln2);
        const V dlog_x = hn::NegMulAdd(per_log2, log2_s[i], hn::Set(d, c.dlog_b_dn));
        const V by_x = hn::Mul(hn::Mul(hn::Set(d, -a), series.tail[i]), dlog_x);
        const V by_scale = hn::Mul(total, hn::Set(d, c.dlog_i0_dn + 1.0 / c.n));
        const V by_a = hn::Mul(hn::Set(d, -2.0), series.derivative[i]);
        const V sum = hn::Mul(decay, hn::Add(by_scale, hn::Add(by_x, by_a)));
        hn::Store(hn::IfThenElse(beyond, hn::Zero(d), sum), d, slope + i * lanes);
        if constexpr (with == With::kSecond) {
          // With X = x dS/dx - x S, l = d ln x / dn and l' = dl/dn, e^x d2(e^-x S)/dn2 is
          //   -l^2 (x + a X) + l' X - 4 l (S + a S_a) + 4 S_aa
          // by x S_xa = -S - a S_a + x S_a; the scale n I0 adds its own.
          const double p = c.exponent;
          const V rate = hn::MulAdd(hn::Set(d, 8.0 * p * p * p * std::numbers::ln2), log2_s[i],
                                    hn::Set(d, c.d2log_b_dn2));
          const V big_x = hn::Mul(hn::Set(d, -a), series.tail[i]);
          const double dlog_scale = c.dlog_i0_dn + 1.0 / c.n;
          const double d2log_scale = c.d2log_i0_dn2 - 1.0 / (c.n * c.n);
          const V by_square = hn::Mul(hn::Mul(dlog_x, dlog_x), hn::MulAdd(hn::Set(d, a), big_x, x[i]));
          const V mixed = hn::Mul(dlog_x, hn::NegMulAdd(hn::Set(d, a), series.derivative[i], total));
          V own = hn::Sub(hn::Mul(rate, big_x), by_square);
          own = hn::MulAdd(hn::Set(d, 4.0), hn::Sub(series.second[i], mixed), own);
          own = hn::MulAdd(hn::Set(d, 2.0 * dlog_scale), hn::Add(by_x, by_a), own);
          own = hn::MulAdd(hn::Set(d, dlog_scale * dlog_scale + d2log_scale), total, own);
          hn::Store(hn::IfThenElse(beyond, hn::Zero(d), hn::Mul(decay, own)), d, curvature + i * lanes);
        }
      }
    }
    std::copy_n(result, count, mean + begin);
    if constexpr (with != With::kMean) std::copy_n(slope, count, d_n + begin);
    if constexpr (with == With::kSecond) std::copy_n(curvature, count, d2_n + begin);
  }
}

void enclosed(const SersicConstants& c, const double* s, std::size_t n, double* mean, double* d_n,
              double* d2_n) {
  if (d_n == nullptr) {
    enclosed_with<With::kMean>(c, s, n, mean, nullptr, nullptr);
  } else if (d2_n == nullptr) {
    enclosed_with<With::kDerivative>(c, s, n, mean, d_n, nullptr);
  } else {
    enclosed_with<With::kSecond>(c, s, n, mean, d_n, d2_n);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(enclosed);

void sersic_enclosed(const SersicConstants& constants, const double* s, std::size_t n, double* mean,
                     double* d_n, double* d2_n) {
  HWY_DYNAMIC_DISPATCH(enclosed)(constants, s, n, mean, d_n, d2_n);
}

}  // namespace gaxel
#endif  // HWY_ONCE
