#include "render/wanted.hpp"

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

}  // namespace gaxel
