// The second derivatives of a profile that is split into core and samples.
#include <algorithm>
#include <numbers>

#include "base/parallel.hpp"
#include "integrate/rate_kernel.hpp"
#include "render/split_light.hpp"

namespace gaxel {

// use(row, first column, number of columns, light at those pixels, its rates).
template <class Use>
void SplitLight::for_second_rows(const Patch& patch, int first_row, int last_row, const LightRates& rates,
                                 Use&& use) const {
  const RadialLaw& law = *light_->law;
  const EllipseFrame& f = light_->frame;
  const std::size_t n = static_cast<std::size_t>(patch.last_col - patch.first_col) + 1;
  const std::size_t n_shapes = law.n_shapes();
  std::vector<double> work(n * (9 + 2 * n_shapes));
  double* x = work.data();
  double* u = x + n;
  double* v = u + n;
  double* s = v + n;
  double* s_rates = s + n;
  const LawPartials values{s_rates + n, s_rates + 2 * n, s_rates + 5 * n};
  const LawPartials value_rates{s_rates + 3 * n, s_rates + 4 * n, s_rates + (5 + n_shapes) * n};
  for (std::size_t k = 0; k < n; ++k) x[k] = patch.first_col + static_cast<double>(k) - patch.x0;
  for (int row = std::max(first_row, patch.first_row); row <= std::min(last_row, patch.last_row); ++row) {
    const double y = row - patch.y0;
    tensor_offsets({f.a, f.b, f.c, f.d}, x, n, &y, 1, u, v);
    shifted_radii(u, v, n, 0.0, 0.0, s);
    radius_rates(rates.flow, u, v, n, 0.0, 0.0, s_rates);
    law.evaluate_with_rates(s, s_rates, n, rates.shapes.data(), values, value_rates);
    if (patch.window) {
      apply_window_with_rates(table_->radius(), *patch.window, s, s_rates, n, n_shapes, values, value_rates);
    }
    use(row, patch.first_col, n,
        NodeLight{u, v, 0.0, 0.0, values.g, values.g_s, values.g_shapes, n, n_shapes},
        NodeRates{value_rates.g, value_rates.g_s, value_rates.g_shapes, rates.flow});
  }
}

void SplitLight::add_second_samples(const Grid& grid, Shape period, const LightRates& rates,
                                    const DirectionWeights& weights, ImageView image, int threads) const {
  const int n_bands = (grid.shape.ny + kBandRows - 1) / kBandRows;
  for (const Patch& patch : patches(grid, period)) {
    const double per_pixel = light_->frame.area_factor() * patch.sign;
    parallel_for(n_bands, threads, [&](int band) {
      std::vector<double> values(static_cast<std::size_t>(grid.shape.nx));
      for_second_rows(patch, band * kBandRows, (band + 1) * kBandRows - 1, rates,
                      [&](int row, int col, std::size_t n, const NodeLight& nodes, const NodeRates& moved) {
                        combine_moment_rates(nodes, moved, n, weights, values.data());
                        const double* fade = fade_x_.data() + (col - patch.needed_col);
                        const double scale =
                            per_pixel * fade_y_[static_cast<std::size_t>(row - patch.needed_row)];
                        double* to = image.row(row) + col;
                        for (std::size_t k = 0; k < n; ++k) to[k] += scale * fade[k] * values[k];
                      });
    });
  }
}

MomentRates SplitLight::sum_second_samples(const Grid& grid, Shape period, const LightRates& rates,
                                           ConstImageView cotangent, int threads) const {
  const int n_bands = (grid.shape.ny + kBandRows - 1) / kBandRows;
  MomentRates total;
  const auto add = [](double scale, const MomentRates& from, MomentRates& to) {
    for (std::size_t m = 0; m < kMaxMoments; ++m) {
      to.values[m] += scale * from.values[m];
      to.rates[m] += scale * from.rates[m];
    }
  };
  for (const Patch& patch : patches(grid, period)) {
    std::vector<MomentRates> sums(static_cast<std::size_t>(n_bands));
    parallel_for(n_bands, threads, [&](int band) {
      std::vector<double> faded(static_cast<std::size_t>(grid.shape.nx));
      for_second_rows(patch, band * kBandRows, (band + 1) * kBandRows - 1, rates,
                      [&](int row, int col, std::size_t n, const NodeLight& nodes, const NodeRates& moved) {
                        const double* fade = fade_x_.data() + (col - patch.needed_col);
                        const double fade_row = fade_y_[static_cast<std::size_t>(row - patch.needed_row)];
                        const double* from = cotangent.row(row) + col;
                        for (std::size_t k = 0; k < n; ++k) faded[k] = fade_row * fade[k] * from[k];
                        add(1.0, weighted_moment_rates(nodes, moved, n, faded.data()),
                            sums[static_cast<std::size_t>(band)]);
                      });
    });
    for (const MomentRates& sum : sums) add(light_->frame.area_factor() * patch.sign, sum, total);
  }
  return total;
}

SecondCoreLight::SecondCoreLight(const SplitLight& split, const Convolver& convolver, const LightRates& rates,
                                 std::vector<SecondTransformWeights> weights)
    : rows_(*split.table(), split.light().frame, 2.0 * std::numbers::pi / convolver.padded().nx,
            convolver.frequencies_x().size()),
      rates_(rates),
      weights_(std::move(weights)) {}

void SecondCoreLight::row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const {
  std::vector<double*> re;
  std::vector<double*> im;
  for (const ComplexRow& to : out) {
    re.push_back(to.re);
    im.push_back(to.im);
  }
  second_transform_row(rows_, rates_, ky, kx.size(), weights_, re, im);
}

void SecondCoreLight::row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                                  std::span<double> products) const {
  second_transform_row_adjoint(rows_, rates_, ky, kx.size(), weights_, weights.re, weights.im, products);
}

}  // namespace gaxel
