// Imfit's configurations as scenes.
#pragma once

#include <optional>
#include <string>

#include "gaxel/likelihood.hpp"
#include "legacy/imfit_document.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// What a configuration leaves to Imfit's command line; names of files are relative to the current folder.
struct ImfitInputs {
  std::optional<std::string> image;  ///< may end in an extension and a section
  std::optional<std::string> psf;
  std::optional<std::string> mask;
  std::optional<std::string> noise;
  bool mask_zero_is_bad = false;
  bool errors_are_variances = false;
  bool errors_are_weights = false;
  Likelihood likelihood = Likelihood::kGaussian;

  bool empty() const { return !image && !psf && !mask && !noise && likelihood == Likelihood::kGaussian; }
};

/// The scene of a configuration. Names of files in it are relative to `target`, the folder that the scene is
/// meant for. Throws InputError for functions that gaxel has no kind
/// for, for a fit without an image, and for a rendering without one and without NCOLS and NROWS.
LegacyScene imfit_scene(const ImfitDocument& document, const ImfitInputs& inputs, const std::string& target,
                        Purpose purpose);

}  // namespace gaxel::legacy
