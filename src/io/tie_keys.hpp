// Ties of a scene file: `key = { tie = "0.5 * disc.re" }`.
#pragma once

#include <string>
#include <string_view>

#include "io/scene_file.hpp"

namespace gaxel::io {

/// A parameter that others may refer to.
struct NamedParameter {
  std::string name;  ///< "disc.re"
  std::size_t component;
  std::size_t parameter;
};

std::vector<NamedParameter> named_parameters(const Scene& scene);

/// Throws InputError about `key` of `table`, which names a parameter that there is not, with the nearest.
[[noreturn]] void fail_unknown(const TomlTable& table, std::string_view key, const std::string& name,
                               const Scene& scene);

/// The tie of a parameter, from an expression of "component.key" in the conventions of files. Throws
/// InputError about `key` of `component` for names that there are not, with the nearest.
Tie read_tie(const TomlTable& component, std::string_view key, const std::string& text, const Scene& scene,
             std::size_t target, std::size_t parameter, const SceneFrame& frame);

}  // namespace gaxel::io
