// Second derivatives by a plan: against differences of the first, of sixth order, and their transpose.
#include "integrate/execute_second.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <vector>

#include "profile/sersic.hpp"

namespace gaxel {
namespace {

using Values = std::array<double, 7>;  // of x, y, flux, re, n, q, theta

constexpr std::array kParameters = {LightParameter::kX,    LightParameter::kY,      LightParameter::kFlux,
                                    LightParameter::kRe,   LightParameter::kShape1, LightParameter::kQ,
                                    LightParameter::kTheta};

LightDirection direction_of(const Values& steps) {
  LightDirection direction{};
  for (std::size_t p = 0; p < steps.size(); ++p) {
    direction[static_cast<std::size_t>(kParameters[p])] = steps[p];
  }
  return direction;
}

struct Galaxy {
  SersicLaw law;
  EllipseFrame frame;
  double flux;

  explicit Galaxy(const Values& v) : law(v[4]), frame(v[0], v[1], v[3], v[5], v[6]), flux(v[2]) {}
  ProfileLight light() const { return {law, frame, flux}; }
};

Values moved(const Values& from, const Values& step, double by) {
  Values to = from;
  for (std::size_t p = 0; p < to.size(); ++p) to[p] += by * step[p];
  return to;
}

// The derivative of the image along a direction, by the plan.
Image first_derivative(const Plan& plan, const Values& at, const Values& step) {
  const Galaxy galaxy(at);
  Image image(plan.grid.shape);
  std::vector<Image> derivatives(kParameters.size(), Image(plan.grid.shape));
  std::vector<ImageView> views;
  for (Image& derivative : derivatives) views.push_back(derivative.view());
  execute_with_derivatives(plan, galaxy.light(), kParameters, Write::kReplace, image.view(), views);
  Image sum(plan.grid.shape);
  for (std::size_t p = 0; p < kParameters.size(); ++p) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum.data()[k] += step[p] * derivatives[p].data()[k];
  }
  return sum;
}

Image second_derivative_image(const Plan& plan, const Values& at, const Values& first, const Values& second) {
  const Galaxy galaxy(at);
  const ProfileLight light = galaxy.light();
  const LightRates rates(light, direction_of(first), {});
  Image image(plan.grid.shape);
  add_second_derivative(plan, light, rates, direction_weights(light, rates, direction_of(second)),
                        image.view());
  return image;
}

Image difference_image(const Plan& plan, const Values& at, const Values& first, const Values& second,
                       double h) {
  constexpr std::array kWeights = {45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
  Image sum(plan.grid.shape);
  for (std::size_t k = 0; k < kWeights.size(); ++k) {
    const double by = h * static_cast<double>(k + 1);
    const Image above = first_derivative(plan, moved(at, first, by), second);
    const Image below = first_derivative(plan, moved(at, first, -by), second);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum.data()[i] += kWeights[k] / h * (above.data()[i] - below.data()[i]);
    }
  }
  return sum;
}

double largest(const Image& image) {
  double size = 0.0;
  for (const double pixel : image.pixels()) size = std::max(size, std::abs(pixel));
  return size;
}

struct Case {
  const char* name;
  Values at;
  double within;  // of the largest
};

// Where the light is smooth in its parameters at a step of 1e-3: cusps inside their pixel.
const Case kCases[] = {
    {"Gaussian", {20.1, 17.3, 3.0, 3.5, 0.5, 0.7, 0.4}, 3e-10},
    {"disc, centre in the middle of a pixel", {20.0, 17.0, 3.0, 5.0, 1.0, 0.3, 1.1}, 3e-8},
    {"thin disc", {20.3, 16.8, 3.0, 9.0, 1.0, 0.1, -0.3}, 3e-7},
    {"n 2.5", {20.2, 17.1, 3.0, 4.0, 2.5, 0.6, 0.7}, 3e-8},
    {"n 4", {20.2, 17.2, 3.0, 6.0, 4.0, 0.8, 0.2}, 3e-8},
    {"n 8, small", {20.25, 16.75, 3.0, 1.5, 8.0, 0.5, 2.0}, 3e-8},
};

const Grid kGrid{{40, 44}, 0.0, 0.0, 1.0};

Plan plan_for(const Values& at, const RowBand& band) {
  const Galaxy galaxy(at);
  return prepare(galaxy.law, galaxy.frame, {kGrid, band, {1e-11, 1e-8}});
}

TEST(SecondDerivatives, AreDifferencesOfTheFirstOfSixthOrder) {
  for (const Case& c : kCases) {
    const Plan plan = plan_for(c.at, {0, 40});
    ASSERT_FALSE(plan.tiles.empty());
    for (std::size_t i = 0; i < kParameters.size(); ++i) {
      Values first{};
      first[i] = 1.0;
      for (std::size_t j = 0; j < kParameters.size(); ++j) {
        Values second{};
        second[j] = 1.0;
        const Image exact = difference_image(plan, c.at, first, second, 1e-3);
        const Image found = second_derivative_image(plan, c.at, first, second);
        // Flux twice is zero; the size is that of the light then.
        const double size = std::max(largest(exact), 1e-3);
        double off = 0.0;
        for (std::size_t k = 0; k < found.size(); ++k) {
          off = std::max(off, std::abs(found.data()[k] - exact.data()[k]));
        }
        EXPECT_LT(off / size, c.within) << c.name << ", parameters " << i << " and " << j;
      }
    }
  }
}

TEST(SecondDerivatives, OfDirectionsAreSymmetricAndSumUp) {
  const Values first{0.3, -0.5, 0.7, 1.1, 0.4, -0.1, 0.6};
  const Values second{-0.2, 0.8, 0.1, -0.7, 0.9, 0.2, -0.3};
  for (const Case& c : kCases) {
    const Plan plan = plan_for(c.at, {0, 40});
    const Image one = second_derivative_image(plan, c.at, first, second);
    const Image other = second_derivative_image(plan, c.at, second, first);
    Image sum(kGrid.shape);
    for (std::size_t i = 0; i < kParameters.size(); ++i) {
      for (std::size_t j = 0; j < kParameters.size(); ++j) {
        Values along{};
        Values across{};
        along[i] = first[i];
        across[j] = second[j];
        const Image part = second_derivative_image(plan, c.at, along, across);
        for (std::size_t k = 0; k < sum.size(); ++k) sum.data()[k] += part.data()[k];
      }
    }
    const double size = largest(one);
    for (std::size_t k = 0; k < one.size(); ++k) {
      EXPECT_NEAR(one.data()[k], other.data()[k], 1e-11 * size) << c.name;
      EXPECT_NEAR(one.data()[k], sum.data()[k], 1e-11 * size) << c.name;
    }
  }
}

TEST(SecondDerivatives, TheAdjointIsTheTranspose) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal;
  const Values along{0.3, -0.5, 0.7, 1.1, 0.4, -0.1, 0.6};
  for (const Case& c : kCases) {
    const Plan plan = plan_for(c.at, {5, 30});
    Image cotangent(kGrid.shape);
    for (double& pixel : cotangent.pixels()) pixel = normal(random);
    const Galaxy galaxy(c.at);
    const ProfileLight light = galaxy.light();
    const LightRates rates(light, direction_of(along), {});
    const MomentRates sums = execute_second_adjoint(plan, light, rates, cotangent.view());
    for (std::size_t p = 0; p < kParameters.size(); ++p) {
      Values unit{};
      unit[p] = 1.0;
      const Image image = second_derivative_image(plan, c.at, along, unit);
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t k = 0; k < image.size(); ++k) {
        expected += cotangent.data()[k] * image.data()[k];
        size += std::abs(cotangent.data()[k] * image.data()[k]);
      }
      EXPECT_NEAR(second_derivative(light, rates, kParameters[p], sums), expected, 1e-12 * size)
          << c.name << ", parameter " << p;
    }
  }
}

}  // namespace
}  // namespace gaxel
