#include "integrate/tile_sums.hpp"

#include <algorithm>

#include "integrate/node_kernel.hpp"
#include "integrate/tile_kernel.hpp"

namespace gaxel {

std::size_t TileSums::Hash::operator()(const TilePlace& place) const {
  std::uint64_t hash = 0;
  for (const int part : {place.row, place.col, place.side_x, place.side_y, place.order_x, place.order_y}) {
    hash = (hash ^ static_cast<std::uint64_t>(part)) * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29;
  }
  return hash;
}

void TileSums::add(const TilePlace& place, const double* values, double scale) {
  const auto size = static_cast<std::size_t>(place.order_x) * static_cast<std::size_t>(place.order_y);
  const auto [found, is_new] = index_.try_emplace(place, entries_.size());
  if (is_new) {
    entries_.push_back({place, values_.size()});
    values_.resize(values_.size() + size, 0.0);
  }
  add_scaled(values, size, scale, values_.data() + entries_[found->second].first);
}

void TileSums::expand(const RowBand& band, ImageView image) const {
  for (const Entry& entry : entries_) {
    expand_on_band(entry.place, values_.data() + entry.first, 1.0, band, Write::kAdd, image);
  }
}

Shape covered_by(const TilePlace& place, const RowBand& band, int nx) {
  return {std::min(place.side_y, band.first_row + band.n_rows - place.row),
          std::min(place.side_x, nx - place.col)};
}

void expand_on_band(const TilePlace& place, const double* values, double scale, const RowBand& band,
                    Write write, ImageView image) {
  const Shape covered = covered_by(place, band, image.nx());
  expand_tile(tile_rule(place.side_x, place.order_x), tile_rule(place.side_y, place.order_y), values, scale,
              covered.ny, covered.nx, write, image.row(place.row) + place.col, image.nx());
}

void contract_from_band(const TilePlace& place, const RowBand& band, ConstImageView image, double* values) {
  const Shape covered = covered_by(place, band, image.nx());
  contract_tile(tile_rule(place.side_x, place.order_x), tile_rule(place.side_y, place.order_y),
                image.row(place.row) + place.col, image.nx(), covered.ny, covered.nx, values);
}

}  // namespace gaxel
