#include "render/setting.hpp"

#include <algorithm>
#include <cmath>

#include "psf/convolver_cache.hpp"
#include "render/check_options.hpp"

namespace gaxel {
namespace {

// Of the tolerance, what cells of the light grid may use up: a quarter goes to what the PSF has beyond its
// reach (convolver_options), a tenth to light beyond the cells' frequencies (DrawnProfiles), some to
// rounding.
constexpr double kCellsShare = 0.6;

}  // namespace

Setting::Setting(Shape image_shape, const std::optional<Psf>& psf, const RenderOptions& render_options)
    : shape(image_shape), options(render_options), psf_(psf) {
  check_options(shape, options);
  if (!psf) return;
  convolver = ConvolverCache::convolver(*psf, shape, convolver_options(options.tolerance));
  profiles.emplace(*psf, *convolver, options);
}

Grid Setting::model_grid() const {
  return has_psf() ? convolver->model_grid() : Grid{shape, 0.0, 0.0, 1.0};
}

const DrawnProfiles& Setting::drawn() const {
  std::call_once(drawn_made_, [&] {
    drawn_ = std::make_unique<const DrawnProfiles>(*psf_, *convolver, options.tolerance);
  });
  return *drawn_;
}

LightOptions Setting::light_options(double flux, std::size_t n_lights) const {
  constexpr double kLeastAccuracy = 1e-6;  // of its flux, to which a light of next to none is still known
  // Of a pixel's error, what a pixel of light and a cell of the light grid may have.
  double of_light = 1.0;
  double of_pixel = 1.0;
  if (has_psf()) {
    of_light = kCellsShare / convolver->amplification(Sampling::kIntegrated);
    of_pixel = of_light / (drawn().cells_per_pixel() * drawn().cells_per_pixel());
  }
  const double floor = options.tolerance.floor * of_pixel / static_cast<double>(n_lights);
  const double of_flux = floor > 0.0 ? std::min(floor / std::abs(flux), kLeastAccuracy) : 0.0;
  return {light_grid(),
          {options.tolerance.atol * of_pixel + of_flux, options.tolerance.rtol * of_light},
          options.threads,
          n_lights > 1};
}

}  // namespace gaxel
