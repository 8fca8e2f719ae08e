// Limits of a parameter to another one: `re = { value = 3, ratio = { to = "disc.re", min = 0.1, max = 1 } }`.
#pragma once

#include <optional>
#include <string>

#include "io/convention.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// The limit that the table of a parameter sets by `difference` or `ratio`, if it does: of the values as
/// files give them, of magnitudes a difference. Throws InputError for what is no parameter, of another unit,
/// or has no ratio, and for limits without an end or room.
std::optional<Limit> read_limit(const TomlTable& parameter, const Scene& scene, std::size_t component,
                                std::size_t index, const FileFrame& frame);

/// `ratio = { to = "disc.re", min = 0.1, max = 1.0 }`, of a parameter that has a limit.
std::string limit_text(const Scene& scene, const SceneComponent& component, std::size_t index,
                       const FileFrame& frame);

}  // namespace gaxel::io
