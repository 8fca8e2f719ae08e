#include "fit/image_moments.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace gaxel {

namespace {

double median_of(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Calls visit(index, dx, dy) for every pixel that may be looked at, not further from `centre` than
/// `reach_x`, `reach_y`.
template <typename Visit>
void for_pixels(const Light& light, Point centre, double reach_x, double reach_y, const Visit& visit) {
  const Shape shape = light.value.shape();
  const auto first = [](double from) { return static_cast<int>(std::max(0.0, std::ceil(from))); };
  const auto last = [](double to, int size) {
    return static_cast<int>(std::min(size - 1.0, std::floor(to)));
  };
  const int last_column = last(centre.x + reach_x, shape.nx);
  const int last_row = last(centre.y + reach_y, shape.ny);
  for (int row = first(centre.y - reach_y); row <= last_row; ++row) {
    for (int column = first(centre.x - reach_x); column <= last_column; ++column) {
      const std::size_t index = static_cast<std::size_t>(row) * static_cast<std::size_t>(shape.nx) +
                                static_cast<std::size_t>(column);
      if (light.used[index] != 0) visit(index, column - centre.x, row - centre.y);
    }
  }
}

template <typename Visit>
void for_pixels(const Light& light, Point centre, const Visit& visit) {
  constexpr double kFar = std::numeric_limits<double>::infinity();
  for_pixels(light, centre, kFar, kFar, visit);
}

/// Sums over the rectangle of corners (0, 0) and (column, row), for sums over any rectangle by differences.
class SumTable {
 public:
  template <typename Value>
  SumTable(Shape shape, const Value& value) : width_(static_cast<std::size_t>(shape.nx) + 1) {
    sums_.assign(width_ * (static_cast<std::size_t>(shape.ny) + 1), 0.0);
    for (int row = 0; row < shape.ny; ++row) {
      double along = 0.0;
      for (int column = 0; column < shape.nx; ++column) {
        along += value(row, column);
        at(row + 1, column + 1) = at(row, column + 1) + along;
      }
    }
  }
  double sum(int row0, int row1, int column0, int column1) const {  // ends not included
    return at(row1, column1) - at(row0, column1) - at(row1, column0) + at(row0, column0);
  }

 private:
  double& at(int row, int column) {
    return sums_[static_cast<std::size_t>(row) * width_ + static_cast<std::size_t>(column)];
  }
  double at(int row, int column) const {
    return sums_[static_cast<std::size_t>(row) * width_ + static_cast<std::size_t>(column)];
  }

  std::size_t width_;
  std::vector<double> sums_;
};

}  // namespace

double clipped_median(std::vector<double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  constexpr int kRounds = 10;
  double median = median_of(values);
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> distance(values.size());
    std::ranges::transform(values, distance.begin(), [&](double v) { return std::abs(v - median); });
    const double limit = 3.0 * 1.4826 * median_of(distance);
    std::vector<double> kept;
    std::ranges::copy_if(values, std::back_inserter(kept),
                         [&](double v) { return std::abs(v - median) <= limit; });
    if (kept.size() == values.size()) break;
    values = std::move(kept);
    median = median_of(values);
  }
  return median;
}

double sky_level(const Observation& observation) {
  const Shape shape = observation.data.shape();
  const int border = std::max(2, std::min(shape.ny, shape.nx) / 16);
  constexpr std::size_t kEnough = 30;
  std::array<std::vector<double>, 4> sides;
  std::vector<double> all;
  std::size_t index = 0;
  for (int row = 0; row < shape.ny; ++row) {
    for (int column = 0; column < shape.nx; ++column, ++index) {
      if (observation.used[index] == 0) continue;
      const double value = observation.data.data()[index];
      all.push_back(value);
      if (row < border) sides[0].push_back(value);
      if (row >= shape.ny - border) sides[1].push_back(value);
      if (column < border) sides[2].push_back(value);
      if (column >= shape.nx - border) sides[3].push_back(value);
    }
  }
  double lowest = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& side : sides) {
    if (side.size() >= kEnough) lowest = std::min(lowest, clipped_median(side));
  }
  return std::isfinite(lowest) ? lowest : clipped_median(all);
}

std::optional<Peak> brightest(const Light& light) {
  const Shape shape = light.value.shape();
  const auto pixel = [&](int row, int column) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(shape.nx) +
           static_cast<std::size_t>(column);
  };
  const auto sum_of = [&](const auto& value) {
    return SumTable(shape, [&](int row, int column) {
      return light.used[pixel(row, column)] != 0 ? value(pixel(row, column)) : 0.0;
    });
  };
  const SumTable values = sum_of([&](std::size_t i) { return light.value.data()[i]; });
  const SumTable variances =
      sum_of([&](std::size_t i) { return light.sigma->data()[i] * light.sigma->data()[i]; });
  const SumTable counts = sum_of([](std::size_t) { return 1.0; });

  constexpr double kStandsOut = 8.0;
  std::optional<Peak> best;
  for (const int half : {1, 3, 9}) {
    best.reset();
    for (int row = 0; row < shape.ny; ++row) {
      for (int column = 0; column < shape.nx; ++column) {
        if (light.used[pixel(row, column)] == 0) continue;
        const int row0 = std::max(0, row - half);
        const int row1 = std::min(shape.ny, row + half + 1);
        const int column0 = std::max(0, column - half);
        const int column1 = std::min(shape.nx, column + half + 1);
        const double sum = values.sum(row0, row1, column0, column1);
        const double brightness = sum / counts.sum(row0, row1, column0, column1);
        if (best && brightness <= best->brightness) continue;
        const double significance = sum / std::sqrt(variances.sum(row0, row1, column0, column1));
        best = Peak{{static_cast<double>(column), static_cast<double>(row)}, brightness, significance};
      }
    }
    if (best && best->significance > kStandsOut) break;
  }
  return best;
}

double Ellipse::mean_square() const {
  return std::sqrt(std::max(0.0, xx * yy - xy * xy));
}

double Ellipse::axis_ratio() const {
  const double mean = 0.5 * (xx + yy);
  const double difference = std::hypot(0.5 * (xx - yy), xy);
  return std::sqrt(std::max(0.0, mean - difference) / (mean + difference));
}

double Ellipse::direction() const {
  return 0.5 * std::atan2(2.0 * xy, xx - yy);
}

Ellipse adaptive_moments(const Light& light, Point centre, double radius) {
  const double size = radius * radius;
  const Ellipse round{size, 0.0, size};
  Ellipse shape = round;
  constexpr int kRounds = 50;
  constexpr double kReach = 4.0;  // standard deviations of the weight
  for (int count = 0; count < kRounds; ++count) {
    const double determinant = shape.xx * shape.yy - shape.xy * shape.xy;
    double sum = 0.0;
    Ellipse next{0.0, 0.0, 0.0};
    const double reach_x = kReach * std::sqrt(shape.xx);
    const double reach_y = kReach * std::sqrt(shape.yy);
    for_pixels(light, centre, reach_x, reach_y, [&](std::size_t i, double dx, double dy) {
      const double s = (shape.yy * dx * dx - 2.0 * shape.xy * dx * dy + shape.xx * dy * dy) / determinant;
      const double weighted = light.value.data()[i] * std::exp(-0.5 * s);
      sum += weighted;
      next.xx += weighted * dx * dx;
      next.xy += weighted * dx * dy;
      next.yy += weighted * dy * dy;
    });
    // A Gaussian times its own weight has half its moments.
    const double scale = 2.0 / sum;
    next = {scale * next.xx, scale * next.xy, scale * next.yy};
    const bool sane = sum > 0.0 && next.xx > 0.0 && next.yy > 0.0 && next.axis_ratio() > 0.02 &&
                      next.mean_square() > 0.05 && next.mean_square() < 100.0 * size;
    if (!sane) return round;
    const double change =
        std::abs(next.xx - shape.xx) + std::abs(next.xy - shape.xy) + std::abs(next.yy - shape.yy);
    shape = next;
    if (change < 1e-3 * (shape.xx + shape.yy)) return shape;
  }
  return shape;
}

Growth curve_of_growth(const Light& light, Point centre) {
  const Shape shape = light.value.shape();
  const auto n_rings = static_cast<std::size_t>(std::hypot(shape.nx, shape.ny)) + 2;
  struct Ring {
    double sum = 0.0;
    double variance = 0.0;
    double count = 0.0;
  };
  std::vector<Ring> rings(n_rings);
  for_pixels(light, centre, [&](std::size_t i, double dx, double dy) {
    const auto k = static_cast<std::size_t>(std::hypot(dx, dy));
    if (k >= n_rings) return;
    rings[k].sum += light.value.data()[i];
    rings[k].variance += light.sigma->data()[i] * light.sigma->data()[i];
    rings[k].count += 1.0;
  });

  Growth growth;
  std::vector<double> inside;  // flux within the outer edge of each ring
  double variance = 0.0;
  double mean = 0.0;
  int dark = 0;
  for (std::size_t k = 0; k < n_rings; ++k) {
    const double area = std::numbers::pi * (2.0 * static_cast<double>(k) + 1.0);
    const bool covered = rings[k].count > 0.25 * area;
    if (!covered && k > 2) break;
    // Rings that are masked shine like the one inside them.
    if (rings[k].count > 0.0) mean = rings[k].sum / rings[k].count;
    const double error = rings[k].count > 0.0 ? std::sqrt(rings[k].variance) / rings[k].count : 0.0;
    dark = mean > 2.0 * error ? 0 : dark + 1;
    if (dark >= 3 && growth.flux > 0.0) break;
    growth.flux += mean * area;
    variance += error * error * area * area;
    inside.push_back(growth.flux);
  }
  growth.flux_error = std::sqrt(variance);
  for (std::size_t k = 0; k < inside.size(); ++k) {
    if (inside[k] < 0.5 * growth.flux) continue;
    const double before = k > 0 ? inside[k - 1] : 0.0;
    const double part = inside[k] > before ? (0.5 * growth.flux - before) / (inside[k] - before) : 1.0;
    growth.half_radius = static_cast<double>(k) + part;
    break;
  }
  return growth;
}

void remove_object(Light& light, Point centre, const Ellipse& shape) {
  const double determinant = shape.xx * shape.yy - shape.xy * shape.xy;
  const double major =
      std::sqrt(0.5 * (shape.xx + shape.yy) + std::hypot(0.5 * (shape.xx - shape.yy), shape.xy));
  const auto ring_of = [&](double dx, double dy) {
    const double s = (shape.yy * dx * dx - 2.0 * shape.xy * dx * dy + shape.xx * dy * dy) / determinant;
    return static_cast<std::size_t>(major * std::sqrt(s));
  };
  constexpr double kCore = 3.0;  // standard deviations of the Gaussian of this shape
  std::vector<std::vector<double>> rings;
  for_pixels(light, centre, [&](std::size_t i, double dx, double dy) {
    const std::size_t k = ring_of(dx, dy);
    if (k >= rings.size()) rings.resize(k + 1);
    rings[k].push_back(light.value.data()[i]);
  });
  std::vector<double> level(rings.size(), 0.0);
  for (std::size_t k = 0; k < rings.size(); ++k) {
    if (!rings[k].empty()) level[k] = median_of(rings[k]);
  }
  const auto core = static_cast<std::size_t>(kCore * major);
  for_pixels(light, centre, [&](std::size_t i, double dx, double dy) {
    const std::size_t k = ring_of(dx, dy);
    light.value.data()[i] -= level[k];
    if (k <= core) light.used[i] = 0;
  });
}

}  // namespace gaxel
