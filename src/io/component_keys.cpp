#include "io/component_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/convention.hpp"
#include "profile/kind_options.hpp"

namespace gaxel::io {

std::vector<std::string_view> component_keys(const ComponentKind& kind) {
  std::vector<std::string_view> keys{"type", "name", "psf"};
  if (kind.family == Family::kImage) keys.emplace_back("file");
  for (const ParameterSpec& spec : kind.parameters) {
    keys.push_back(file_key(spec, false));
    if (spec.role == Role::kFlux) keys.push_back(file_key(spec, true));
  }
  if (kind.family != Family::kSky) keys.insert(keys.end(), {"ra", "dec"});
  for (const OptionKey& option : option_keys(kind)) {
    const ParameterSpec* spec = option_parameter(kind, option);
    const bool is_other_norm = spec != nullptr && is_norm(spec->role);
    if (!is_other_norm && std::ranges::find(keys, option.key) == keys.end()) keys.push_back(option.key);
  }
  return keys;
}

std::string kinds_text() {
  std::string text;
  for (const ComponentKind& kind : component_kinds()) {
    text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", kind.name);
  }
  return text;
}

}  // namespace gaxel::io
