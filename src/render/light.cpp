#include "render/light.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/parallel.hpp"
#include "integrate/component_frame.hpp"
#include "integrate/tile_rule.hpp"
#include "profile/make_law.hpp"

namespace gaxel {
namespace {

constexpr int kBandRows = 2 * kMaxTileSide;

void add_each(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums) {
  sums.resize(std::max(sums.size(), counts.size()), 0);
  for (std::size_t k = 0; k < counts.size(); ++k) sums[k] += counts[k];
}

// The work of a band, or of all of them.
struct Tally {
  WorkCount work;
  bool limit_hit = false;

  void add(const Plan& plan, const WorkCount& done) {
    limit_hit |= plan.limit_hit;
    work.n_evaluations += done.n_evaluations;
    work.n_cusps += done.n_cusps;
    add_each(done.tiles_per_size, work.tiles_per_size);
    add_each(done.cells_per_level, work.cells_per_level);
  }

  // The certificate lists the cells of all levels, then the cusps.
  void enter(Certificate& certificate) const {
    auto& cells = certificate.cells_per_level;
    const std::int64_t cusps = (cells.empty() ? 0 : cells.back()) + work.n_cusps;
    if (!cells.empty()) cells.pop_back();
    add_each(work.tiles_per_size, certificate.tiles_per_size);
    add_each(work.cells_per_level, cells);
    cells.push_back(cusps);
    certificate.n_evaluations += work.n_evaluations;
    certificate.limit_hit |= limit_hit;
  }
};

Plan plan_of(const EllipticalLight& light, const LightOptions& options, const Band& band,
             const ImageView* bound) {
  const PixelTolerance tolerance{options.tolerance.atol, options.tolerance.rtol};
  return prepare(*light.law, light.frame, options.grid, band, tolerance, bound != nullptr);
}

// Calls work(band, tally) for every band of the grid.
template <class Work>
void for_each_band(const LightOptions& options, Certificate& certificate, Work&& work) {
  const int n_rows = options.grid.shape.ny;
  const int n_bands = (n_rows + kBandRows - 1) / kBandRows;
  std::vector<Tally> tallies(static_cast<std::size_t>(n_bands));
  parallel_for(n_bands, options.threads, [&](int i) {
    const Band band{i * kBandRows, std::min(kBandRows, n_rows - i * kBandRows)};
    work(band, tallies[static_cast<std::size_t>(i)]);
  });
  for (const Tally& tally : tallies) tally.enter(certificate);
}

}  // namespace

EllipticalLight::EllipticalLight(const Component& component)
    : law(make_law(component)), frame(frame_of(component)), flux(component.value(Role::kFlux)) {}

void render_lights(std::span<const EllipticalLight> lights, const LightOptions& options, ImageView image,
                   ImageView* bound, Certificate& certificate) {
  const bool share = lights.size() > 1;
  for_each_band(options, certificate, [&](const Band& band, Tally& tally) {
    TileSums sums;
    for (const EllipticalLight& light : lights) {
      const Plan plan = plan_of(light, options, band, bound);
      tally.add(plan, execute(plan, *light.law, light.frame, light.flux, image, share ? &sums : nullptr));
      if (bound != nullptr) add_error_bound(plan, *light.law, light.frame, light.flux, *bound);
    }
    sums.expand(band, image);
  });
}

void render_with_derivatives(const EllipticalLight& light, const LightOptions& options,
                             std::span<const LightParameter> parameters, ImageView image,
                             std::span<const ImageView> derivatives, ImageView* bound,
                             Certificate& certificate) {
  for_each_band(options, certificate, [&](const Band& band, Tally& tally) {
    const Plan plan = plan_of(light, options, band, bound);
    tally.add(plan, execute_with_derivatives(plan, *light.law, light.frame, light.flux, parameters, image,
                                             derivatives));
    if (bound != nullptr) add_error_bound(plan, *light.law, light.frame, light.flux, *bound);
  });
}

LightParameter light_parameter(Role role) {
  switch (role) {
    case Role::kX:
      return LightParameter::kX;
    case Role::kY:
      return LightParameter::kY;
    case Role::kFlux:
      return LightParameter::kFlux;
    case Role::kRe:
      return LightParameter::kRe;
    case Role::kN:
      return LightParameter::kShape;
    case Role::kQ:
      return LightParameter::kQ;
    case Role::kTheta:
      return LightParameter::kTheta;
    case Role::kLevel:
    case Role::kSlopeX:
    case Role::kSlopeY:
      break;
  }
  throw std::logic_error("not a parameter of an elliptical component");
}

}  // namespace gaxel
