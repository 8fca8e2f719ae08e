// The vector logarithms and powers against 80-bit arithmetic, on every instruction set of the machine.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "base/simd_target.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "math/vector_functions_test.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include "math/exp-inl.hpp"
#include "math/log-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// y = function(x) for whole vectors of x.
template <class Function>
void over_vectors(const double* x, std::size_t n, double* y, Function function) {
  const hn::ScalableTag<double> d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    hn::StoreU(function(d, hn::LoadU(d, x + i)), d, y + i);
  }
}

void natural_log(const double* x, std::size_t n, double* y) {
  over_vectors(x, n, y, [](auto d, auto v) { return log_of_normal(d, v); });
}

void binary_log(const double* x, std::size_t n, double* y) {
  over_vectors(x, n, y, [](auto d, auto v) { return log2_of_normal(d, v); });
}

void power_of_two(const double* x, std::size_t n, double* y) {
  over_vectors(x, n, y, [](auto d, auto v) { return exp2_in_range(d, v); });
}

void exponential(const double* x, std::size_t n, double* y) {
  over_vectors(x, n, y, [](auto d, auto v) { return exp_in_range(d, v); });
}

void negative_power_of_two(const double* x, std::size_t n, double* y) {
  over_vectors(x, n, y, [](auto d, auto v) { return exp2_in_range<Sign::kMinus>(d, v); });
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {
namespace {

HWY_EXPORT(natural_log);
HWY_EXPORT(binary_log);
HWY_EXPORT(power_of_two);
HWY_EXPORT(negative_power_of_two);
HWY_EXPORT(exponential);

constexpr std::size_t kSamples = 1 << 17;

enum class Spacing { kEven, kGeometric };

// A function, its truth in 80 bits, a range, and the largest error there.
struct Case {
  const char* name;
  void (*function)(const double* x, std::size_t n, double* y);
  long double (*truth)(long double x);
  double from;
  double to;
  Spacing spacing;
  double largest;  // in units of unit(truth)
  long double (*unit)(long double truth);
};

// The distance of double precision numbers there.
long double last_place(long double truth) {
  return std::ldexp(1.0L, std::ilogb(truth) - 52);
}

long double log2_error(long double truth) {
  return 3.4e-16L + 1.2e-16L * std::abs(truth);
}

const std::vector<Case>& cases() {
  const auto ln = [](const double* x, std::size_t n, double* y) {
    HWY_DYNAMIC_DISPATCH(natural_log)(x, n, y);
  };
  const auto log2 = [](const double* x, std::size_t n, double* y) {
    HWY_DYNAMIC_DISPATCH(binary_log)(x, n, y);
  };
  const auto exp2 = [](const double* x, std::size_t n, double* y) {
    HWY_DYNAMIC_DISPATCH(power_of_two)(x, n, y);
  };
  const auto minus_exp2 = [](const double* x, std::size_t n, double* y) {
    HWY_DYNAMIC_DISPATCH(negative_power_of_two)(x, n, y);
  };
  const auto exp = [](const double* x, std::size_t n, double* y) {
    HWY_DYNAMIC_DISPATCH(exponential)(x, n, y);
  };
  const auto exact_exp = [](long double x) { return std::exp(x); };
  const auto exact_ln = [](long double x) { return std::log(x); };
  const auto exact_log2 = [](long double x) { return std::log2(x); };
  const auto exact_exp2 = [](long double x) { return std::exp2(x); };
  const auto exact_minus_exp2 = [](long double x) { return -std::exp2(x); };
  using enum Spacing;
  static const std::vector<Case> all = {
      {"ln", ln, exact_ln, 0x1p-1022, 0x1.fffffffffffffp1023, kGeometric, 1.2, last_place},
      {"ln", ln, exact_ln, 0.5, 2.0, kEven, 1.2, last_place},
      {"ln", ln, exact_ln, 1.0 - 1e-6, 1.0 + 1e-6, kEven, 0.51, last_place},
      {"log2", log2, exact_log2, 0x1p-1022, 0x1.fffffffffffffp1023, kGeometric, 1.0, log2_error},
      {"log2", log2, exact_log2, 0.25, 4.0, kEven, 1.0, log2_error},
      {"log2", log2, exact_log2, 1.0 - 1e-6, 1.0 + 1e-6, kEven, 4.5, last_place},
      {"2^y", exp2, exact_exp2, -1022.0, 1023.5, kEven, 1.2, last_place},
      {"2^y", exp2, exact_exp2, -60.0, 10.0, kEven, 1.2, last_place},
      {"2^y", exp2, exact_exp2, -0.5, 0.5, kEven, 1.2, last_place},
      {"2^y", exp2, exact_exp2, -1e-3, 1e-3, kEven, 0.51, last_place},
      {"exp", exp, exact_exp, -708.0, 709.0, kEven, 1.5, last_place},
      {"exp", exp, exact_exp, -20.0, 0.0, kEven, 1.5, last_place},
      {"-2^y", minus_exp2, exact_minus_exp2, -1022.0, 1023.5, kEven, 1.2, last_place},
  };
  return all;
}

std::vector<double> samples(const Case& c) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<double> x(kSamples);
  for (double& value : x) {
    const double at = unit(random);
    value = c.spacing == Spacing::kEven ? c.from + (c.to - c.from) * at
                                        : std::exp2(std::log2(c.from) * (1.0 - at) + std::log2(c.to) * at);
    value = std::clamp(value, c.from, c.to);
  }
  x.front() = c.from;
  x.back() = c.to;
  return x;
}

TEST(VectorFunctions, KeepTheErrorsThatTheyStateOnEveryInstructionSet) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    for (const Case& c : cases()) {
      const std::vector<double> x = samples(c);
      std::vector<double> y(x.size());
      c.function(x.data(), x.size(), y.data());
      long double largest = 0.0L;
      double worst = 0.0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const long double exact = c.truth(x[i]);
        const long double error = exact == 0.0L ? std::abs(y[i]) : std::abs(y[i] - exact) / c.unit(exact);
        if (!(error <= largest)) {
          largest = error;
          worst = x[i];
        }
      }
      EXPECT_LE(largest, c.largest) << target << " " << c.name << " at " << worst;
      EXPECT_GT(largest, 0.3 * c.largest) << target << " " << c.name << " at " << worst;
    }
  }
  use_simd_target("");
}

TEST(VectorFunctions, EndsOfTheRangesOnEveryInstructionSet) {
  constexpr double kSmallest = std::numeric_limits<double>::min();
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    // Whole vectors of up to eight.
    const std::vector<double> tiny = {0.0, 1e-320, 1e-310, 2e-308, 1.0, 1.0, 1.0, 1.0};
    std::vector<double> log(tiny.size());
    HWY_DYNAMIC_DISPATCH(binary_log)(tiny.data(), tiny.size(), log.data());
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_GE(log[i], -1023.0) << target;
      EXPECT_LE(log[i], -1022.0) << target;
    }
    EXPECT_EQ(log[4], 0.0) << target;
    const std::vector<double> low = {-1023.0, -1022.99, -1022.7, -1022.5, -1022.3, -1022.01, -1022.0, 0.0};
    std::vector<double> power(low.size());
    HWY_DYNAMIC_DISPATCH(power_of_two)(low.data(), low.size(), power.data());
    EXPECT_EQ(power[0], 0.0) << target;
    for (std::size_t i = 1; i < 6; ++i) {
      EXPECT_GE(power[i], 0.0) << target;
      EXPECT_LE(power[i], kSmallest) << target;
    }
    EXPECT_EQ(power[6], kSmallest) << target;
    EXPECT_EQ(power[7], 1.0) << target;
  }
  use_simd_target("");
}

}  // namespace
}  // namespace gaxel
#endif  // HWY_ONCE
