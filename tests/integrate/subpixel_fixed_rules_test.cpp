// One rule for all pixels against closed forms: polynomials up to each rule's degree and what is left beyond
// it, Gaussians as products of error functions.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "subpixel_support.hpp"

namespace gaxel {
namespace {

using namespace subpixel_test;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Off the origin, where no symmetry of a rule hides an odd power.
const Points kPoints{{0.3, -1.6, 2.0, 0.0}, {-0.7, 1.2, -3.0, 0.4}};

// A tensor rule of the study, and the error (integral - rule) that it leaves for t^(degree + 1) on an
// interval.
struct Family {
  std::string name;
  std::function<QuadratureRule(int)> rule;
  std::vector<double> (*integrate)(const Integrand&, PointsView, int);
  std::function<int(int)> degree;
  std::function<double(int order, double side)> remainder;
  int max_order;
};

// f^(2m)(xi) / (2m)! times the integral of the monic Legendre polynomial's square (Abramowitz &
// Stegun 25.4.29).
double legendre_remainder(int order, double side) {
  const double ratio = std::tgamma(order + 1.0) * std::tgamma(order + 1.0) / std::tgamma(2.0 * order + 1.0);
  return std::pow(side, 2 * order + 1) * ratio * ratio / (2 * order + 1);
}

// With N = order - 1, the nodes cannot tell T_(N+j) from T_(N-j).
double clenshaw_remainder(int order, double side) {
  if (order == 1) return side * side * side / 12.0;
  const int n = order - 1;
  const int j = n % 2 == 0 ? 2 : 1;
  const auto chebyshev = [](int k) { return 2.0 / (1.0 - k * k); };
  const int degree = n + j;
  return (chebyshev(n + j) - chebyshev(n - j)) / std::pow(2.0, degree - 1) * std::pow(0.5 * side, degree + 1);
}

const std::vector<Family> kFamilies = {
    {"GaussLegendre", [](int order) { return gauss_legendre(order); }, gauss_legendre_tensor_integration,
     [](int order) { return 2 * order - 1; }, legendre_remainder, 6},
    {"ClenshawCurtis", clenshaw_curtis, clencurt_tensor_integration,
     [](int order) { return order % 2 == 1 ? order : order - 1; }, clenshaw_remainder, 9},
    {"Midpoint", midpoint, oversampled_integration, [](int) { return 1; },
     [](int order, double side) { return side * side * side / (12.0 * order * order); }, 9}};

class EveryFamily : public testing::TestWithParam<Family> {};

// Integrals of i^a j^b by tensor_integrate_pixels, against closed forms: `missing` is what the rule leaves.
void expect_monomial(const Family& family, int order, int a, int b, int oversamp,
                     const std::function<double(double j, double side)>& missing) {
  const PointIntegrand f([=](double i, double j) { return std::pow(i, a) * std::pow(j, b); });
  const double side = 1.0 / oversamp;
  const std::vector<double> values = tensor_integrate_pixels(f, kPoints, family.rule(order), oversamp);
  ASSERT_EQ(values.size(), kPoints.size());
  for (std::size_t p = 0; p < kPoints.size(); ++p) {
    const double exact = power_integral(a, kPoints.i[p], side) * power_integral(b, kPoints.j[p], side);
    const double largest = std::pow(std::abs(kPoints.i[p]) + 0.5 * side, a) *
                           std::pow(std::abs(kPoints.j[p]) + 0.5 * side, b) * side * side;
    EXPECT_NEAR(exact - values[p], missing(kPoints.j[p], side), 1e-14 * largest)
        << family.name << " " << order << ": i^" << a << " j^" << b << " oversamp " << oversamp;
  }
}

TEST_P(EveryFamily, IntegratesPolynomialsUpToItsDegree) {
  const Family& family = GetParam();
  for (int order = 1; order <= family.max_order; ++order) {
    for (const int oversamp : {1, 3}) {
      for (int a = 0; a <= family.degree(order); ++a) {
        for (int b = 0; b <= family.degree(order); ++b) {
          expect_monomial(family, order, a, b, oversamp, [](double, double) { return 0.0; });
        }
      }
    }
  }
}

TEST_P(EveryFamily, LeavesTheKnownRemainderBeyondItsDegree) {
  const Family& family = GetParam();
  for (int order = 1; order <= family.max_order; ++order) {
    ASSERT_GT(std::abs(family.remainder(order, 1.0)), 1e-8);
    for (const int oversamp : {1, 3}) {
      expect_monomial(family, order, family.degree(order) + 1, 1, oversamp, [&](double j, double side) {
        return family.remainder(order, side) * power_integral(1, j, side);
      });
    }
  }
}

TEST_P(EveryFamily, UnderItsOwnNameIsTheSameRule) {
  const Family& family = GetParam();
  const PointIntegrand f(cusp_at(0.2, 0.1));
  for (const int order : {1, 2, 5, 30}) {
    EXPECT_EQ(family.integrate(f, kPoints, order), tensor_integrate_pixels(f, kPoints, family.rule(order)));
    EXPECT_NEAR(family.integrate(f, kPoints, order)[1],
                square_integral(cusp_at(0.2, 0.1), kPoints.i[1], kPoints.j[1], 1.0, family.rule(order)),
                1e-15);
  }
}

TEST_P(EveryFamily, RefusesOrdersOutsideItsRange) {
  const PointIntegrand f(cusp_at(0.0, 0.0));
  for (const int order : {0, -1, 201, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
    EXPECT_TRUE(complaint([&] { GetParam().integrate(f, kPoints, order); }).ends_with(": order")) << order;
  }
}

INSTANTIATE_TEST_SUITE_P(FixedRules, EveryFamily, testing::ValuesIn(kFamilies),
                         [](const auto& test) { return test.param.name; });

// A Gaussian along the axes, as a component: FWHM = 2 re.
TEST(FixedRules, GaussianIsAProductOfErrorFunctions) {
  const double x = 0.4;
  const double y = -1.1;
  const double q = 0.6;
  const double re = 2.5;
  const double sigma_j = re / std::sqrt(2.0 * std::numbers::ln2);
  const double sigma_i = q * sigma_j;
  const double flux = 7.0;
  const auto f = light_integrand(component_of("gaussian", {x, y, flux, re, q, 0.0}));
  const Points points = get_ij({9, 10});
  const std::vector<double> legendre = gauss_legendre_tensor_integration(*f, points, 12);
  const std::vector<double> clencurt = clencurt_tensor_integration(*f, points, 19);
  const std::vector<double> coarse = oversampled_integration(*f, points, 50);
  const std::vector<double> fine = oversampled_integration(*f, points, 100);
  double coarse_error = 0.0;
  double fine_error = 0.0;
  for (std::size_t p = 0; p < points.size(); ++p) {
    const double exact =
        flux * normal_part(points.i[p] - y, 1.0, sigma_i) * normal_part(points.j[p] - x, 1.0, sigma_j);
    EXPECT_NEAR(legendre[p], exact, 1e-14);
    EXPECT_NEAR(clencurt[p], exact, 1e-14);
    coarse_error = std::max(coarse_error, std::abs(coarse[p] - exact));
    fine_error = std::max(fine_error, std::abs(fine[p] - exact));
  }
  EXPECT_LT(fine_error, 1e-5);
  EXPECT_NEAR(coarse_error / fine_error, 4.0, 0.01);
}

TEST(FixedRules, ASmallerSquareAroundTheSamePoint) {
  const double sigma = 0.4;
  const PointIntegrand f([sigma](double i, double j) {
    return std::exp(-0.5 * (i * i + j * j) / (sigma * sigma)) / (2.0 * std::numbers::pi * sigma * sigma);
  });
  for (const int oversamp : {1, 2, 5}) {
    const double side = 1.0 / oversamp;
    const std::vector<double> values = tensor_integrate_pixels(f, kPoints, gauss_legendre(24), oversamp);
    for (std::size_t p = 0; p < kPoints.size(); ++p) {
      EXPECT_NEAR(values[p], normal_part(kPoints.i[p], side, sigma) * normal_part(kPoints.j[p], side, sigma),
                  1e-14);
    }
  }
}

// The nested rule: what its blocks give adds up to the 225-point tensor rule, exact to degree 22 at least.
TEST(FixedRules, KronrodAddsToWhatGaussHasSeen) {
  const NestedPixelRule nested = nested_rule(gauss_kronrod(15));
  const PointIntegrand f([](double i, double j) { return std::pow(i, 22) * std::pow(j + 4.0, 21); });
  const std::vector<double> shared =
      integrate_pixels(f, kPoints, {nested.gauss.di, nested.gauss.dj, nested.shared_weights});
  const std::vector<double> added = integrate_pixels(f, kPoints, nested.added);
  for (std::size_t p = 0; p < kPoints.size(); ++p) {
    const double exact = power_integral(22, kPoints.i[p], 1.0) * power_integral(21, kPoints.j[p] + 4.0, 1.0);
    EXPECT_NEAR((shared[p] + added[p]) / exact, 1.0, 1e-13);
  }
}

TEST(FixedRules, PutNodesWhereTheRuleSaysWithItsWeights) {
  const PointIntegrand f([](double i, double j) { return i + 100.0 * j; });
  const std::vector<double> values =
      integrate_pixels(f, kPoints, {{0.5, -0.25, 3.0}, {0.0, 1.0, -2.0}, {2, 4, 8}});
  for (std::size_t p = 0; p < kPoints.size(); ++p) {
    const double i = kPoints.i[p];
    const double j = kPoints.j[p];
    EXPECT_NEAR(values[p],
                2 * (i + 0.5 + 100 * j) + 4 * (i - 0.25 + 100 * (j + 1.0)) + 8 * (i + 3.0 + 100 * (j - 2.0)),
                1e-11);
  }
}

TEST(FixedRules, InfinityAndNaNPassThrough) {
  const PointIntegrand f([](double i, double) { return i > 1.0 ? kNaN : i < -1.0 ? INFINITY : 1.0; });
  const std::vector<double> values = gauss_legendre_tensor_integration(f, kPoints, 2);
  EXPECT_DOUBLE_EQ(values[0], 1.0);
  EXPECT_EQ(values[1], INFINITY);
  EXPECT_TRUE(std::isnan(values[2]));
  EXPECT_DOUBLE_EQ(values[3], 1.0);
}

// An integrand that asks for few points at a time and never gets more.
class Recorder final : public Integrand {
 public:
  explicit Recorder(std::size_t block) : block_(block) {}
  void evaluate(std::span<const double> i, std::span<const double> j,
                std::span<double> values) const override {
    EXPECT_TRUE(i.size() == j.size() && i.size() == values.size() && !i.empty());
    EXPECT_LE(i.size(), std::max<std::size_t>(1, block_));
    for (std::size_t k = 0; k < i.size(); ++k) values[k] = std::exp(-i[k] * i[k] - std::abs(j[k]));
  }
  std::size_t block_size() const override { return block_; }

 private:
  std::size_t block_;
};

TEST(FixedRules, BlocksOfAnySizeGiveTheSameBits) {
  const Points points = get_ij({7, 5});
  const std::vector<double> whole = gauss_legendre_tensor_integration(Recorder(1000), points, 4);
  for (const std::size_t block : {std::size_t{0}, std::size_t{1}, std::size_t{3}, std::size_t{7},
                                  std::size_t{35}, std::numeric_limits<std::size_t>::max()}) {
    EXPECT_EQ(gauss_legendre_tensor_integration(Recorder(block), points, 4), whole) << block;
  }
}

TEST(FixedRules, NoPointsGiveNoPixels) {
  EXPECT_TRUE(gauss_legendre_tensor_integration(Recorder(1), Points{}, 4).empty());
}

TEST(FixedRules, RefuseWhatIsNoRuleAndNoPoint) {
  const PointIntegrand f(cusp_at(0.0, 0.0));
  const auto with_rule = [&](PixelRule rule) {
    return complaint([&] { integrate_pixels(f, kPoints, rule); });
  };
  EXPECT_EQ(with_rule({{0.0, 0.1}, {0.0}, {1.0}}), "integrate_pixels: w");
  EXPECT_EQ(with_rule({{0.0}, {0.0, 0.1}, {1.0}}), "integrate_pixels: w");
  EXPECT_EQ(with_rule({{0.0}, {0.0}, {1.0, 2.0}}), "integrate_pixels: w");
  EXPECT_EQ(with_rule({}), "integrate_pixels: w");
  EXPECT_EQ(with_rule({{0.0, kNaN}, {0.0, 0.0}, {0.5, 0.5}}), ": di[1]");
  EXPECT_EQ(with_rule({{0.0}, {INFINITY}, {1.0}}), ": dj[0]");
  EXPECT_EQ(with_rule({{0.0}, {0.0}, {1.0}}), "accepted");
  for (const int oversamp : {0, -3}) {
    EXPECT_TRUE(complaint([&] {
                  tensor_integrate_pixels(f, kPoints, midpoint(2), oversamp);
                }).ends_with(": oversamp"));
  }
  const std::vector<double> two{0.0, 1.0};
  const std::vector<double> three{0.0, 1.0, 2.0};
  EXPECT_EQ(complaint([&] { PointsView(two, three); }), ": j");
  const auto at = [&](double i, double j) {
    return complaint([&] { gauss_legendre_tensor_integration(f, Points{{0.0, i}, {0.0, j}}, 2); });
  };
  EXPECT_EQ(at(kNaN, 0.0), ": i[1]");
  EXPECT_EQ(at(0.0, -INFINITY), ": j[1]");
  EXPECT_EQ(at(1.0, 1.0), "accepted");
}

TEST(GetIj, CountsFromTheImageCentre) {
  const Points points = get_ij({2, 3});
  EXPECT_EQ(points.i, (std::vector<double>{-0.5, -0.5, -0.5, 0.5, 0.5, 0.5}));
  EXPECT_EQ(points.j, (std::vector<double>{-1.0, 0.0, 1.0, -1.0, 0.0, 1.0}));
  const Points one = get_ij({1, 1});
  EXPECT_EQ(one.i, std::vector<double>{0.0});
  EXPECT_EQ(one.j, std::vector<double>{0.0});
  for (const Shape shape : {Shape{0, 3}, Shape{3, 0}, Shape{-1, 3}, Shape{0, 0}}) {
    EXPECT_EQ(complaint([&] { get_ij(shape); }), "get_ij: shape");
  }
}

}  // namespace
}  // namespace gaxel
