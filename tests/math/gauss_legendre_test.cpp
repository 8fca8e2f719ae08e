#include "gaxel/quadrature.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

double integrate_power(const QuadratureRule& rule, int power) {
  double sum = 0.0;
  for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
    sum += rule.weights[k] * std::pow(rule.nodes[k], power);
  }
  return sum;
}

TEST(GaussLegendre, ThreeNodesAreTheKnownOnes) {
  const QuadratureRule& rule = gauss_legendre(3);
  EXPECT_DOUBLE_EQ(rule.nodes[2], std::sqrt(0.6));
  EXPECT_DOUBLE_EQ(rule.nodes[0], -std::sqrt(0.6));
  EXPECT_EQ(rule.nodes[1], 0.0);
  EXPECT_DOUBLE_EQ(rule.weights[0], 5.0 / 9.0);
  EXPECT_DOUBLE_EQ(rule.weights[1], 8.0 / 9.0);
}

TEST(GaussLegendre, ExactUpToDegreeTwiceTheOrderMinusOneAndNotBeyond) {
  for (int order = 1; order <= 40; ++order) {
    const QuadratureRule& rule = gauss_legendre(order);
    const int even = 2 * order - 2;  // odd powers vanish by symmetry
    EXPECT_NEAR(integrate_power(rule, even), 2.0 / (even + 1), 4e-15) << order;
    EXPECT_NEAR(integrate_power(rule, even + 1), 0.0, 1e-15) << order;
    // The error for x^(2K) is 2^(2K+1) K!^4 / ((2K+1) (2K)!^2) (Abramowitz & Stegun 25.4.30): never zero.
    const double log_error = (2.0 * order + 1.0) * std::log(2.0) + 4.0 * std::lgamma(order + 1.0) -
                             std::log(2.0 * order + 1.0) - 2.0 * std::lgamma(2.0 * order + 1.0);
    const double expected = 2.0 / (even + 3) - std::exp(log_error);
    if (std::exp(log_error) > 1e-13) {
      EXPECT_NEAR(integrate_power(rule, even + 2), expected, 4e-15 + 1e-12 * std::exp(log_error)) << order;
      EXPECT_GT(std::abs(integrate_power(rule, even + 2) - 2.0 / (even + 3)), 1e-14) << order;
    }
  }
}

TEST(GaussLegendre, HighOrdersIntegrateAnOscillation) {
  for (const int order : {64, 128, 200}) {
    const QuadratureRule& rule = gauss_legendre(order);
    double sum = 0.0;
    for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
      sum += rule.weights[k] * std::cos(30.0 * rule.nodes[k]);
      EXPECT_GT(rule.weights[k], 0.0);
    }
    EXPECT_NEAR(sum, 2.0 * std::sin(30.0) / 30.0, 2e-15) << order;
  }
}

TEST(GaussLegendre, RefusesOrdersItDoesNotHave) {
  for (const int order : {-1, 0, 201, 1 << 30}) {
    try {
      gauss_legendre(order);
      ADD_FAILURE() << order << " was accepted";
    } catch (const InputError& error) {
      EXPECT_EQ(error.problem().key, "order");
      EXPECT_EQ(error.problem().value, std::to_string(order));
    }
  }
}

}  // namespace
}  // namespace gaxel
