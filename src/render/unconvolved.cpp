#include "render/unconvolved.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace gaxel {
namespace {

struct Plane {
  double level;
  double slope_x;
  double slope_y;
  double pivot_x;
  double pivot_y;

  explicit Plane(const Component& sky)
      : level(sky.value(Role::kLevel)),
        slope_x(sky.value(Role::kSlopeX)),
        slope_y(sky.value(Role::kSlopeY)),
        pivot_x(sky.value(Role::kX)),
        pivot_y(sky.value(Role::kY)) {}

  double value(double dx, double dy) const { return level + slope_x * dx + slope_y * dy; }
};

double plane_derivative(Role role, double dx, double dy) {
  return role == Role::kLevel ? 1.0 : role == Role::kSlopeX ? dx : dy;
}

struct Pixel {
  int row;
  int col;
};

std::optional<Pixel> pixel_of(const Component& point, Shape shape) {
  const double col = std::floor(point.value(Role::kX) + 0.5);
  const double row = std::floor(point.value(Role::kY) + 0.5);
  if (!(col >= 0 && row >= 0 && col < shape.nx && row < shape.ny)) return std::nullopt;
  return Pixel{static_cast<int>(row), static_cast<int>(col)};
}

}  // namespace

void add_sky(const Component& sky, std::span<const Role> roles, ImageView image,
             std::span<const ImageView> derivatives) {
  const Plane plane(sky);
  for (int row = 0; row < image.ny(); ++row) {
    const double dy = row - plane.pivot_y;
    for (int col = 0; col < image.nx(); ++col) {
      const double dx = col - plane.pivot_x;
      image(row, col) += plane.value(dx, dy);
      for (std::size_t p = 0; p < roles.size(); ++p) {
        derivatives[p](row, col) = plane_derivative(roles[p], dx, dy);
      }
    }
  }
}

void sky_gradient(const Component& sky, std::span<const Role> roles, ConstImageView cotangent,
                  double* gradient) {
  const Plane plane(sky);
  std::fill_n(gradient, roles.size(), 0.0);
  for (int row = 0; row < cotangent.ny(); ++row) {
    for (int col = 0; col < cotangent.nx(); ++col) {
      for (std::size_t p = 0; p < roles.size(); ++p) {
        gradient[p] +=
            cotangent(row, col) * plane_derivative(roles[p], col - plane.pivot_x, row - plane.pivot_y);
      }
    }
  }
}

void add_bare_point(const Component& point, std::span<const Role> roles, ImageView image,
                    std::span<const ImageView> derivatives) {
  for (const ImageView& derivative : derivatives) std::ranges::fill(derivative.pixels(), 0.0);
  const std::optional<Pixel> pixel = pixel_of(point, image.shape());
  if (!pixel) return;
  image(pixel->row, pixel->col) += point.value(Role::kFlux);
  for (std::size_t p = 0; p < roles.size(); ++p) {
    if (roles[p] == Role::kFlux) derivatives[p](pixel->row, pixel->col) = 1.0;
  }
}

void bare_point_gradient(const Component& point, std::span<const Role> roles, ConstImageView cotangent,
                         double* gradient) {
  const std::optional<Pixel> pixel = pixel_of(point, cotangent.shape());
  for (std::size_t p = 0; p < roles.size(); ++p) {
    gradient[p] = pixel && roles[p] == Role::kFlux ? cotangent(pixel->row, pixel->col) : 0.0;
  }
}

}  // namespace gaxel
