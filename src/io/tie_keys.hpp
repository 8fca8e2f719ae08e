// Ties of a scene file: `key = { tie = "0.5 * disc.re" }`.
#pragma once

#include <string>
#include <string_view>

#include "io/scene_file.hpp"

namespace gaxel::io {

/// The tie of a parameter, from an expression of "component.key" in the conventions of files. Throws
/// InputError about `key` of `component` for names that there are not, with the nearest.
Tie read_tie(const TomlTable& component, std::string_view key, const std::string& text, const Scene& scene,
             std::size_t target, std::size_t parameter, const SceneFrame& frame);

}  // namespace gaxel::io
