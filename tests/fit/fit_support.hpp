// Light by plain quadrature, scenes and noise for the tests of the fit.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fit/parameter_map.hpp"
#include "gaxel/fit.hpp"

namespace gaxel::test {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Galaxy {
  double x, y, flux, re, q, theta;
};

/// Adds a Gaussian (the Sersic profile of n = 1/2: sigma = re / sqrt(2 ln 2)), five Gauss-Legendre points
/// each way in each pixel: exact to 1e-10 of its peak for sigma above a pixel.
inline void add_gaussian(Image& image, const Galaxy& galaxy) {
  constexpr std::array<double, 5> node{-0.9061798459386640, -0.5384693101056831, 0.0, 0.5384693101056831,
                                       0.9061798459386640};
  constexpr std::array<double, 5> weight{0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                         0.4786286704993665, 0.2369268850561891};
  const double sigma = galaxy.re / std::sqrt(2.0 * std::log(2.0));
  const double peak = galaxy.flux / (2.0 * M_PI * sigma * sigma * galaxy.q);
  for (int row = 0; row < image.ny(); ++row) {
    for (int column = 0; column < image.nx(); ++column) {
      for (std::size_t i = 0; i < 5; ++i) {
        for (std::size_t j = 0; j < 5; ++j) {
          const double dx = column + 0.5 * node[i] - galaxy.x;
          const double dy = row + 0.5 * node[j] - galaxy.y;
          const double u = (dx * std::cos(galaxy.theta) + dy * std::sin(galaxy.theta)) / sigma;
          const double v = (-dx * std::sin(galaxy.theta) + dy * std::cos(galaxy.theta)) / (sigma * galaxy.q);
          image(row, column) += 0.25 * weight[i] * weight[j] * peak * std::exp(-0.5 * (u * u + v * v));
        }
      }
    }
  }
}

/// An observation of these pixels with one sigma everywhere, nothing masked.
inline Observation observe(Image data, double sigma) {
  Observation observation;
  observation.sigma = Image(data.shape(), sigma);
  observation.used.assign(data.size(), 1);
  observation.data = std::move(data);
  return observation;
}

inline void add_noise(Observation& observation, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < observation.data.size(); ++i) {
    observation.data.data()[i] += observation.sigma.data()[i] * normal(generator);
  }
}

/// A component with these values (in the kind's order), all that can be free being so.
inline SceneComponent component(std::string_view kind, const std::vector<double>& values,
                                const std::string& name = "galaxy") {
  SceneComponent result;
  result.kind = &component_kind(kind);
  result.name = name;
  for (std::size_t i = 0; i < result.kind->parameters.size(); ++i) {
    Parameter& parameter = result.parameters.emplace_back();
    parameter.value = values.at(i);
    parameter.free = result.kind->parameters[i].fittable;
  }
  return result;
}

inline SceneComponent gaussian(const Galaxy& start, const std::string& name = "galaxy") {
  return component("gaussian", {start.x, start.y, start.flux, start.re, start.q, start.theta}, name);
}

inline SceneComponent flat_sky(double level) {
  SceneComponent sky = component("sky", {level, 0.0, 0.0, 0.0, 0.0}, "sky");
  sky.parameter(Role::kSlopeX).free = false;
  sky.parameter(Role::kSlopeY).free = false;
  return sky;
}

/// Of a scene in one band.
inline ParameterMap map_of(const Scene& scene) {
  return ParameterMap(scene, std::vector<BandFrame>(1), "test");
}

inline double value(const FitResult& result, std::size_t component, Role role) {
  return result.scene.components[component].parameter(role).value;
}

inline double error(const FitResult& result, std::size_t component, Role role) {
  const int index = result.scene.components[component].kind->index_of(role);
  return result.errors[component][static_cast<std::size_t>(index)];
}

inline ParameterFlag flag(const FitResult& result, std::size_t component, Role role) {
  const int index = result.scene.components[component].kind->index_of(role);
  return result.flags[component][static_cast<std::size_t>(index)];
}

/// The difference of two directions, which repeat after half a turn.
inline double turn(double a, double b) {
  return std::remainder(a - b, M_PI);
}

}  // namespace gaxel::test
