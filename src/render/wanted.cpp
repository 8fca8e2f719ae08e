#include "render/wanted.hpp"

#include <algorithm>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {

std::vector<std::size_t> wanted_parameters(const Component& component, std::span<const std::uint8_t> flags,
                                           const char* source) {
  std::vector<std::size_t> wanted;
  const auto& specs = component.kind->parameters;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (flags[i] == 0) continue;
    if (!specs[i].fittable) {
      throw InputError({source, std::string(component.kind->name) + "." + std::string(specs[i].name), "",
                        "a constant has no derivative", "mark only parameters that can be fitted"});
    }
    wanted.push_back(i);
  }
  return wanted;
}

void check_flags(std::span<const Component> components, std::span<const std::uint8_t> flags,
                 const char* source) {
  std::size_t n_parameters = 0;
  for (const Component& component : components) n_parameters += component.kind->parameters.size();
  if (flags.size() != n_parameters) {
    throw InputError({source, "wanted", std::to_string(flags.size()) + " entries",
                      "one entry is needed for every parameter", std::to_string(n_parameters)});
  }
}

void check_direction(std::span<const std::uint8_t> flags, std::span<const double> direction,
                     const char* source) {
  const auto n = static_cast<std::size_t>(std::ranges::count_if(flags, [](auto flag) { return flag != 0; }));
  if (direction.size() != n) {
    throw InputError({source, "direction", std::to_string(direction.size()) + " entries",
                      "one step is needed for every wanted parameter", std::to_string(n)});
  }
}

}  // namespace gaxel
