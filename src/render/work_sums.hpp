// The work that a certificate tells, added up.
#pragma once

#include <cstdint>
#include <vector>

namespace gaxel {

/// Adds counts entry by entry; sums grow as needed.
void add_each(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums);

/// Adds to a certificate's list of cells, in which those of all levels come before the cusps. An empty one
/// has neither.
void add_cells(const std::vector<std::int64_t>& cells_per_level, std::int64_t n_cusps,
               std::vector<std::int64_t>& sums);

}  // namespace gaxel
