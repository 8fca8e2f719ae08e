#include "render/bands.hpp"

#include <algorithm>

#include "integrate/tile_rule.hpp"
#include "render/work_sums.hpp"

namespace gaxel {
namespace {

constexpr int kBandRows = 2 * kMaxTileSide;

}  // namespace

int n_bands(const Grid& grid) {
  return (grid.shape.ny + kBandRows - 1) / kBandRows;
}

Band band_of(const Grid& grid, int i) {
  return {i * kBandRows, std::min(kBandRows, grid.shape.ny - i * kBandRows)};
}

void Tally::add(const Plan& plan) {
  limit_hit |= plan.limit_hit;
  const WorkCount done = count_work(plan);
  work.n_evaluations += done.n_evaluations;
  work.n_cusps += done.n_cusps;
  add_each(done.tiles_per_size, work.tiles_per_size);
  add_each(done.cells_per_level, work.cells_per_level);
}

void Tally::enter(Certificate& certificate) const {
  add_each(work.tiles_per_size, certificate.tiles_per_size);
  add_cells(work.cells_per_level, work.n_cusps, certificate.cells_per_level);
  certificate.n_evaluations += work.n_evaluations;
  certificate.limit_hit |= limit_hit;
}

}  // namespace gaxel
