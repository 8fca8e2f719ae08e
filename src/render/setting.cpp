#include "render/setting.hpp"

#include <algorithm>
#include <cmath>

#include "psf/convolver_cache.hpp"
#include "render/check_options.hpp"

namespace gaxel {

Setting::Setting(Shape image_shape, const std::optional<Psf>& psf, const RenderOptions& render_options)
    : shape(image_shape), options(render_options), light_grid{image_shape, 0.0, 0.0, 1.0} {
  check_options(shape, options);
  if (!psf) return;
  convolver = ConvolverCache::convolver(*psf, shape, convolver_options(options.tolerance));
  light_grid = convolver->model_grid();
  profiles.emplace(*psf, *convolver, options);
  floor_share = 1.0 / convolver->amplification(Sampling::kIntegrated);
}

LightOptions Setting::light_options(double flux, std::size_t n_lights) const {
  constexpr double kLeastAccuracy = 1e-6;  // of its flux, to which a light of next to none is still known
  const double floor = options.tolerance.floor * floor_share / static_cast<double>(n_lights);
  const double of_flux = floor > 0.0 ? std::min(floor / std::abs(flux), kLeastAccuracy) : 0.0;
  return {
      light_grid, {options.tolerance.atol + of_flux, options.tolerance.rtol}, options.threads, n_lights > 1};
}

}  // namespace gaxel
