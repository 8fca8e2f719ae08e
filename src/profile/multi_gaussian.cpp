#include "profile/multi_gaussian.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <deque>
#include <string>

#include "gaxel/error.hpp"
#include "profile/parameters.hpp"

namespace gaxel {
namespace {

using namespace specs;

constexpr std::size_t kFirstFlux = 2;  // after x and y

/// "flux1", "flux2", ...
const std::deque<std::string>& flux_names() {
  static const std::deque<std::string> names = [] {
    std::deque<std::string> made;
    for (int k = 1; k <= kMaxGaussians; ++k) made.push_back(fmt::format("flux{}", k));
    return made;
  }();
  return names;
}

std::vector<ParameterSpec> parameters_of(int n) {
  std::vector<ParameterSpec> specs{kX, kY};
  for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
    specs.push_back({Role::kCoefficient, flux_names()[k], "counts", "flux of a Gaussian, narrowest first",
                     0.0, kInf, kNotGiven});
  }
  specs.push_back({Role::kConstant, "sigma_min", "pixel", "dispersion of the narrowest along the major axis",
                   0.01, 1e5, 0.5, false});
  specs.push_back({Role::kConstant, "sigma_max", "pixel", "dispersion of the widest along the major axis",
                   0.01, 1e5, kNotGiven, false});
  specs.push_back(kQ);
  specs.push_back(kTheta);
  return specs;
}

}  // namespace

std::span<const ParameterSpec> multi_gaussian_parameters(int n) {
  static const std::vector<std::vector<ParameterSpec>> all = [] {
    std::vector<std::vector<ParameterSpec>> made;
    for (int k = 1; k <= kMaxGaussians; ++k) made.push_back(parameters_of(k));
    return made;
  }();
  return all.at(static_cast<std::size_t>(n - 1));
}

std::vector<ComponentShare> multi_gaussian_parts(const Component& component) {
  const ComponentKind& gaussian = component_kind("gaussian");
  const std::vector<double>& values = component.values;
  const std::size_t n = values.size() - 6;
  const std::size_t sigmas = kFirstFlux + n;
  const double first = values[sigmas];
  const double last = values[sigmas + 1];
  if (!(first < last || (n == 1 && first == last))) {
    throw InputError({std::string(component.kind->name), "sigma_max", fmt::format("{}", last),
                      "not above sigma_min", fmt::format("more than {}", first)});
  }
  std::vector<ComponentShare> parts;
  for (std::size_t k = 0; k < n; ++k) {
    const double place = n == 1 ? 0.0 : static_cast<double>(k) / static_cast<double>(n - 1);
    const double sigma = first * std::pow(last / first, place);
    const double half_light = sigma * std::sqrt(2.0 * std::log(2.0));
    ComponentShare part{{&gaussian, std::vector<double>(gaussian.parameters.size())}, {}};
    part.sources.assign(gaussian.parameters.size(), -1);
    const auto set = [&](Role role, std::size_t source, double value) {
      const auto index = static_cast<std::size_t>(gaussian.index_of(role));
      part.component.values[index] = value;
      part.sources[index] = static_cast<int>(source);
    };
    set(Role::kX, 0, values[0]);
    set(Role::kY, 1, values[1]);
    set(Role::kFlux, kFirstFlux + k, values[kFirstFlux + k]);
    set(Role::kQ, sigmas + 2, values[sigmas + 2]);
    set(Role::kTheta, sigmas + 3, values[sigmas + 3]);
    const auto re = static_cast<std::size_t>(gaussian.index_of(Role::kRe));
    part.component.values[re] = half_light;
    parts.push_back(std::move(part));
  }
  return parts;
}

}  // namespace gaxel
