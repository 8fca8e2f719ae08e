// What a prepared refinement holds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gaxel/integration.hpp"

namespace gaxel {

/// The cells of a level that are not split. Families, the parts of one cell of the level above, are evaluated
/// together where all of them are leaves.
struct LevelLeaves {
  Points families;  ///< the centres of the cells above
  std::vector<std::size_t> family_index;
  Points singles;
  std::vector<std::size_t> single_index;
  double largest_difference = 0.0;  ///< |G - C| at preparation, finite ones
};

struct SubpixelRefinement::Plan {
  RefinementOptions options;
  std::vector<LevelLeaves> leaves;  ///< by level
  std::vector<std::vector<std::int64_t>> idx_to_refine;
  std::vector<std::vector<double>> integrated_pixels;
  std::vector<std::int64_t> n_imprecise;
  std::int64_t n_to_refine = 0;
  RefinementCertificate certificate;
};

/// Enters the leaf's value and error estimate.
inline void add_leaf(RefinementCertificate& certificate, double value, double error, double precision) {
  certificate.n_imprecise += error > precision ? 1 : 0;
  certificate.n_non_finite += std::isfinite(value) ? 0 : 1;
  if (!std::isfinite(error)) return;
  certificate.max_error = std::max(certificate.max_error, error);
  certificate.sum_error += error;
}

}  // namespace gaxel
