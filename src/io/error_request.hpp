// Which errors a scene or a command asks for beside those from the covariance.
#pragma once

#include <string>
#include <vector>

#include "gaxel/uncertainty.hpp"
#include "io/task.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// The keys of [fit] that read_error_request knows.
std::span<const std::string_view> error_keys();

/// `profile`, `bootstrap`, `bootstrap_block` and `seed` of [fit]. Throws InputError for what is out of range.
ErrorRequest read_error_request(const TomlTable& fit);

/// Throws InputError (source `where`, key "profile") for a name in it that no free parameter of the scene
/// has.
void check_error_request(const ErrorRequest& request, const Scene& scene, const std::string& where);

/// Positions of the free values whose profile likelihood is asked for.
std::vector<std::size_t> profile_positions(const ErrorRequest& request, const FitResult& result);

}  // namespace gaxel::io
