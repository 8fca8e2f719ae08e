#include "io/error_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gaxel/error.hpp"
#include "io/convention.hpp"

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 4> kKeys{"profile", "bootstrap", "bootstrap_block", "seed"};
constexpr int kMostSamples = 1'000'000;
constexpr int kLargestBlock = 100'000;

std::string key_of(const SceneComponent& component, std::size_t parameter) {
  return std::string(file_key(component.kind->parameters[parameter], component.flux_is_magnitude));
}

/// Whether `name` is the parameter: "galaxy.re", or "re" of all components.
bool names(const std::string& name, const SceneComponent& component, std::size_t parameter) {
  const std::string key = key_of(component, parameter);
  return name == key || name == fmt::format("{}.{}", component.name, key);
}

}  // namespace

std::span<const std::string_view> error_keys() {
  return kKeys;
}

ErrorRequest read_error_request(const TomlTable& fit) {
  ErrorRequest request;
  if (fit.is_truth("profile")) {
    request.profile = *fit.boolean("profile");
  } else if (fit.has("profile")) {
    request.names = fit.texts("profile");
    request.profile = true;
    if (request.names.empty())
      fit.fail("profile", "an empty list", "true, or names of parameters such as \"re\", \"galaxy.re\"");
  }
  request.bootstrap.samples = fit.integer("bootstrap", 2, kMostSamples).value_or(0);
  request.bootstrap.block = fit.integer("bootstrap_block", 0, kLargestBlock).value_or(0);
  constexpr int kLargestSeed = 2'147'483'647;
  request.bootstrap.seed = static_cast<std::uint64_t>(fit.integer("seed", 0, kLargestSeed).value_or(1));
  return request;
}

void check_error_request(const ErrorRequest& request, const Scene& scene, const std::string& where) {
  for (const std::string& name : request.names) {
    bool known = false;
    std::vector<std::string> free;
    for (const SceneComponent& component : scene.components) {
      for (std::size_t p = 0; p < component.parameters.size(); ++p) {
        if (!component.parameters[p].free) continue;
        free.push_back(fmt::format("{}.{}", component.name, key_of(component, p)));
        known |= names(name, component, p);
      }
    }
    if (known) continue;
    throw InputError({where, "profile", name, "no free parameter of that name",
                      fmt::format("a key, or one of {}", fmt::join(free, ", "))});
  }
}

std::vector<std::size_t> profile_positions(const ErrorRequest& request, const FitResult& result) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < result.free_values.size(); ++i) {
    const FreeValue& free = result.free_values[i];
    const SceneComponent& component = result.scene.components[free.component];
    const bool wanted = request.names.empty() || std::ranges::any_of(request.names, [&](const auto& name) {
                          return names(name, component, free.parameter);
                        });
    if (wanted) positions.push_back(i);
  }
  return positions;
}

}  // namespace gaxel::io
