#include "io/band_pixels.hpp"

#include <fmt/format.h>

#include <Eigen/QR>
#include <cmath>
#include <optional>

#include "gaxel/error.hpp"
#include "io/wcs.hpp"

namespace gaxel::io {
namespace {

constexpr int kPointsPerSide = 5;
constexpr double kMostDistortion = 0.05;  // pixels

std::optional<Wcs> wcs_of(const TaskImage& image) {
  if (image.header.empty()) return std::nullopt;
  try {
    return Wcs(image.header);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

PixelMap shifted(const TaskImage& first, const TaskImage& other, PixelShift shift) {
  PixelMap map;
  map.x0 = first.placement.first_x - other.placement.first_x + shift.x;
  map.y0 = first.placement.first_y - other.placement.first_y + shift.y;
  return map;
}

}  // namespace

PixelMap pixel_map(const TaskImage& first, const TaskImage& other) {
  if (other.shift) return shifted(first, other, *other.shift);
  const std::optional<Wcs> from = wcs_of(first);
  const std::optional<Wcs> to = wcs_of(other);
  if (!from && !to) return shifted(first, other, {});
  if (!from || !to) {
    throw InputError({"", "band", (from ? other : first).band,
                      "its image has no coordinates on the sky, and another one's has", "all or none"});
  }
  constexpr int kPoints = kPointsPerSide * kPointsPerSide;
  Eigen::Matrix<double, kPoints, 3> here;
  Eigen::Matrix<double, kPoints, 2> there;
  for (int i = 0; i < kPoints; ++i) {
    const double x = (first.shape.nx - 1) * (i % kPointsPerSide) / (kPointsPerSide - 1.0);
    const double y = (first.shape.ny - 1) * (i / kPointsPerSide) / (kPointsPerSide - 1.0);
    const SkyPoint point = from->sky({first.placement.fits_x(x), first.placement.fits_y(y)});
    const FitsPixel pixel = to->pixel(point.ra, point.dec);
    here.row(i) << x, y, 1.0;
    there.row(i) << other.placement.inner_x(pixel.x), other.placement.inner_y(pixel.y);
  }
  const Eigen::Matrix<double, 3, 2> map = here.colPivHouseholderQr().solve(there);
  const double miss = (here * map - there).cwiseAbs().maxCoeff();
  if (!(miss < kMostDistortion)) {
    throw InputError(
        {"", "band", other.band,
         fmt::format("its pixels are distorted against the first band's: {:.3g} pixels off a linear map",
                     miss),
         fmt::format("within {}", kMostDistortion)});
  }
  return {map(0, 0), map(1, 0), map(0, 1), map(1, 1), map(2, 0), map(2, 1)};
}

}  // namespace gaxel::io
