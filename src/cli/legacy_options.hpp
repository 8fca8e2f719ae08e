// Options that give what files of other programs do not say.
#pragma once

#include <CLI/CLI.hpp>

#include "legacy/load.hpp"

namespace gaxel::cli {

/// Adds --image, --psf, --mask, --noise and what belongs to them, called as in Imfit, and --band; they go to
/// `options`, which must live as long as the command.
void add_legacy_options(CLI::App& command, legacy::LegacyOptions& options);

}  // namespace gaxel::cli
