#include "render/split_light.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/parallel.hpp"
#include "integrate/node_kernel.hpp"
#include "render/fading.hpp"

namespace gaxel {
namespace {

// Of the window's radius: farther from the centre the light itself, cut by no window, is smooth enough to be
// sampled. Across the minor axis it is analytic in a strip as wide as the distance is from the centre, so
// that its power at pi falls as exp(-pi q distance): to exp(-21).
constexpr double kClear = 0.6;

int whole(double x) {
  return static_cast<int>(std::llround(x));
}

bool overlap(double center, double reach, double first, double last) {
  return center + reach >= first && center - reach <= last;
}

// The elliptical radius beyond which a pixel holds less than `negligible` of the flux, or at least `from`.
// Light falls outwards.
double faint_radius(const RadialLaw& law, double per_pixel, double negligible, double from) {
  constexpr double kFarthest = 1e9;
  constexpr double kStep = 1.1;
  double radius = std::max(from, 1e-3);
  while (radius < kFarthest) {
    const double s = radius * radius;
    double light = 0.0;
    law.evaluate(&s, 1, &light);
    if (light * per_pixel < negligible) break;
    radius *= kStep;
  }
  return radius;
}

}  // namespace

SplitLight::SplitLight(const EllipticalLight& light, const Grid& needed, int margin, double k_max,
                       double tolerance, bool with_shapes, const double* shape_rates)
    : light_(&light),
      needed_(needed),
      fade_x_(fading(needed.shape.nx, margin)),
      fade_y_(fading(needed.shape.ny, margin)) {
  const EllipseFrame& frame = light.frame;
  // The wings must have no power beyond pi, also across the minor axis.
  window_radius_ = kWingBand / (std::numbers::pi * frame.q * frame.re);
  // Far below what the transforms' rounding leaves.
  constexpr double kNegligible = 1e-6;
  faint_radius_ = faint_radius(*light.law, frame.area_factor(), kNegligible * tolerance, window_radius_);
  const Extent reach = extent(kClear * window_radius_);
  const bool near = overlap(frame.x0, reach.x, needed.x0, needed.x0 + needed.shape.nx - 1) &&
                    overlap(frame.y0, reach.y, needed.y0, needed.y0 + needed.shape.ny - 1);
  if (!near && std::isinf(light.law->edge())) return;
  table_.emplace(*light.law, HankelRequest{window_radius_, k_max * frame.re * (1.0 + 1e-12), tolerance,
                                           with_shapes, shape_rates});
}

SplitLight::Extent SplitLight::extent(double radius) const {
  const EllipseFrame& f = light_->frame;
  const double cosine = std::cos(f.theta);
  const double sine = std::sin(f.theta);
  return {radius * f.re * std::hypot(cosine, f.q * sine), radius * f.re * std::hypot(sine, f.q * cosine)};
}

Shape SplitLight::period(Shape least) const {
  if (!table_) return least;
  const bool has_edge = std::isfinite(light_->law->edge());
  const double core = kWindowEnd * table_->radius();
  const Extent reach = extent(has_edge ? core : std::min(core, kClear * window_radius_));
  const auto along = [](double center, double extent, double first, int n, int at_least) {
    const double middle = first + 0.5 * (n - 1);
    const double needed = std::abs(center - middle) + 0.5 * (n + 1) + extent;
    return std::max(at_least, static_cast<int>(std::ceil(needed)));
  };
  return {along(light_->frame.y0, reach.y, needed_.y0, needed_.shape.ny, least.ny),
          along(light_->frame.x0, reach.x, needed_.x0, needed_.shape.nx, least.nx)};
}

std::vector<SplitLight::Patch> SplitLight::patches(const Grid& grid, Shape period) const {
  const EllipseFrame& frame = light_->frame;
  const Patch all{whole(needed_.y0 - grid.y0),
                  whole(needed_.y0 - grid.y0) + needed_.shape.ny - 1,
                  whole(needed_.x0 - grid.x0),
                  whole(needed_.x0 - grid.x0) + needed_.shape.nx - 1,
                  frame.x0 - grid.x0,
                  frame.y0 - grid.y0,
                  std::nullopt,
                  1.0,
                  whole(needed_.y0 - grid.y0),
                  whole(needed_.x0 - grid.x0)};
  std::vector<Patch> patches;
  const auto add_within = [&patches](Patch patch, const Extent& reach) {
    if (!overlap(patch.x0, reach.x, patch.first_col, patch.last_col) ||
        !overlap(patch.y0, reach.y, patch.first_row, patch.last_row)) {
      return;
    }
    // Clamped before it becomes whole: light may reach any distance.
    const auto first = [](double at, int least) {
      return at > least ? static_cast<int>(std::ceil(at)) : least;
    };
    const auto last = [](double at, int most) { return at < most ? static_cast<int>(std::floor(at)) : most; };
    patch.first_col = first(patch.x0 - reach.x, patch.first_col);
    patch.last_col = last(patch.x0 + reach.x, patch.last_col);
    patch.first_row = first(patch.y0 - reach.y, patch.first_row);
    patch.last_row = last(patch.y0 + reach.y, patch.last_row);
    if (patch.first_col <= patch.last_col && patch.first_row <= patch.last_row) patches.push_back(patch);
  };
  if (!table_ || table_->has_wings()) {
    Patch wings = all;
    if (table_) wings.window = WindowPart::kWings;
    add_within(wings, extent(faint_radius_));
  }
  if (!table_) return patches;
  const Extent reach = extent(kWindowEnd * table_->radius());
  const auto copies = [](double reach_from, double n, int length) {
    return static_cast<int>(std::ceil((reach_from + n) / length)) + 1;
  };
  const int n_x = copies(reach.x + std::abs(all.x0), all.last_col + 1.0, period.nx);
  const int n_y = copies(reach.y + std::abs(all.y0), all.last_row + 1.0, period.ny);
  for (int m_y = -n_y; m_y <= n_y; ++m_y) {
    for (int m_x = -n_x; m_x <= n_x; ++m_x) {
      if (m_x == 0 && m_y == 0) continue;
      Patch copy = all;
      copy.x0 += static_cast<double>(m_x) * period.nx;
      copy.y0 += static_cast<double>(m_y) * period.ny;
      if (table_->has_wings()) copy.window = WindowPart::kCore;
      copy.sign = -1.0;
      add_within(copy, reach);
    }
  }
  return patches;
}

bool SplitLight::has_samples(Shape period) const {
  return !patches(needed_, period).empty();
}

// use(row, first column, number of columns, light at those pixels).
template <class Use>
void SplitLight::for_rows(const Patch& patch, int first_row, int last_row, bool slopes, Use&& use) const {
  const RadialLaw& law = *light_->law;
  const EllipseFrame& f = light_->frame;
  const auto n = static_cast<std::size_t>(patch.last_col - patch.first_col + 1);
  const std::size_t n_shapes = slopes ? law.n_shapes() : 0;
  std::vector<double> work(n * (6 + n_shapes));
  double* x = work.data();
  double* u = x + n;
  double* v = u + n;
  double* s = v + n;
  double* g = s + n;
  double* g_s = g + n;
  double* g_shapes = g_s + n;
  for (std::size_t k = 0; k < n; ++k) x[k] = patch.first_col + static_cast<double>(k) - patch.x0;
  for (int row = std::max(first_row, patch.first_row); row <= std::min(last_row, patch.last_row); ++row) {
    const double y = row - patch.y0;
    tensor_offsets({f.a, f.b, f.c, f.d}, x, n, &y, 1, u, v);
    shifted_radii(u, v, n, 0.0, 0.0, s);
    if (slopes) {
      law.evaluate_with_partials(s, n, g, g_s, g_shapes);
    } else {
      law.evaluate(s, n, g);
    }
    if (patch.window) {
      apply_window(table_->radius(), *patch.window, s, n, {g, slopes ? g_s : nullptr, g_shapes, n_shapes});
    }
    use(row, patch.first_col, n, NodeLight{u, v, 0.0, 0.0, g, g_s, g_shapes, n, n_shapes});
  }
}

void SplitLight::add_samples(const Grid& grid, Shape period, std::span<const Moments> coefficients,
                             std::span<const ImageView> images, int threads) const {
  const double per_pixel = light_->frame.area_factor();
  const bool slopes = coefficients.size() > 1;
  for (const Patch& patch : patches(grid, period)) {
    std::vector<Moments> weights(coefficients.begin(), coefficients.end());
    for (Moments& w : weights) {
      for (double& c : w) c *= per_pixel * patch.sign;
    }
    const int n_bands = (grid.shape.ny + kBandRows - 1) / kBandRows;
    parallel_for(n_bands, threads, [&](int band) {
      std::vector<double> values(weights.size() * static_cast<std::size_t>(grid.shape.nx));
      for_rows(patch, band * kBandRows, (band + 1) * kBandRows - 1, slopes,
               [&](int row, int col, std::size_t n, const NodeLight& nodes) {
                 if (slopes) {
                   combine_moments(nodes, n, weights, values.data());
                 } else {
                   for (std::size_t k = 0; k < n; ++k) values[k] = weights[0][kFlux] * nodes.g[k];
                 }
                 const double* fade = fade_x_.data() + (col - patch.needed_col);
                 const double fade_row = fade_y_[static_cast<std::size_t>(row - patch.needed_row)];
                 for (std::size_t d = 0; d < weights.size(); ++d) {
                   const double* from = values.data() + d * n;
                   double* to = images[d].row(row) + col;
                   for (std::size_t k = 0; k < n; ++k) to[k] += fade_row * fade[k] * from[k];
                 }
               });
    });
  }
}

Moments SplitLight::sum_samples(const Grid& grid, Shape period, ConstImageView cotangent, int threads) const {
  const int n_bands = (grid.shape.ny + kBandRows - 1) / kBandRows;
  Moments total{};
  for (const Patch& patch : patches(grid, period)) {
    std::vector<Moments> sums(static_cast<std::size_t>(n_bands));
    parallel_for(n_bands, threads, [&](int band) {
      Moments& sum = sums[static_cast<std::size_t>(band)];
      std::vector<double> faded(static_cast<std::size_t>(grid.shape.nx));
      for_rows(patch, band * kBandRows, (band + 1) * kBandRows - 1, true,
               [&](int row, int col, std::size_t n, const NodeLight& nodes) {
                 const double* fade = fade_x_.data() + (col - patch.needed_col);
                 const double fade_row = fade_y_[static_cast<std::size_t>(row - patch.needed_row)];
                 const double* from = cotangent.row(row) + col;
                 for (std::size_t k = 0; k < n; ++k) faded[k] = fade_row * fade[k] * from[k];
                 const Moments of_row = weighted_moments(nodes, n, faded.data());
                 for (std::size_t m = 0; m < kMaxMoments; ++m) sum[m] += of_row[m];
               });
    });
    for (const Moments& sum : sums) {
      for (std::size_t m = 0; m < kMaxMoments; ++m) {
        total[m] += light_->frame.area_factor() * patch.sign * sum[m];
      }
    }
  }
  return total;
}

CoreLight::CoreLight(const SplitLight& split, const Convolver& convolver,
                     std::vector<TransformWeights> weights)
    : rows_(*split.table(), split.light().frame, 2.0 * std::numbers::pi / convolver.padded().nx,
            convolver.frequencies_x().size()),
      weights_(std::move(weights)) {}

void CoreLight::row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const {
  std::vector<double*> re;
  std::vector<double*> im;
  for (const ComplexRow& to : out) {
    re.push_back(to.re);
    im.push_back(to.im);
  }
  rows_.row(ky, kx.size(), weights_, re, im);
}

void CoreLight::row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                            std::span<double> products) const {
  rows_.row_adjoint(ky, kx.size(), weights_, weights.re, weights.im, products);
}

}  // namespace gaxel
