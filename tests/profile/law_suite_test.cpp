// What every radial law of the registry must fulfil, by itself: its partials, enclosed flux and logarithms
// agree with its values, whose truth tests/python/test_laws.py knows.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <vector>

#include "base/simd_target.hpp"
#include "gaxel/quadrature.hpp"
#include "profile/flux_radius.hpp"
#include "profile/make_law.hpp"

namespace gaxel {
namespace {

std::vector<const ComponentKind*> elliptical_kinds() {
  std::vector<const ComponentKind*> kinds;
  for (const ComponentKind& kind : component_kinds()) {
    if (kind.family == Family::kElliptical) kinds.push_back(&kind);
  }
  return kinds;
}

// The indices of the law's shape parameters among the component's.
std::vector<std::size_t> shape_indices(const ComponentKind& kind) {
  std::vector<std::size_t> indices;
  for (const Role role : {Role::kN, Role::kShape1, Role::kShape2, Role::kShape3, Role::kShape4}) {
    if (const int index = kind.index_of(role); index >= 0) indices.push_back(static_cast<std::size_t>(index));
  }
  return indices;
}

// Scale radius 1, shapes within a factor of 2.5 of where fits start: radii are then in units of the scale
// radius.
Component random_component(const ComponentKind& kind, std::mt19937_64& random) {
  Component component{&kind, std::vector<double>(kind.parameters.size(), 1.0)};
  std::uniform_real_distribution<double> log_factor(-0.9, 0.9);
  for (const std::size_t i : shape_indices(kind)) {
    const ParameterSpec& spec = kind.parameters[i];
    const double by = log_factor(random);
    component.values[i] =
        spec.logarithm ? std::max(1.1 * spec.min, spec.start * std::exp(by)) : spec.start + by;
  }
  return component;
}

// From the centre to far out or the edge, and beyond it.
std::vector<double> radii(const RadialLaw& law) {
  std::vector<double> s;
  const double last = std::min(400.0, law.edge());
  for (int k = 0; k < 41; ++k) s.push_back(last * std::pow(10.0, -8.0 + 0.2 * k) * 0.999);
  if (std::isfinite(law.edge())) s.insert(s.end(), {law.edge(), 1.5 * law.edge()});
  return s;
}

struct Values {
  std::vector<double> g, g_s, g_shapes, mean, d_shapes;

  Values(const RadialLaw& law, const std::vector<double>& s)
      : g(s.size()),
        g_s(s.size()),
        g_shapes(s.size() * law.n_shapes()),
        mean(s.size()),
        d_shapes(g_shapes.size()) {
    law.evaluate_with_partials(s.data(), s.size(), g.data(), g_s.data(), g_shapes.data());
    law.enclosed(s.data(), s.size(), mean.data(), d_shapes.data());
  }
};

double six_points(const std::function<double(double)>& f, double h) {
  return (45.0 * (f(h) - f(-h)) - 9.0 * (f(2.0 * h) - f(-2.0 * h)) + (f(3.0 * h) - f(-3.0 * h))) / (60.0 * h);
}

class LawSuite : public testing::TestWithParam<const ComponentKind*> {
 protected:
  std::mt19937_64 random_{7};
};

TEST_P(LawSuite, KernelsAgreeWithSingleValuesOnEveryTarget) {
  for (const std::string& target : simd_targets()) {
    use_simd_target(target);
    const auto law = make_law(random_component(*GetParam(), random_));
    const std::vector<double> s = radii(*law);
    const Values values(*law, s);
    std::vector<double> g(s.size());
    std::vector<double> log_g(s.size());
    law->evaluate(s.data(), s.size(), g.data());
    law->log_values(s.data(), s.size(), log_g.data());
    for (std::size_t k = 0; k < s.size(); ++k) {
      const double exact = law->value(s[k]);
      EXPECT_NEAR(g[k], exact, 2.0 * law->rounding(exact, 0.0) * exact + 1e-300) << target << " s " << s[k];
      EXPECT_NEAR(values.g[k], exact, 2.0 * law->rounding(exact, 0.0) * exact + 1e-300)
          << target << " s " << s[k];
      if (s[k] >= law->edge()) {
        EXPECT_EQ(g[k], 0.0);
        EXPECT_EQ(log_g[k], -std::numeric_limits<double>::infinity());
      } else if (exact > 1e-290) {
        EXPECT_NEAR(log_g[k], std::log(exact), 1e-12 * (1.0 + std::abs(log_g[k]))) << target << " s " << s[k];
      }
    }
  }
  use_simd_target("");
}

TEST_P(LawSuite, PartialsAreThoseOfDifferences) {
  for (int trial = 0; trial < 5; ++trial) {
    const Component component = random_component(*GetParam(), random_);
    const auto law = make_law(component);
    std::vector<double> s = radii(*law);
    std::erase_if(s, [&](double at) { return at > 0.9 * law->edge() || law->value(at) < 1e-25; });
    const Values values(*law, s);
    for (std::size_t k = 0; k < s.size(); ++k) {
      const double h = 1e-3 * s[k];
      const double slope = six_points([&](double by) { return law->value(s[k] + by); }, h);
      EXPECT_NEAR(values.g_s[k] * s[k], slope * s[k], 1e-8 * values.g[k] + 1e-8 * std::abs(slope * s[k]))
          << s[k];
      const auto indices = shape_indices(*GetParam());
      for (std::size_t p = 0; p < indices.size(); ++p) {
        const double step = 1e-3 * component.values[indices[p]];
        const auto at = [&](auto&& quantity) {
          return six_points(
              [&](double by) {
                Component moved = component;
                moved.values[indices[p]] += by;
                return quantity(*make_law(moved));
              },
              step);
        };
        const std::size_t place = p * s.size() + k;
        const double of_g = at([&](const RadialLaw& moved) { return moved.value(s[k]); });
        EXPECT_NEAR(values.g_shapes[place], of_g, 1e-8 * (values.g[k] + std::abs(of_g)))
            << p << " s " << s[k];
        const double of_mean = at([&](const RadialLaw& moved) {
          double mean = 0.0;
          moved.enclosed(&s[k], 1, &mean, nullptr);
          return mean;
        });
        EXPECT_NEAR(values.d_shapes[place], of_mean, 1e-8 * (values.mean[k] + std::abs(of_mean)))
            << p << " " << s[k];
      }
    }
  }
}

TEST_P(LawSuite, EnclosedFluxIsTheIntegralOfTheLight) {
  const QuadratureRule& rule = gauss_legendre(30);
  for (int trial = 0; trial < 5; ++trial) {
    const auto law = make_law(random_component(*GetParam(), random_));
    std::vector<double> s = radii(*law);
    std::erase_if(s, [&](double at) { return at > law->edge(); });
    const Values values(*law, s);
    for (std::size_t k = 0; k < s.size(); ++k) {
      // F(<s) / (pi s) is the mean of g over t = s e^-w, by panels that shrink towards w = 0.
      double sum = 0.0;
      for (double from = 0.0; from < 120.0;) {
        const double to = from == 0.0 ? 1e-12 : from + std::min(from, 0.5);
        for (std::size_t i = 0; i < rule.size(); ++i) {
          const double w = 0.5 * (from + to) + 0.5 * (to - from) * rule.nodes[i];
          sum += 0.5 * (to - from) * rule.weights[i] * std::exp(-w) * law->value(s[k] * std::exp(-w));
        }
        from = to;
      }
      EXPECT_NEAR(2.0 * values.mean[k] / sum, 1.0, 1e-13) << s[k];
    }
  }
}

TEST_P(LawSuite, AllFluxIsOne) {
  for (int trial = 0; trial < 5; ++trial) {
    const auto law = make_law(random_component(*GetParam(), random_));
    const double far = std::isfinite(law->edge()) ? law->edge() : 1e60;
    double mean = 0.0;
    law->enclosed(&far, 1, &mean, nullptr);
    EXPECT_NEAR(2.0 * std::numbers::pi * far * mean, 1.0, 1e-13);
    const double half = flux_radius(*law, 0.5);
    const double s = half * half;
    law->enclosed(&s, 1, &mean, nullptr);
    EXPECT_NEAR(2.0 * std::numbers::pi * s * mean, 0.5, 1e-11);
    EXPECT_LT(flux_radius(*law, 0.2), half);
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, LawSuite, testing::ValuesIn(elliptical_kinds()),
                         [](const auto& kind) { return std::string(kind.param->name); });

}  // namespace
}  // namespace gaxel
