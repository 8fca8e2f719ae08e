// Options that give what an Imfit configuration does not say.
#pragma once

#include <CLI/CLI.hpp>

#include "legacy/imfit_scene.hpp"

namespace gaxel::cli {

/// Adds --image, --psf, --mask, --noise and what belongs to them, called as in Imfit; they go to `inputs`,
/// which must live as long as the command.
void add_imfit_options(CLI::App& command, legacy::ImfitInputs& inputs);

}  // namespace gaxel::cli
