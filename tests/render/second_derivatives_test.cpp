// Second derivatives of whole renders, with every family that has them, against differences of the first, of
// sixth order, on a plan that is kept; and their transpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gaxel/error.hpp"
#include "gaxel/psf.hpp"
#include "gaxel/render.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{36, 40};

Component of(std::string_view kind, std::vector<double> values, int psf = 0) {
  return {&component_kind(kind), std::move(values), psf};
}

std::vector<std::uint8_t> all_fittable(std::span<const Component> components) {
  std::vector<std::uint8_t> wanted;
  for (const Component& component : components) {
    for (const ParameterSpec& spec : component.kind->parameters) wanted.push_back(spec.fittable ? 1 : 0);
  }
  return wanted;
}

// A scene, and a direction of it, a step for each wanted parameter.
struct Scene {
  std::vector<Component> components;
  std::vector<std::uint8_t> wanted;

  explicit Scene(std::vector<Component> list)
      : components(std::move(list)), wanted(all_fittable(components)) {}

  std::size_t n() const { return static_cast<std::size_t>(std::ranges::count(wanted, 1)); }

  // Steps that change the light about as much, whatever the parameter.
  std::vector<double> direction(unsigned seed) const {
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    std::vector<double> steps;
    auto flag = wanted.begin();
    for (const Component& component : components) {
      for (std::size_t i = 0; i < component.values.size(); ++i) {
        if (*flag++ == 0) continue;
        const Role role = component.kind->parameters[i].role;
        const bool is_place = role == Role::kX || role == Role::kY;
        steps.push_back(normal(random) *
                        (is_place ? 0.3 : 0.1 * std::max(0.1, std::abs(component.values[i]))));
      }
    }
    return steps;
  }

  std::vector<Component> moved(std::span<const double> steps, double by) const {
    std::vector<Component> result = components;
    auto flag = wanted.begin();
    auto step = steps.begin();
    for (Component& component : result) {
      for (double& value : component.values) {
        if (*flag++ != 0) value += by * *step++;
      }
    }
    return result;
  }
};

Image along(const MultiPsfRenderer& renderer, const MultiPsfPlan& plan, const Scene& scene,
            const std::vector<Component>& at, std::span<const double> steps) {
  Image image(kShape);
  std::vector<double> jacobian(scene.n() * image.size());
  renderer.render_with_jacobian(at, scene.wanted, image.view(), jacobian.data(), plan);
  Image sum(kShape);
  for (std::size_t p = 0; p < scene.n(); ++p) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum.data()[k] += steps[p] * jacobian[p * sum.size() + k];
  }
  return sum;
}

double largest(const Image& image) {
  double size = 0.0;
  for (const double pixel : image.pixels()) size = std::max(size, std::abs(pixel));
  return size;
}

// Both against each other, too: the transpose is exact.
void expect_differences(const Scene& scene, const std::vector<Psf>& psfs, double within) {
  const MultiPsfRenderer renderer(kShape, psfs, {{1e-8, 1e-11}});
  const MultiPsfPlan plan = renderer.prepare(scene.components);
  const std::vector<double> first = scene.direction(1);
  const std::vector<double> second = scene.direction(2);
  constexpr double kStep = 0.01;
  constexpr std::array kWeights = {45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
  Image exact(kShape);
  for (std::size_t k = 0; k < kWeights.size(); ++k) {
    const double by = kStep * static_cast<double>(k + 1);
    const Image above = along(renderer, plan, scene, scene.moved(first, by), second);
    const Image below = along(renderer, plan, scene, scene.moved(first, -by), second);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      exact.data()[i] += kWeights[k] / kStep * (above.data()[i] - below.data()[i]);
    }
  }
  Image found(kShape, 7.0);
  renderer.second_derivative(scene.components, scene.wanted, first, second, found.view(), plan);
  const double size = largest(exact);
  ASSERT_GT(size, 0.0);
  for (std::size_t k = 0; k < found.size(); ++k) {
    ASSERT_NEAR(found.data()[k], exact.data()[k], within * size) << k;
  }
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  Image cotangent(kShape);
  for (double& pixel : cotangent.pixels()) pixel = normal(random);
  std::vector<double> gradient(scene.n(), 7.0);
  renderer.second_vjp(scene.components, scene.wanted, first, cotangent.view(), gradient.data(), plan);
  double by_gradient = 0.0;
  double by_image = 0.0;
  double sum_size = 0.0;
  for (std::size_t p = 0; p < scene.n(); ++p) by_gradient += gradient[p] * second[p];
  for (std::size_t k = 0; k < found.size(); ++k) {
    by_image += cotangent.data()[k] * found.data()[k];
    sum_size += std::abs(cotangent.data()[k] * found.data()[k]);
  }
  EXPECT_NEAR(by_gradient, by_image, 1e-11 * sum_size);
}

const std::vector<double> kDisc{18.3, 17.1, 900.0, 4.0, 1.0, 0.4, 0.7};
const std::vector<double> kBulge{18.2, 17.2, 500.0, 3.0, 4.0, 0.8, 0.2};
const std::vector<double> kSky{3.0, 0.01, -0.02, 20.0, 18.0};

TEST(SecondDerivatives, OfScenesWithoutAPsf) {
  expect_differences(
      Scene({of("sersic", kDisc), of("sersic", kBulge), of("sky", kSky),
             of("gaussian", {9.1, 25.2, 100.0, 2.0, 0.7, 0.3}), of("pointsource", {30.2, 30.1, 50.0})}),
      {}, 1e-7);
}

TEST(SecondDerivatives, ThroughAPsf) {
  const std::vector<Psf> psf{Psf::gaussian({.fwhm = 3.0})};
  expect_differences(Scene({of("sersic", kDisc)}), psf, 1e-7);
  expect_differences(Scene({of("sersic", kBulge)}), psf, 1e-7);
  expect_differences(Scene({of("sersic", {18.25, 17.3, 500.0, 0.8, 7.0, 0.7, 0.2})}), psf, 1e-7);
  expect_differences(Scene({of("exponential", {18.3, 17.1, 900.0, 5.0, 0.12, 0.7})}), psf, 1e-7);
  expect_differences(Scene({of("pointsource", {30.2, 30.1, 50.0})}), psf, 1e-9);
  expect_differences(Scene({of("sersic", kDisc), of("pointsource", {18.3, 17.0, 300.0}), of("sky", kSky)}),
                     psf, 1e-7);
}

TEST(SecondDerivatives, OfLightThatIsDrawnBeforeThePsf) {
  // A transform is not known of light as sharp as n = 0.1.
  expect_differences(Scene({of("sersic", {18.3, 17.1, 900.0, 9.0, 0.12, 0.2, 0.7})}),
                     {Psf::gaussian({.fwhm = 3.0})}, 1e-6);
}

TEST(SecondDerivatives, ThroughPsfsOfTheirOwn) {
  expect_differences(Scene({of("sersic", kDisc, 0), of("sersic", kBulge, 1), of("sky", kSky),
                            of("devaucouleurs", {10.2, 9.3, 300.0, 3.0, 0.7, 0.3}, kNoPsf)}),
                     {Psf::gaussian({.fwhm = 3.0}), Psf::gaussian({.fwhm = 2.5})}, 1e-7);
}

TEST(SecondDerivatives, OfBrightnessInPlaceOfFlux) {
  for (const std::string name : {"sersic+central", "sersic+scale", "exponential+central", "gaussian+scale"}) {
    const ComponentKind& kind = component_kind(name);
    Component component{&kind, std::vector<double>(kind.parameters.size())};
    for (const auto& [role, value] : {std::pair{Role::kX, 18.3},
                                      {Role::kY, 17.1},
                                      {Role::kBrightness, 30.0},
                                      {Role::kRe, 4.0},
                                      {Role::kN, 1.4},
                                      {Role::kQ, 0.4},
                                      {Role::kTheta, 0.7}}) {
      if (const int at = kind.index_of(role); at >= 0) component.values[static_cast<std::size_t>(at)] = value;
    }
    ASSERT_EQ(kind.family, Family::kElliptical) << name;
    expect_differences(Scene({component}), {}, 1e-7);
    expect_differences(Scene({component}), {Psf::gaussian({.fwhm = 3.0})}, 1e-7);
  }
}

TEST(SecondDerivatives, OfSumsOfGaussians) {
  const Component sum = of("mge:3", {18.3, 17.1, 100.0, 200.0, 150.0, 1.0, 5.0, 0.6, 0.4});
  expect_differences(Scene({sum, of("sersic", kDisc)}), {}, 1e-7);
}

TEST(SecondDerivatives, AreRefusedWhereThereAreNone) {
  const Component moffat = of("moffat", {18.0, 17.0, 100.0, 4.0, 2.5, 0.7, 0.2});
  EXPECT_FALSE(has_second_derivatives(moffat));
  EXPECT_TRUE(has_second_derivatives(of("sersic", kDisc)));
  for (const std::vector<Psf>& psfs : {std::vector<Psf>{}, {Psf::gaussian({.fwhm = 3.0})}}) {
    const MultiPsfRenderer renderer(kShape, psfs);
    Scene scene({of("sersic", kDisc), moffat});
    Image image(kShape);
    const std::vector<double> direction(scene.n(), 1.0);
    const auto render = [&](std::span<const double> steps) {
      renderer.second_derivative(scene.components, scene.wanted, steps, steps, image.view());
    };
    try {
      render(direction);
      FAIL();
    } catch (const InputError& error) {
      EXPECT_EQ(error.problem().value, "moffat");
    }
    std::vector<double> gradient(scene.n());
    EXPECT_THROW(
        renderer.second_vjp(scene.components, scene.wanted, direction, image.view(), gradient.data()),
        InputError);
    // Its light may be there as long as its parameters are not asked for.
    std::fill(scene.wanted.begin() + 7, scene.wanted.end(), std::uint8_t{0});
    EXPECT_NO_THROW(render(std::vector<double>(7, 1.0)));
    EXPECT_THROW(render(std::vector<double>(6, 1.0)), InputError);
  }
}

}  // namespace
}  // namespace gaxel
