#include "render/work_sums.hpp"

#include <algorithm>
#include <cstddef>

namespace gaxel {

void add_each(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums) {
  sums.resize(std::max(sums.size(), counts.size()), 0);
  for (std::size_t k = 0; k < counts.size(); ++k) sums[k] += counts[k];
}

void add_cells(const std::vector<std::int64_t>& cells_per_level, std::int64_t n_cusps,
               std::vector<std::int64_t>& sums) {
  if (!sums.empty()) {
    n_cusps += sums.back();
    sums.pop_back();
  }
  add_each(cells_per_level, sums);
  sums.push_back(n_cusps);
}

}  // namespace gaxel
