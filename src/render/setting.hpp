// What all renders of one renderer have in common.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "gaxel/render.hpp"
#include "psf/convolver.hpp"
#include "render/bands.hpp"
#include "render/convolved_profiles.hpp"

namespace gaxel {

/// Immutable, and stays where it is made: its parts refer to each other.
struct Setting {
  Setting(Shape image_shape, const std::optional<Psf>& psf, const RenderOptions& render_options);
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  bool has_psf() const { return convolver != nullptr; }
  const Convolver* convolver_or_null() const { return convolver.get(); }

  /// How one of n lights that are integrated is: they share the floor.
  LightOptions light_options(double flux, std::size_t n_lights) const;

  Shape shape;
  RenderOptions options;
  std::shared_ptr<const Convolver> convolver;  ///< null without a PSF
  std::optional<ConvolvedProfiles> profiles;
  Grid light_grid;           ///< on which light is integrated: wider than the image where there is a PSF
  double floor_share = 1.0;  ///< of a data pixel's error that a pixel of the light grid may have
};

}  // namespace gaxel
