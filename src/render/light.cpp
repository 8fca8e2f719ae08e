#include "render/light.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/parallel.hpp"
#include "integrate/component_frame.hpp"
#include "profile/make_law.hpp"

namespace gaxel {
namespace {

constexpr int kBandRows = 64;

void add_each(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums) {
  sums.resize(std::max(sums.size(), counts.size()), 0);
  for (std::size_t k = 0; k < counts.size(); ++k) sums[k] += counts[k];
}

// Cells of all levels, then the cusps, summed over bands and components.
void add_counts(const WorkCount& work, Certificate& certificate) {
  add_each(work.tiles_per_size, certificate.tiles_per_size);
  auto& cells = certificate.cells_per_level;
  const std::int64_t cusps = (cells.empty() ? 0 : cells.back()) + work.n_cusps;
  if (!cells.empty()) {
    cells.pop_back();
  }
  add_each(work.cells_per_level, cells);
  cells.push_back(cusps);
  certificate.n_evaluations += work.n_evaluations;
}

}  // namespace

EllipticalLight::EllipticalLight(const Component& component)
    : law_(make_law(component)), frame_(frame_of(component)), flux_(component.value(Role::kFlux)) {}

void EllipticalLight::render(const Grid& grid, const Tolerance& tolerance, int threads, ImageView image,
                             std::span<const LightParameter> parameters,
                             std::span<const ImageView> derivatives, ImageView* bound,
                             Certificate& certificate) const {
  const int n_bands = (grid.shape.ny + kBandRows - 1) / kBandRows;
  std::vector<WorkCount> work(static_cast<std::size_t>(n_bands));
  std::vector<char> limit_hit(static_cast<std::size_t>(n_bands), 0);
  parallel_for(n_bands, threads, [&](int i) {
    const Band band{i * kBandRows, std::min(kBandRows, grid.shape.ny - i * kBandRows)};
    const Plan plan = prepare(*law_, frame_, grid, band, {tolerance.atol, tolerance.rtol}, bound != nullptr);
    const auto index = static_cast<std::size_t>(i);
    limit_hit[index] = plan.limit_hit ? 1 : 0;
    work[index] = parameters.empty()
                      ? execute(plan, *law_, frame_, flux_, image)
                      : execute_with_derivatives(plan, *law_, frame_, flux_, parameters, image, derivatives);
    if (bound != nullptr) {
      add_error_bound(plan, *law_, frame_, flux_, *bound);
    }
  });
  for (std::size_t i = 0; i < work.size(); ++i) {
    add_counts(work[i], certificate);
    certificate.limit_hit |= limit_hit[i] != 0;
  }
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
