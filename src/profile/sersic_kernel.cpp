#include "profile/sersic_kernel.hpp"

#include <algorithm>
#include <limits>

#include "profile/sersic.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/sersic_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Logarithm and exponentials go over a block one after the other: a processor overlaps the short chains of
// one function on many vectors far better than the long chain of all functions on one.
constexpr std::size_t kBlock = 256;

struct Block {
  alignas(64) double values[kBlock];
};

// Copies up to a block; what is missing of the last vector becomes 1.
std::size_t fill(const double* from, std::size_t n, Block& block) {
  const std::size_t count = std::min(n, kBlock);
  std::copy_n(from, count, block.values);
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<double>());
  const std::size_t padded = (count + lanes - 1) / lanes * lanes;
  std::fill(block.values + count, block.values + padded, 1.0);
  return count;
}

// to = body(from) for the first `count` values and what fills their last vector.
template <class Body>
HWY_INLINE void transform(const Block& from, std::size_t count, Block& to, Body&& body) {
  const hn::ScalableTag<double> d;
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    hn::Store(body(hn::Load(d, from.values + i)), d, to.values + i);
  }
}

enum class Power { kOne, kHalf, kGeneral };

Power power_of(double exponent) {
  return exponent == 1.0 ? Power::kOne : exponent == 0.5 ? Power::kHalf : Power::kGeneral;
}

// w = b s^p. `log_s` is read for the general power only.
void exponents(const SersicConstants& c, const Block& s, const Block& log_s, std::size_t count, Block& w) {
  const hn::ScalableTag<double> d;
  const auto b = hn::Set(d, c.b);
  switch (power_of(c.exponent)) {
    case Power::kOne:
      return transform(s, count, w, [&](auto x) { return hn::Mul(b, x); });
    case Power::kHalf:
      return transform(s, count, w, [&](auto x) { return hn::Mul(b, hn::Sqrt(x)); });
    case Power::kGeneral:
      const auto power = hn::Set(d, c.exponent);
      const auto log_b = hn::Set(d, c.log_b);
      // Beyond e^709 Exp gives numbers of any size; at e^700 there is no light left.
      const auto most = hn::Set(d, 700.0);
      return transform(log_s, count, w,
                       [&](auto x) { return hn::Exp(d, hn::Min(hn::MulAdd(power, x, log_b), most)); });
  }
}

void logarithms(const Block& s, std::size_t count, Block& log_s) {
  const hn::ScalableTag<double> d;
  transform(s, count, log_s, [d](auto x) { return log_of_normal(d, x); });
}

void intensities(const SersicConstants& c, const Block& w, std::size_t count, Block& g) {
  const hn::ScalableTag<double> d;
  const auto log_i0 = hn::Set(d, c.log_i0);
  transform(w, count, g, [&](auto x) { return hn::Exp(d, hn::Sub(log_i0, x)); });
}

void values(const SersicConstants& c, const double* s, std::size_t n, double* g) {
  Block block;
  Block work;
  const bool needs_log = power_of(c.exponent) == Power::kGeneral;
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t count = fill(s + begin, n - begin, block);
    if (needs_log) logarithms(block, count, work);
    exponents(c, block, work, count, work);
    intensities(c, work, count, work);
    std::copy_n(work.values, count, g + begin);
  }
}

void log_values(const SersicConstants& c, const double* s, std::size_t n, double* log_g) {
  const hn::ScalableTag<double> d;
  const auto log_i0 = hn::Set(d, c.log_i0);
  const auto smallest = hn::Set(d, std::numeric_limits<double>::min());
  Block block;
  Block work;
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t count = fill(s + begin, n - begin, block);
    transform(block, count, block, [&](auto x) { return hn::Max(x, smallest); });
    logarithms(block, count, work);
    exponents(c, block, work, count, work);
    transform(work, count, work, [&](auto x) { return hn::Sub(log_i0, x); });
    std::copy_n(work.values, count, log_g + begin);
  }
}

void partials(const SersicConstants& c, const double* s, std::size_t n, double* g, double* g_s, double* g_n) {
  const hn::ScalableTag<double> d;
  const auto slope = hn::Set(d, -c.exponent);
  const auto dlog_i0 = hn::Set(d, c.dlog_i0_dn);
  const auto dlog_b = hn::Set(d, c.dlog_b_dn);
  const auto per_log_s = hn::Set(d, -2.0 * c.exponent * c.exponent);  // dp/dn = -1 / (2 n^2)
  Block block;
  Block log_s;
  Block w;
  Block value;
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t count = fill(s + begin, n - begin, block);
    logarithms(block, count, log_s);
    exponents(c, block, log_s, count, w);
    intensities(c, w, count, value);
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
      const auto wi = hn::Load(d, w.values + i);
      const auto vi = hn::Load(d, value.values + i);
      const auto dw_dn = hn::Mul(wi, hn::MulAdd(per_log_s, hn::Load(d, log_s.values + i), dlog_b));
      hn::Store(hn::Div(hn::Mul(hn::Mul(slope, wi), vi), hn::Load(d, block.values + i)), d, w.values + i);
      hn::Store(hn::Mul(vi, hn::Sub(dlog_i0, dw_dn)), d, log_s.values + i);
    }
    std::copy_n(value.values, count, g + begin);
    std::copy_n(w.values, count, g_s + begin);
    std::copy_n(log_s.values, count, g_n + begin);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(values);
HWY_EXPORT(log_values);
HWY_EXPORT(partials);

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

}  // namespace gaxel
#endif  // HWY_ONCE
