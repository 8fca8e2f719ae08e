// Facts of a component's light against closed forms and plain sums, and their derivatives against
// differences.
#include "profile/light_facts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gaxel {
namespace {

using Values = std::map<std::string, double, std::less<>>;

Component component(std::string_view kind, const Values& given) {
  Component result{&component_kind(kind), {}};
  for (const ParameterSpec& spec : result.kind->parameters) {
    const auto found = given.find(spec.name);
    result.values.push_back(found != given.end()        ? found->second
                            : std::isnan(spec.fallback) ? 10.0
                                                        : spec.fallback);
  }
  return result;
}

void expect_near(const std::optional<Graded>& found, double truth) {
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->value, truth, 1e-9 * std::abs(truth));
}

TEST(LightFacts, OfASersicProfile) {
  const double re = 7.0;
  const double q = 0.4;
  for (const double n : {0.5, 1.0, 2.7, 4.0, 8.0}) {
    const double flux = 500.0;
    const LightFacts facts =
        light_facts(component("sersic", {{"flux", flux}, {"re", re}, {"n", n}, {"q", q}}));
    const double b = boost::math::gamma_p_inv(2.0 * n, 0.5);
    const double at_re =
        flux / (2.0 * M_PI * n * q * re * re * std::exp(b) * std::pow(b, -2.0 * n) * std::tgamma(2.0 * n));
    expect_near(facts.flux, flux);
    expect_near(facts.half_light_radius, re);
    expect_near(facts.circular_radius, re * std::sqrt(q));
    expect_near(facts.half_light_intensity, at_re);
    expect_near(facts.mean_intensity, 0.5 * flux / (M_PI * re * re * q));
    expect_near(facts.central_intensity, at_re * std::exp(b));
    EXPECT_EQ(facts.half_light_radius->gradient[4], 0.0) << "re holds half of the light, whatever n is";
  }
}

TEST(LightFacts, OfAMoffatProfile) {
  const double fwhm = 4.0;
  const double beta = 2.5;
  const LightFacts facts =
      light_facts(component("moffat", {{"flux", 100.0}, {"fwhm", fwhm}, {"beta", beta}, {"q", 0.7}}));
  const double rd = fwhm / (2.0 * std::sqrt(std::pow(2.0, 1.0 / beta) - 1.0));
  expect_near(facts.half_light_radius, rd * std::sqrt(std::pow(2.0, 1.0 / (beta - 1.0)) - 1.0));
  expect_near(facts.central_intensity, 100.0 * (beta - 1.0) / (M_PI * rd * rd * 0.7));
}

TEST(LightFacts, OfASurfaceBrightnessInPlaceOfTheFlux) {
  // An exponential disc of central brightness i0: F = 2 pi q h^2 i0.
  const double h = 5.0 / 1.678346990016661;
  const LightFacts facts =
      light_facts(component("exponential+central", {{"i0", 3.0}, {"re", 5.0}, {"q", 0.5}}));
  expect_near(facts.flux, 2.0 * M_PI * 0.5 * h * h * 3.0);
  expect_near(facts.central_intensity, 3.0);
}

// The half-light radius of a law by midpoints in ln r: rings of 1/2000.
double plain_half_radius(const std::function<double(double)>& intensity) {
  constexpr double kStep = 5e-4;
  std::vector<double> inside{0.0};
  for (double log_r = -25.0; log_r < 20.0; log_r += kStep) {
    const double r = std::exp(log_r + 0.5 * kStep);
    inside.push_back(inside.back() + r * r * intensity(r) * kStep);
  }
  const auto half = std::ranges::lower_bound(inside, 0.5 * inside.back());
  const double part = (0.5 * inside.back() - half[-1]) / (half[0] - half[-1]);
  return std::exp(-25.0 + kStep * (static_cast<double>(half - inside.begin()) - 1.0 + part));
}

TEST(LightFacts, OfANukerProfile) {
  const double rb = 3.0;
  const double alpha = 2.0;
  const double beta = 3.5;
  const double gamma = 0.6;
  const Component nuker = component(
      "nuker", {{"ib", 2.0}, {"rb", rb}, {"alpha", alpha}, {"beta", beta}, {"gamma", gamma}, {"q", 0.8}});
  const auto intensity = [&](double r) {
    return 2.0 * std::pow(2.0, (beta - gamma) / alpha) * std::pow(r / rb, -gamma) *
           std::pow(1.0 + std::pow(r / rb, alpha), (gamma - beta) / alpha);
  };
  const LightFacts facts = light_facts(nuker);
  const double radius = plain_half_radius(intensity);
  ASSERT_TRUE(facts.half_light_radius);
  EXPECT_NEAR(facts.half_light_radius->value, radius, 1e-6 * radius);
  EXPECT_NEAR(facts.half_light_intensity->value, intensity(radius), 1e-5 * intensity(radius));
  EXPECT_FALSE(facts.central_intensity) << "a cusp";
}

TEST(LightFacts, OfWhatHasFewOrNone) {
  EXPECT_FALSE(light_facts(component("sky", {})).flux);
  const LightFacts point = light_facts(component("pointsource", {{"flux", 7.0}}));
  expect_near(point.flux, 7.0);
  EXPECT_FALSE(point.half_light_radius);
  const LightFacts bar = light_facts(component("edgeondisc", {{"rs", 6.0}, {"hs", 1.0}}));
  EXPECT_TRUE(bar.flux);
  EXPECT_FALSE(bar.half_light_radius);
  const LightFacts soft = light_facts(component("sersic+soft", {{"flux", 7.0}, {"soft", 1.0}, {"n", 3.0}}));
  expect_near(soft.flux, 7.0);
  EXPECT_FALSE(soft.half_light_intensity);
  Component cut = component("sersic", {{"n", 2.0}});
  cut.inner = {1};
  EXPECT_FALSE(light_facts(cut).flux) << "its flux has no closed form";
}

using Fact = std::optional<Graded> LightFacts::*;
constexpr std::array<Fact, 6> kFacts{&LightFacts::flux,
                                     &LightFacts::half_light_radius,
                                     &LightFacts::circular_radius,
                                     &LightFacts::half_light_intensity,
                                     &LightFacts::mean_intensity,
                                     &LightFacts::central_intensity};

class LightFactsOf : public testing::TestWithParam<std::pair<const char*, Values>> {};

TEST_P(LightFactsOf, DerivativesAreDifferences) {
  const Component at = component(GetParam().first, GetParam().second);
  const LightFacts facts = light_facts(at);
  ASSERT_TRUE(facts.flux && facts.half_light_radius);
  for (std::size_t i = 0; i < at.values.size(); ++i) {
    const double step = 1e-5 * std::max(0.1, std::abs(at.values[i]));
    Component more = at;
    Component less = at;
    more.values[i] += step;
    less.values[i] -= step;
    const LightFacts above = light_facts(more);
    const LightFacts below = light_facts(less);
    for (const Fact fact : kFacts) {
      if (!(facts.*fact)) continue;
      const double difference = ((above.*fact)->value - (below.*fact)->value) / (2.0 * step);
      const double scale = std::abs((facts.*fact)->value) / std::max(0.1, std::abs(at.values[i]));
      EXPECT_NEAR((facts.*fact)->gradient[static_cast<Eigen::Index>(i)], difference, 2e-6 * scale)
          << at.kind->parameters[i].name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, LightFactsOf,
    testing::Values(
        std::pair("sersic", Values{{"re", 6.0}, {"n", 2.3}, {"q", 0.5}}),
        std::pair("sersic+c0", Values{{"re", 6.0}, {"n", 2.3}, {"q", 0.5}, {"c0", 0.4}}),
        std::pair("sersic+scale", Values{{"re", 6.0}, {"n", 1.3}, {"q", 0.5}, {"ie", 2.0}}),
        std::pair("gaussian", Values{{"re", 6.0}, {"q", 0.5}}),
        std::pair("moffat", Values{{"fwhm", 3.0}, {"beta", 3.1}, {"q", 0.6}}),
        std::pair("king", Values{{"rc", 3.0}, {"rt", 20.0}, {"alpha", 2.0}, {"q", 0.6}}),
        std::pair("ferrers", Values{{"rout", 9.0}, {"alpha", 1.5}, {"beta", 0.3}, {"q", 0.6}}),
        std::pair("nuker",
                  Values{
                      {"ib", 2.0}, {"rb", 3.0}, {"alpha", 2.0}, {"beta", 3.5}, {"gamma", 0.6}, {"q", 0.8}}),
        std::pair("coresersic", Values{{"ib", 2.0},
                                       {"re", 9.0},
                                       {"rb", 2.0},
                                       {"n", 3.0},
                                       {"alpha", 3.0},
                                       {"gamma", 0.3},
                                       {"q", 0.7}}),
        std::pair("brokenexponential",
                  Values{{"h1", 6.0}, {"h2", 2.0}, {"rb", 8.0}, {"alpha", 1.0}, {"q", 0.7}}),
        std::pair("gaussianring", Values{{"r", 6.0}, {"sigma", 1.5}, {"q", 0.7}})),
    [](const auto& kind) {
      std::string name = kind.param.first;
      std::ranges::replace(name, '+', '_');
      return name;
    });

}  // namespace
}  // namespace gaxel
