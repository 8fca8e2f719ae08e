#include "profile/sersic_bounds.hpp"

#include <limits>

#include "profile/sersic.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "profile/sersic_bounds.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// b x^power for x >= 0, in single precision and at most e^80.
template <class D, class V>
HWY_INLINE V scaled_power(D d, float log_b, float power, V x) {
  const auto smallest = hn::Set(d, std::numeric_limits<float>::min());
  const auto log_x = hn::Log(d, hn::Max(x, smallest));
  return hn::Exp(d, hn::Min(hn::MulAdd(hn::Set(d, power), log_x, hn::Set(d, log_b)), hn::Set(d, 80.0F)));
}

void log_bounds(const SersicConstants& c, const ComplexReach& reach, float* bounds) {
  const hn::ScalableTag<float> d;
  const auto log_b = static_cast<float>(c.log_b);
  const auto exponent = static_cast<float>(c.exponent);  // of s
  const auto log_i0 = hn::Set(d, static_cast<float>(c.log_i0));
  const auto transform = [&](auto&& least_w) HWY_ATTR {
    for (std::size_t i = 0; i < reach.n; i += hn::Lanes(d)) {
      hn::StoreU(hn::Sub(log_i0, least_w(i)), d, bounds + i);
    }
  };
  if (c.exponent <= 0.5) {
    transform([&](std::size_t i) HWY_ATTR {
      return scaled_power(d, log_b, 2.0F * exponent, hn::LoadU(d, reach.radius + i));
    });
  } else if (c.exponent <= 1.0) {
    transform([&](std::size_t i) HWY_ATTR {
      const auto real = hn::LoadU(d, reach.real + i);
      return hn::CopySign(scaled_power(d, log_b, exponent, hn::Abs(real)), real);
    });
  } else {
    transform([&](std::size_t i) HWY_ATTR {
      const auto spread = hn::LoadU(d, reach.spread + i);
      const auto nearest = hn::Add(hn::LoadU(d, reach.radius + i), spread);
      const auto growth = hn::Add(hn::Set(d, 1.0F), hn::Div(spread, nearest));
      const auto share = hn::Sub(hn::Set(d, 2.0F), scaled_power(d, 0.0F, 2.0F * exponent, growth));
      // The share is least for the nearest centre; a negative one weighs most at the farthest.
      const auto center =
          hn::IfThenElse(hn::Ge(share, hn::Zero(d)), nearest, hn::LoadU(d, reach.largest + i));
      return hn::Mul(share, scaled_power(d, log_b, 2.0F * exponent, center));
    });
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(log_bounds);

void sersic_log_bounds(const SersicConstants& constants, const ComplexReach& reach, float* bounds) {
  HWY_DYNAMIC_DISPATCH(log_bounds)(constants, reach, bounds);
}

}  // namespace gaxel
#endif  // HWY_ONCE
