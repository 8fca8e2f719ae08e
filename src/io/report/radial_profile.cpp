#include "io/report/radial_profile.hpp"

#include <algorithm>
#include <cmath>

namespace gaxel::io::report {
namespace {

struct Sums {
  std::int64_t count = 0;
  double radius = 0.0;
  double data = 0.0;
  double variance = 0.0;
  std::vector<double> models;
};

// Outer edges: the innermost annulus is the ellipse that holds the central pixel.
std::vector<double> annulus_edges(double farthest, double q) {
  const double narrowest = 1.0 / std::sqrt(q);
  std::vector<double> edges = {0.6 * narrowest};
  while (edges.back() <= farthest) edges.push_back(edges.back() + std::max(narrowest, 0.1 * edges.back()));
  return edges;
}

}  // namespace

double Ellipses::radius(double x_pixel, double y_pixel) const {
  const double dx = x_pixel - x;
  const double dy = y_pixel - y;
  const double along = dx * std::cos(theta) + dy * std::sin(theta);
  const double across = dy * std::cos(theta) - dx * std::sin(theta);
  return std::hypot(along, across / q);
}

std::vector<Annulus> radial_profile(ConstImageView data, ConstImageView sigma,
                                    std::span<const std::uint8_t> used,
                                    std::span<const ConstImageView> models, const Ellipses& ellipses) {
  double farthest = 0.0;
  for (int row = 0; row < data.ny(); ++row) {
    for (int col = 0; col < data.nx(); ++col) farthest = std::max(farthest, ellipses.radius(col, row));
  }
  const std::vector<double> edges = annulus_edges(farthest, ellipses.q);
  std::vector<Sums> sums(edges.size(), Sums{.models = std::vector<double>(models.size())});
  for (int row = 0; row < data.ny(); ++row) {
    for (int col = 0; col < data.nx(); ++col) {
      const std::size_t i =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(data.nx()) + static_cast<std::size_t>(col);
      if (!used[i]) continue;
      const double radius = ellipses.radius(col, row);
      const auto edge = std::lower_bound(edges.begin(), edges.end(), radius);
      Sums& sum = sums[static_cast<std::size_t>(edge - edges.begin())];
      ++sum.count;
      sum.radius += radius;
      sum.data += data(row, col);
      sum.variance += sigma(row, col) * sigma(row, col);
      for (std::size_t k = 0; k < models.size(); ++k) sum.models[k] += models[k](row, col);
    }
  }
  std::vector<Annulus> annuli;
  for (Sums& sum : sums) {
    if (sum.count == 0) continue;
    const auto n = static_cast<double>(sum.count);
    for (double& value : sum.models) value /= n;
    annuli.push_back(
        {sum.radius / n, sum.count, sum.data / n, std::sqrt(sum.variance) / n, std::move(sum.models)});
  }
  return annuli;
}

}  // namespace gaxel::io::report
