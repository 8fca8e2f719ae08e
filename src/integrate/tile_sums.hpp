// Tiles of many components: light is added up at the nodes, and expanded once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "gaxel/image.hpp"
#include "integrate/plan.hpp"
#include "integrate/tile_kernel.hpp"

namespace gaxel {

/// Where a tile lies, and its rule.
struct TilePlace {
  int row;
  int col;
  int side_x;
  int side_y;
  int order_x;
  int order_y;

  friend bool operator==(const TilePlace&, const TilePlace&) = default;
};

/// Sums of light at the nodes of tiles. Tiles of the same place and rule share one entry. Not for several
/// threads at once.
class TileSums {
 public:
  /// Adds scale times `values` (order_y, order_x) to the tile's entry.
  void add(const TilePlace& place, const double* values, double scale);

  /// Adds the expansions of all entries to the pixels of the band.
  void expand(const RowBand& band, ImageView image) const;

 private:
  struct Hash {
    std::size_t operator()(const TilePlace& place) const;
  };
  struct Entry {
    TilePlace place;
    std::size_t first;  ///< of its values
  };

  std::unordered_map<TilePlace, std::size_t, Hash> index_;
  std::vector<Entry> entries_;  ///< in the order of their first use: sums do not depend on the hash
  std::vector<double> values_;
};

/// Rows and columns of a tile that lie in the band of an image nx pixels wide.
Shape covered_by(const TilePlace& place, const RowBand& band, int nx);

/// Writes scale times the expansion of a tile's values to the pixels of the band that it covers.
void expand_on_band(const TilePlace& place, const double* values, double scale, const RowBand& band,
                    Write write, ImageView image);

/// The transpose: writes to `values` what the pixels of the band that the tile covers amount to at its nodes.
void contract_from_band(const TilePlace& place, const RowBand& band, ConstImageView image, double* values);

}  // namespace gaxel
