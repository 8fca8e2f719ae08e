#include "render/drawn_profiles.hpp"

#include <algorithm>
#include <cmath>

#include "psf/convolver_cache.hpp"
#include "render/convolved_profiles.hpp"
#include "render/fading.hpp"
#include "render/image_bound.hpp"

namespace gaxel {
namespace {

// The fewest cells a pixel with which light that is as sharp as that of a small cusp, a hundredth of its flux
// at the highest frequencies, is convolved to its share of the tolerance. Powers of two: places of cells are
// exact.
int cells_per_pixel(const Convolver& convolver, const Tolerance& tolerance) {
  constexpr double kSharpLight = 0.01;
  constexpr double kShare = 0.1;  // the cells' own errors have others
  constexpr int kMost = 8;
  constexpr double kMostCells = 1 << 26;
  int m = 1;
  while (m < kMost && 4.0 * m * m * static_cast<double>(convolver.padded().size()) <= kMostCells &&
         kSharpLight * convolver.aliasing(m, kSplineOrder) > kShare * tolerance.atol) {
    m *= 2;
  }
  return m;
}

std::shared_ptr<const Convolver> with_margin(const Psf& psf, const Convolver& base, int margin,
                                             const Tolerance& tolerance) {
  const Grid& model = base.model_grid();
  const double right = margin - model.x0;
  const double up = margin - model.y0;
  ConvolverOptions options = convolver_options(tolerance);
  options.reach = {model.shape.nx + 2 * margin - base.region().nx - right, right,
                   model.shape.ny + 2 * margin - base.region().ny - up, up};
  return ConvolverCache::convolver(psf, base.region(), options);
}

// Cells begin a little beside the pixels: a centre on a border of theirs would be costly, and centres of
// pixels and places between them are where many are.
Grid divided(const Grid& pixels, int m) {
  constexpr double kBeside = 3.0 / 16.0;  // of a cell
  const double step = 1.0 / m;
  const double first = -0.5 + (0.5 + kBeside) * step;
  return {{pixels.shape.ny * m, pixels.shape.nx * m}, pixels.x0 + first, pixels.y0 + first, step};
}

// Adds some times the largest size of the image within a few pixels: it swings about zero.
void add_largest_nearby(const Image& image, Image& sum) {
  constexpr double kSafety = 3.0;
  constexpr int kNear = 3;
  const auto largest = [](auto&& value, int at, int n) {
    double found = 0.0;
    for (int i = std::max(0, at - kNear); i <= std::min(n - 1, at + kNear); ++i) {
      found = std::max(found, std::abs(value(i)));
    }
    return found;
  };
  Image along_rows(image.shape());
  for (int row = 0; row < image.ny(); ++row) {
    for (int col = 0; col < image.nx(); ++col) {
      along_rows(row, col) = largest([&](int i) { return image(row, i); }, col, image.nx());
    }
  }
  for (int row = 0; row < image.ny(); ++row) {
    for (int col = 0; col < image.nx(); ++col) {
      sum(row, col) += kSafety * largest([&](int i) { return along_rows(i, col); }, row, image.ny());
    }
  }
}

// The grid, with the margins of a drawing.
Grid widened(const Grid& grid, Drawing kind) {
  const int margin = margin_of(kind);
  return {{grid.shape.ny + 2 * margin, grid.shape.nx + 2 * margin},
          grid.x0 - margin * grid.step,
          grid.y0 - margin * grid.step,
          grid.step};
}

}  // namespace

DrawnProfiles::DrawnProfiles(const Psf& psf, const Convolver& base, const Tolerance& tolerance)
    : m_(gaxel::cells_per_pixel(base, tolerance)) {
  const int margin = rings(psf) ? kFadingMargin : 0;
  convolver_ = with_margin(psf, base, margin, tolerance);
  grid_ = divided(convolver_->model_grid(), m_);
  fade_x_ = fading(grid_.shape.nx, margin * m_);
  fade_y_ = fading(grid_.shape.ny, margin * m_);
  for (const Drawing kind : {Drawing::kPixels, Drawing::kSplines}) {
    (kind == Drawing::kPixels ? pixels_ : splines_) =
        std::make_unique<const DrawnGrid>(*convolver_, widened(grid_, kind), order_of(kind));
  }
}

Shape DrawnProfiles::shape(Drawing kind) const {
  return widened(grid_, kind).shape;
}

void DrawnProfiles::fade(Drawing kind, ImageView drawing) const {
  const int margin = margin_of(kind);
  const auto at = [margin](const std::vector<double>& shares, int i) {
    return shares[static_cast<std::size_t>(std::clamp(i - margin, 0, static_cast<int>(shares.size()) - 1))];
  };
  for (int row = 0; row < drawing.ny(); ++row) {
    const double of_row = at(fade_y_, row);
    double* const cells = drawing.row(row);
    for (int col = 0; col < drawing.nx(); ++col) cells[col] *= of_row * at(fade_x_, col);
  }
}

void DrawnProfiles::convolve(Drawing kind, ImageView drawing, ImageView image, DrawnSize* size) const {
  fade(kind, drawing);
  const DrawnGrid& grid = drawn_grid(kind);
  const FftBuffer transform = grid.transform(drawing);
  const auto convolve_row = [&](DrawnLight::Row row, ImageView to) {
    Convolver::Spectrum spectrum = convolver_->make_spectrum();
    Convolver::Spectrum* const spectra = &spectrum;
    convolver_->add({&spectra, 1}, DrawnLight(grid, transform, row));
    convolver_->convolve(spectrum, to);
  };
  convolve_row(&DrawnGrid::row, image);
  if (size == nullptr) return;
  size->norm += m_ * norm(drawing);
  Image aliases(image.shape());
  convolve_row(&DrawnGrid::aliases, aliases.view());
  if (size->aliasing.empty()) size->aliasing = Image(image.shape());
  add_largest_nearby(aliases, size->aliasing);
}

void DrawnProfiles::gather(Drawing kind, ConstImageView cotangent, int threads, ImageView drawing) const {
  Convolver::Spectrum spectrum = convolver_->make_undefined_spectrum();
  convolver_->convolve_adjoint(cotangent, spectrum);
  drawn_grid(kind).gather(spectrum, threads, drawing);
  fade(kind, drawing);
}

Image DrawnProfiles::per_pixel(const Image& cells) const {
  Image pixels(convolver_->model_grid().shape);
  for (int row = 0; row < cells.ny(); ++row) {
    for (int col = 0; col < cells.nx(); ++col) pixels(row / m_, col / m_) += cells(row, col);
  }
  return pixels;
}

}  // namespace gaxel
