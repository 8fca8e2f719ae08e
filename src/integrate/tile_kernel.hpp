// The expansion of a tile in vectors, and its transpose.
#pragma once

#include "integrate/tile_rule.hpp"

namespace gaxel {

/// What happens to what a pixel holds already.
enum class Write { kAdd, kReplace };

/// Writes scale times the means over the tile's pixels to `image`, rows `stride` apart, for its first n_rows
/// and n_cols: mean[m][n] = sum_lk y.means[l][m] x.means[k][n] values[l][k], values (y.order, x.order)
/// row-major.
void expand_tile(const TileRule& x, const TileRule& y, const double* values, double scale, int n_rows,
                 int n_cols, Write write, double* image, long stride);

/// The transpose: values[l][k] = sum_mn y.means[l][m] x.means[k][n] image[m][n] over the first n_rows and
/// n_cols.
void contract_tile(const TileRule& x, const TileRule& y, const double* image, long stride, int n_rows,
                   int n_cols, double* values);

}  // namespace gaxel
