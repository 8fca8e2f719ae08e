#include "render/bands.hpp"

#include <algorithm>

#include "integrate/tile_rule.hpp"

namespace gaxel {
namespace {

constexpr int kBandRows = 2 * kMaxTileSide;

void add_each(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums) {
  sums.resize(std::max(sums.size(), counts.size()), 0);
  for (std::size_t k = 0; k < counts.size(); ++k) sums[k] += counts[k];
}

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
  auto& cells = certificate.cells_per_level;
  const std::int64_t cusps = (cells.empty() ? 0 : cells.back()) + work.n_cusps;
  if (!cells.empty()) cells.pop_back();
  add_each(work.tiles_per_size, certificate.tiles_per_size);
  add_each(work.cells_per_level, cells);
  cells.push_back(cusps);
  certificate.n_evaluations += work.n_evaluations;
  certificate.limit_hit |= limit_hit;
}

}  // namespace gaxel
