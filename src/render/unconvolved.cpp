#include "render/unconvolved.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "render/chebyshev_sky.hpp"

namespace gaxel {
namespace {

/// A sky as a sum of terms, each with the parameter that it is proportional to.
class SkyTerms {
 public:
  SkyTerms(const Component& sky, Shape shape)
      : sky_(sky), pivot_x_(sky.value(Role::kX)), pivot_y_(sky.value(Role::kY)) {
    const int n =
        static_cast<int>(std::ranges::count(sky.kind->parameters, Role::kCoefficient, &ParameterSpec::role));
    if (n == 0) return;
    const ChebyshevTerms::Domain domain{pivot_x_, pivot_y_, sky.value(Role::kHalfWidth),
                                        sky.value(Role::kHalfHeight)};
    chebyshev_ = std::make_unique<const ChebyshevTerms>(sky.kind->count, domain, shape);
  }

  /// Adds the derivative to the parameter at that position, times a factor, to a row of pixels.
  void add(std::size_t parameter, double factor, int row, std::span<double> pixels) const {
    switch (sky_.kind->parameters[parameter].role) {
      case Role::kLevel:
        for (double& pixel : pixels) pixel += factor;
        return;
      case Role::kSlopeX:
        for (std::size_t col = 0; col < pixels.size(); ++col) {
          pixels[col] += factor * (static_cast<double>(col) - pivot_x_);
        }
        return;
      case Role::kSlopeY:
        for (double& pixel : pixels) pixel += factor * (row - pivot_y_);
        return;
      case Role::kCoefficient:  // these come first
        for (std::size_t col = 0; col < pixels.size(); ++col) {
          pixels[col] += factor * (*chebyshev_)(static_cast<int>(parameter), row, static_cast<int>(col));
        }
        return;
      default:  // constants
        return;
    }
  }

  void add_value(int row, std::span<double> pixels) const {
    for (std::size_t i = 0; i < sky_.values.size(); ++i) {
      if (sky_.values[i] != 0.0) add(i, sky_.values[i], row, pixels);
    }
  }

 private:
  const Component& sky_;
  double pivot_x_;
  double pivot_y_;
  std::unique_ptr<const ChebyshevTerms> chebyshev_;
};

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

void add_sky(const Component& sky, std::span<const std::size_t> wanted, ImageView image,
             std::span<const ImageView> derivatives) {
  const SkyTerms terms(sky, image.shape());
  const auto width = static_cast<std::size_t>(image.nx());
  for (int row = 0; row < image.ny(); ++row) {
    terms.add_value(row, {image.row(row), width});
    for (std::size_t p = 0; p < wanted.size(); ++p) {
      const std::span<double> pixels(derivatives[p].row(row), width);
      std::ranges::fill(pixels, 0.0);
      terms.add(wanted[p], 1.0, row, pixels);
    }
  }
}

void sky_gradient(const Component& sky, std::span<const std::size_t> wanted, ConstImageView cotangent,
                  double* gradient) {
  const SkyTerms terms(sky, cotangent.shape());
  std::fill_n(gradient, wanted.size(), 0.0);
  std::vector<double> derivative(static_cast<std::size_t>(cotangent.nx()));
  for (int row = 0; row < cotangent.ny(); ++row) {
    for (std::size_t p = 0; p < wanted.size(); ++p) {
      std::ranges::fill(derivative, 0.0);
      terms.add(wanted[p], 1.0, row, derivative);
      gradient[p] = std::inner_product(derivative.begin(), derivative.end(), cotangent.row(row), gradient[p]);
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
