#include "fit/noise_correlation.hpp"

#include <algorithm>
#include <cmath>

namespace gaxel {
namespace {

constexpr double kSignificant = 2.0;  // standard deviations

/// Calls visit(i, j) for all pairs of pixels at a distance.
template <class Visit>
void for_each_pair(Shape shape, int dy, int dx, Visit visit) {
  const auto nx = static_cast<std::size_t>(shape.nx);
  for (int row = std::max(0, -dy); row < shape.ny - std::max(0, dy); ++row) {
    for (int column = std::max(0, -dx); column < shape.nx - std::max(0, dx); ++column) {
      const std::size_t i = static_cast<std::size_t>(row) * nx + static_cast<std::size_t>(column);
      visit(i, i + static_cast<std::size_t>(dy) * nx + static_cast<std::size_t>(dx));
    }
  }
}

}  // namespace

double NoiseCorrelation::error_factor() const {
  double sum = 0.0;
  for (const double one : rho) sum += one;
  return std::sqrt(mean_square * std::max(sum, 0.0));
}

NoiseCorrelation noise_correlation(const Image& residual, const Image& light,
                                   std::span<const std::uint8_t> used) {
  std::vector<std::uint8_t> background(used.begin(), used.end());
  for (std::size_t i = 0; i < background.size(); ++i) {
    if (!(std::abs(light.data()[i]) < 1.0)) background[i] = 0;
  }
  const auto n_used = std::ranges::count(used, 1);
  const auto n_background = std::ranges::count(background, 1);
  if (10 * n_background < n_used) background.assign(used.begin(), used.end());

  NoiseCorrelation result;
  double square = 0.0;
  double n = 0.0;
  for (std::size_t i = 0; i < background.size(); ++i) {
    if (background[i] == 0) continue;
    square += residual.data()[i] * residual.data()[i];
    n += 1.0;
  }
  result.n_pixels = static_cast<std::int64_t>(n);
  if (!(square > 0.0)) return result;
  result.mean_square = square / n;
  for (int dy = 0; dy <= kCorrelationReach; ++dy) {
    for (int dx = dy == 0 ? 1 : -kCorrelationReach; dx <= kCorrelationReach; ++dx) {
      double product = 0.0;
      double pairs = 0.0;
      for_each_pair(residual.shape(), dy, dx, [&](std::size_t i, std::size_t j) {
        if (background[i] == 0 || background[j] == 0) return;
        product += residual.data()[i] * residual.data()[j];
        pairs += 1.0;
      });
      if (pairs == 0.0) continue;
      const double rho = product / pairs / result.mean_square;
      if (std::abs(rho) < kSignificant / std::sqrt(pairs)) continue;
      result.at(dy, dx) = result.at(-dy, -dx) = rho;
    }
  }
  return result;
}

Eigen::MatrixXd correlated_information(std::span<const Image> planes, const NoiseCorrelation& noise) {
  const auto n = static_cast<Eigen::Index>(planes.size());
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index b = 0; b < n; ++b) {
    const Image& plane = planes[static_cast<std::size_t>(b)];
    Image spread = plane;
    for (int dy = -kCorrelationReach; dy <= kCorrelationReach; ++dy) {
      for (int dx = -kCorrelationReach; dx <= kCorrelationReach; ++dx) {
        const double rho = noise.at(dy, dx);
        if (rho == 0.0 || (dy == 0 && dx == 0)) continue;
        for_each_pair(plane.shape(), dy, dx,
                      [&](std::size_t i, std::size_t j) { spread.data()[i] += rho * plane.data()[j]; });
      }
    }
    for (Eigen::Index a = 0; a < n; ++a) {
      const double* own = planes[static_cast<std::size_t>(a)].data();
      for (std::size_t i = 0; i < spread.size(); ++i) sum(a, b) += own[i] * spread.data()[i];
    }
  }
  return 0.5 * (sum + sum.transpose());
}

}  // namespace gaxel
