#include "fit/not_finite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gaxel/error.hpp"
#include "gaxel/render.hpp"
#include "profile/with_truncations.hpp"

namespace gaxel {
namespace {

constexpr const char* kText = "the model of the starting values is not finite";

std::size_t n_parameters(std::span<const Component> components) {
  std::size_t n = 0;
  for (const Component& component : components) n += component.kind->parameters.size();
  return n;
}

/// "at (x, y)" of the first pixel whose square, which chi2 sums, is not finite, 0-based; empty where all are.
std::string place_of(const double* pixels, Shape shape) {
  const double* end = pixels + shape.size();
  const double* found =
      std::find_if_not(pixels, end, [](double value) { return std::isfinite(value * value); });
  if (found == end) return "";
  const auto index = static_cast<int>(found - pixels);
  return fmt::format("at ({}, {}), 0-based pixels", index % shape.nx, index / shape.nx);
}

/// What is not finite of one component: "NAME at ...", "its derivative ..."; empty: nothing.
std::string problem_of(const std::vector<Component>& components, std::size_t which, const std::string& name,
                       const MultiPsfRenderer& renderer) {
  const std::vector<Component> list = with_truncations(components, which);
  const Shape shape = renderer.shape();
  Image image(shape);
  try {
    renderer.render(list, image.view());
  } catch (const InputError&) {
    return fmt::format("the light of {}", name);
  }
  if (const std::string place = place_of(image.pixels().data(), shape); !place.empty()) {
    return fmt::format("the light of {} {}", name, place);
  }
  std::vector<double> derivative(shape.size());
  const auto specs = list.front().kind->parameters;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!specs[i].fittable) continue;
    std::vector<std::uint8_t> wanted(n_parameters(list), 0);
    wanted[i] = 1;
    renderer.render_with_jacobian(list, wanted, image.view(), derivative.data());
    const std::string place = place_of(derivative.data(), shape);
    if (!place.empty()) return fmt::format("the derivative of {} to {} {}", name, specs[i].name, place);
  }
  return "";
}

}  // namespace

std::string not_finite_text(const ParameterMap& map, std::span<const Band> bands,
                            std::span<const std::vector<Psf>> psfs) {
  const Scene scene = map.scene();
  for (std::size_t band = 0; band < bands.size(); ++band) {
    const std::vector<Component>& components = map.components(static_cast<int>(band));
    const MultiPsfRenderer renderer(bands[band].observation->data.shape(), psfs[band]);
    for (std::size_t i = 0; i < components.size(); ++i) {
      if (components[i].kind->family == Family::kTruncation) continue;
      const std::string problem = problem_of(components, i, scene.components[i].name, renderer);
      if (!problem.empty()) return fmt::format("{}: {}", kText, problem);
    }
  }
  return kText;
}

}  // namespace gaxel
