#include "io/smooth.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace gaxel::io {

namespace {

/// The weighted sums along rows, written with rows and columns swapped.
Image summed_rows(const Image& image, const std::vector<double>& weights) {
  const int reach = static_cast<int>(weights.size()) - 1;
  Image result(Shape{image.nx(), image.ny()});
  for (int row = 0; row < image.ny(); ++row) {
    for (int col = 0; col < image.nx(); ++col) {
      const int first = std::max(0, col - reach);
      const int last = std::min(image.nx() - 1, col + reach);
      double sum = 0.0;
      for (int other = first; other <= last; ++other)
        sum += weights[static_cast<std::size_t>(std::abs(other - col))] * image(row, other);
      result(col, row) = sum;
    }
  }
  return result;
}

}  // namespace

Image smoothed(ConstImageView image, double sigma) {
  std::vector<double> weights;
  for (int i = 0; i <= static_cast<int>(std::ceil(4.0 * sigma)); ++i)
    weights.push_back(std::exp(-0.5 * (i / sigma) * (i / sigma)));
  Image values(image.shape());
  Image known(image.shape());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(image.pixels()[i])) continue;
    values.pixels()[i] = image.pixels()[i];
    known.pixels()[i] = 1.0;
  }
  values = summed_rows(summed_rows(values, weights), weights);
  known = summed_rows(summed_rows(known, weights), weights);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double weight = known.pixels()[i];
    values.pixels()[i] = weight > 0.0 ? values.pixels()[i] / weight : image.pixels()[i];
  }
  return values;
}

}  // namespace gaxel::io
