#include "profile/sersic_kernel.hpp"

#include <algorithm>
#include <numbers>

#include "profile/sersic.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/sersic_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/exp-inl.hpp"
#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// g = I0 2^-w, w = 2^(p log2 s + log2_rate). Logarithm and powers go over a block one after the other: a
// processor overlaps the short chains of one function on many vectors far better than the long chain of all
// functions on one.
constexpr std::size_t kBlock = 256;

// Vectors in a row, as many as there are registers for.
constexpr std::size_t kTogether = hn::MaxLanes(hn::ScalableTag<double>()) >= 8 ? 4 : 2;

struct Block {
  alignas(64) double values[kBlock];
};

// to = body(from) for count values, at least as many as a vector has; `from` and `to` may be one array. The
// last vector may overlap the one before.
template <class Body>
HWY_INLINE void transform(const double* from, std::size_t count, double* to, Body&& body) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  const auto last = hn::LoadU(d, from + count - lanes);
  std::size_t i = 0;
  for (; i + kTogether * lanes <= count; i += kTogether * lanes) {
    hn::Vec<decltype(d)> y[kTogether];
    for (std::size_t k = 0; k < kTogether; ++k) y[k] = body(hn::LoadU(d, from + i + k * lanes));
    for (std::size_t k = 0; k < kTogether; ++k) hn::StoreU(y[k], d, to + i + k * lanes);
  }
  for (; i < count; i += lanes) {
    const bool is_last = i + lanes >= count;
    hn::StoreU(body(is_last ? last : hn::LoadU(d, from + i)), d, to + (is_last ? count - lanes : i));
  }
}

// Size of the next block of `rest` values: what it leaves is none or at least a vector.
HWY_INLINE std::size_t next_block(std::size_t rest) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<double>());
  return rest <= kBlock ? rest : std::min(kBlock, rest - lanes);
}

// The `n` values of s, too few for a vector, and ones after them.
void pad(const double* s, std::size_t n, double* padded) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<double>());
  std::copy_n(s, n, padded);
  std::fill(padded + n, padded + lanes, 1.0);
}

// to = log2 s.
void logarithms(const double* s, std::size_t count, Block& to) {
  const hn::ScalableTag<double> d;
  transform(s, count, to.values, [d](auto x) { return log2_of_normal(d, x); });
}

// to = -w = -2^(p log2 s + log2_rate); `log_s` and `to` may be one.
void negative_powers(const SersicConstants& c, const Block& log_s, std::size_t count, Block& to) {
  const hn::ScalableTag<double> d;
  const auto power = hn::Set(d, c.exponent);
  const auto log2_rate = hn::Set(d, c.log2_rate);
  const auto exponent = [&](auto log2_s) { return hn::MulAdd(power, log2_s, log2_rate); };
  if (c.exponent < 0.9) {  // then even the largest and the smallest s stay in range
    transform(log_s.values, count, to.values,
              [&](auto x) { return exp2_in_range<Sign::kMinus>(d, exponent(x)); });
  } else {
    // There is no light long before, and products with w stay finite.
    const auto least = hn::Set(d, -1000.0);
    const auto most = hn::Set(d, 1000.0);
    transform(log_s.values, count, to.values, [&](auto x) {
      return exp2_in_range<Sign::kMinus>(d, hn::Min(hn::Max(exponent(x), least), most));
    });
  }
}

// to = body(-w) for the first `count` values of s.
template <class Body>
HWY_INLINE void from_exponents(const SersicConstants& c, const double* s, std::size_t count, double* to,
                               Body&& body) {
  const hn::ScalableTag<double> d;
  const auto minus_rate = hn::Set(d, -c.rate);
  if (c.exponent == 1.0) {
    transform(s, count, to, [&](auto x) { return body(hn::Mul(minus_rate, x)); });
  } else if (c.exponent == 0.5) {
    transform(s, count, to, [&](auto x) { return body(hn::Mul(minus_rate, hn::Sqrt(x))); });
  } else {
    Block work;
    logarithms(s, count, work);
    negative_powers(c, work, count, work);
    transform(work.values, count, to, body);
  }
}

// 2^-w, zero or nearly so below the smallest normal number.
template <class D, class V>
HWY_INLINE V decay(D d, V minus_w) {
  return exp2_in_range(d, hn::Max(minus_w, hn::Set(d, -1023.0)));
}

// to = body(-w) for n values of s, which may be fewer than a vector holds.
template <class Body>
HWY_INLINE void map_exponents(const SersicConstants& c, const double* s, std::size_t n, double* to,
                              Body&& body) {
  const hn::ScalableTag<double> d;
  if (n < hn::Lanes(d)) {
    Block padded;
    pad(s, n, padded.values);
    from_exponents(c, padded.values, hn::Lanes(d), padded.values, body);
    std::copy_n(padded.values, n, to);
    return;
  }
  for (std::size_t begin = 0; begin < n;) {
    const std::size_t count = next_block(n - begin);
    from_exponents(c, s + begin, count, to + begin, body);
    begin += count;
  }
}

void values(const SersicConstants& c, const double* s, std::size_t n, double* g) {
  const hn::ScalableTag<double> d;
  const auto i0 = hn::Set(d, c.i0);
  map_exponents(c, s, n, g, [&](auto minus_w) HWY_ATTR { return hn::Mul(i0, decay(d, minus_w)); });
}

void log_values(const SersicConstants& c, const double* s, std::size_t n, double* log_g) {
  const hn::ScalableTag<double> d;
  const auto log_i0 = hn::Set(d, c.log_i0);
  const auto ln2 = hn::Set(d, std::numbers::ln2);
  map_exponents(c, s, n, log_g, [&](auto minus_w) HWY_ATTR { return hn::MulAdd(ln2, minus_w, log_i0); });
}

void partials(const SersicConstants& c, const double* s, std::size_t n, double* g, double* g_s, double* g_n) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  if (n < lanes) {
    Block padded;
    alignas(64) double partial[3][hn::MaxLanes(d)];
    pad(s, n, padded.values);
    partials(c, padded.values, lanes, partial[0], partial[1], partial[2]);
    std::copy_n(partial[0], n, g);
    std::copy_n(partial[1], n, g_s);
    std::copy_n(partial[2], n, g_n);
    return;
  }
  const auto i0 = hn::Set(d, c.i0);
  const auto slope = hn::Set(d, std::numbers::ln2 * c.exponent);
  const auto dlog_i0 = hn::Set(d, c.dlog_i0_dn);
  const auto dlog_b = hn::Set(d, std::numbers::ln2 * c.dlog_b_dn);
  // dp/dn = -2 p^2, twice ln 2: of w and of the logarithm.
  const auto per_log_s = hn::Set(d, -2.0 * c.exponent * c.exponent * std::numbers::ln2 * std::numbers::ln2);
  Block log_s;
  Block minus_w;
  for (std::size_t begin = 0; begin < n;) {
    const std::size_t count = next_block(n - begin);
    logarithms(s + begin, count, log_s);
    negative_powers(c, log_s, count, minus_w);
    for (std::size_t next = 0; next < count; next += lanes) {
      const std::size_t i = std::min(next, count - lanes);
      const auto w = hn::LoadU(d, minus_w.values + i);
      const auto value = hn::Mul(i0, decay(d, w));
      const auto gain = hn::Mul(w, hn::MulAdd(per_log_s, hn::LoadU(d, log_s.values + i), dlog_b));
      const auto per_s = hn::Div(hn::Mul(slope, w), hn::LoadU(d, s + begin + i));
      hn::StoreU(value, d, g + begin + i);
      hn::StoreU(hn::Mul(per_s, value), d, g_s + begin + i);
      hn::StoreU(hn::Mul(value, hn::Add(dlog_i0, gain)), d, g_n + begin + i);
    }
    begin += count;
  }
}

void rates(const SersicConstants& c, const double* s, const double* s_rates, std::size_t n, double n_rate,
           const LawPartials& to, const LawPartials& to_rates) {
  const hn::ScalableTag<double> d;
  const std::size_t lanes = hn::Lanes(d);
  if (n < lanes) {
    Block padded;
    Block padded_rates;
    alignas(64) double partial[6][hn::MaxLanes(d)];
    pad(s, n, padded.values);
    pad(s_rates, n, padded_rates.values);
    rates(c, padded.values, padded_rates.values, lanes, n_rate, {partial[0], partial[1], partial[2]},
          {partial[3], partial[4], partial[5]});
    double* const all[6] = {to.g, to.g_s, to.g_shapes, to_rates.g, to_rates.g_s, to_rates.g_shapes};
    for (std::size_t i = 0; i < 6; ++i) std::copy_n(partial[i], n, all[i]);
    return;
  }
  const double p = c.exponent;
  const auto i0 = hn::Set(d, c.i0);
  const auto per_n = hn::Set(d, n_rate);
  // Squares of these stay finite, where the light is long gone, and at the centre.
  const auto steepest = hn::Set(d, -1e60);
  const auto innermost = hn::Set(d, 1e-80);
  const double ln2 = std::numbers::ln2;
  Block at;
  Block log_s;
  Block minus_w;
  for (std::size_t begin = 0; begin < n;) {
    const std::size_t count = next_block(n - begin);
    transform(s + begin, count, at.values, [&](auto x) HWY_ATTR { return hn::Max(x, innermost); });
    logarithms(at.values, count, log_s);
    negative_powers(c, log_s, count, minus_w);
    for (std::size_t next = 0; next < count; next += lanes) {
      const std::size_t i = std::min(next, count - lanes);
      const auto per_s = hn::Div(hn::Set(d, 1.0), hn::LoadU(d, at.values + i));
      const auto log2_s = hn::LoadU(d, log_s.values + i);
      const auto log_decay = hn::LoadU(d, minus_w.values + i);
      const auto w = hn::Max(hn::Mul(hn::Set(d, ln2), log_decay), steepest);  // ln g = ln I0 + w
      const auto g = hn::Mul(i0, decay(d, log_decay));
      // Derivatives of ln |w|, to n once and twice, and of ln g; dp/dn = -2 p^2.
      const auto w_n = hn::MulAdd(hn::Set(d, -2.0 * p * p * ln2), log2_s, hn::Set(d, c.dlog_b_dn));
      const auto w_nn = hn::MulAdd(hn::Set(d, 8.0 * p * p * p * ln2), log2_s, hn::Set(d, c.d2log_b_dn2));
      const auto of_s = hn::Mul(hn::Mul(hn::Set(d, p), w), per_s);
      const auto of_n = hn::MulAdd(w, w_n, hn::Set(d, c.dlog_i0_dn));
      const auto of_ss = hn::Mul(hn::Mul(hn::Set(d, p - 1.0), per_s), of_s);
      const auto of_sn = hn::Mul(of_s, hn::Sub(w_n, hn::Set(d, 2.0 * p)));
      const auto of_nn = hn::MulAdd(w, hn::MulAdd(w_n, w_n, w_nn), hn::Set(d, c.d2log_i0_dn2));
      const auto s_rate = hn::LoadU(d, s_rates + begin + i);
      const auto rate = hn::MulAdd(of_s, s_rate, hn::Mul(of_n, per_n));
      const auto of_s_rate = hn::MulAdd(of_ss, s_rate, hn::Mul(of_sn, per_n));
      const auto of_n_rate = hn::MulAdd(of_sn, s_rate, hn::Mul(of_nn, per_n));
      const std::size_t out = begin + i;
      hn::StoreU(g, d, to.g + out);
      hn::StoreU(hn::Mul(g, of_s), d, to.g_s + out);
      hn::StoreU(hn::Mul(g, of_n), d, to.g_shapes + out);
      hn::StoreU(hn::Mul(g, rate), d, to_rates.g + out);
      hn::StoreU(hn::Mul(g, hn::MulAdd(of_s, rate, of_s_rate)), d, to_rates.g_s + out);
      hn::StoreU(hn::Mul(g, hn::MulAdd(of_n, rate, of_n_rate)), d, to_rates.g_shapes + out);
    }
    begin += count;
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(values);
HWY_EXPORT(log_values);
HWY_EXPORT(partials);
HWY_EXPORT(rates);

void sersic_values(const SersicConstants& constants, const double* s, std::size_t n, double* g) {
  HWY_DYNAMIC_DISPATCH(values)(constants, s, n, g);
}

void sersic_log_values(const SersicConstants& constants, const double* s, std::size_t n, double* log_g) {
  HWY_DYNAMIC_DISPATCH(log_values)(constants, s, n, log_g);
}

void sersic_partials(const SersicConstants& constants, const double* s, std::size_t n, double* g, double* g_s,
                     double* g_n) {
  HWY_DYNAMIC_DISPATCH(partials)(constants, s, n, g, g_s, g_n);
}

void sersic_rates(const SersicConstants& constants, const double* s, const double* s_rates, std::size_t n,
                  double n_rate, const LawPartials& values, const LawPartials& rates) {
  HWY_DYNAMIC_DISPATCH(rates)(constants, s, s_rates, n, n_rate, values, rates);
}

}  // namespace gaxel
#endif  // HWY_ONCE
