// What all renders of one renderer have in common.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>

#include "gaxel/render.hpp"
#include "psf/convolver.hpp"
#include "render/bands.hpp"
#include "render/convolved_profiles.hpp"
#include "render/drawn_profiles.hpp"

namespace gaxel {

/// Immutable, and stays where it is made: its parts refer to each other.
struct Setting {
  Setting(Shape image_shape, const std::optional<Psf>& psf, const RenderOptions& render_options);
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  bool has_psf() const { return convolver != nullptr; }
  const Convolver* convolver_or_null() const { return convolver.get(); }

  /// Where light counts: the image, which a PSF widens. Step 1.
  Grid model_grid() const;
  /// On which light is integrated: the image, or where there is a PSF the grid of drawn().
  Grid light_grid() const { return has_psf() ? drawn().grid() : model_grid(); }
  /// What convolves light that is drawn on light_grid(). There is a PSF.
  const DrawnProfiles& drawn() const;
  /// How surfaces are drawn there.
  Drawing surface_drawing() const { return has_psf() ? Drawing::kSplines : Drawing::kPixels; }

  /// How one of n lights that are integrated is: they share the floor.
  LightOptions light_options(double flux, std::size_t n_lights) const;

  Shape shape;
  RenderOptions options;
  std::shared_ptr<const Convolver> convolver;  ///< null without a PSF
  std::optional<ConvolvedProfiles> profiles;

 private:
  mutable std::once_flag drawn_made_;
  mutable std::unique_ptr<const DrawnProfiles> drawn_;
  std::optional<Psf> psf_;
};

}  // namespace gaxel
