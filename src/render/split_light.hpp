// An elliptical profile as a convolution takes it: a core known by its transform, and wings that are sampled.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "integrate/core_window.hpp"
#include "integrate/hankel_table.hpp"
#include "integrate/transform_kernel.hpp"
#include "integrate/transform_rates.hpp"
#include "psf/convolver.hpp"
#include "render/light.hpp"

namespace gaxel {

/// Profile and core on the grid of a convolver. The core comes round with the convolver's period; what of
/// that falls on the grid is taken off the samples, so that core and samples together are the profile.
/// Not owned: the light.
class SplitLight {
 public:
  /// `needed`: the pixels where light counts, step 1; in the outermost `margin` of them samples fade away.
  /// `k_max`: largest frequency, radians per pixel. `shape_rates`: as HankelRequest::shape_rates.
  SplitLight(const EllipticalLight& light, const Grid& needed, int margin, double k_max, double tolerance,
             bool with_shapes, const double* shape_rates = nullptr);

  const EllipticalLight& light() const { return *light_; }
  /// The pixels where light counts, and the share of it that samples have, by column and by row.
  const Grid& needed() const { return needed_; }
  const std::vector<double>& fade_x() const { return fade_x_; }
  const std::vector<double>& fade_y() const { return fade_y_; }
  /// Estimate of the relative error of the transform: times the flux, that of every frequency. Infinite where
  /// there is no transform: the light has to be integrated.
  double error() const { return table_ ? table_->error() : 0.0; }
  /// The smallest period, `least` or larger, at which the cusps of the core's copies keep clear of the grid.
  Shape period(Shape least) const;

  /// The transform of the core; null where the centre is too far away to have one.
  const HankelTable* table() const { return table_ ? &*table_ : nullptr; }
  /// Whether there is anything to sample at that period.
  bool has_samples(Shape period) const;
  /// Adds samples, flux per pixel, of the images sum_m coefficients[d][m] * integrand of moment m to images
  /// of a model on `grid`. The integrands are those of a profile per pixel (see moments.hpp).
  void add_samples(const Grid& grid, Shape period, std::span<const Moments> coefficients,
                   std::span<const ImageView> images, int threads) const;
  /// sum over the pixels of the cotangent (grid.shape) times each integrand's samples.
  Moments sum_samples(const Grid& grid, Shape period, ConstImageView cotangent, int threads) const;

  /// The same for what the integrands change by: adds the samples that direction_weights ask for,
  void add_second_samples(const Grid& grid, Shape period, const LightRates& rates,
                          const DirectionWeights& weights, ImageView image, int threads) const;
  /// and sums the cotangent times each integrand's samples, and times its rate's.
  MomentRates sum_second_samples(const Grid& grid, Shape period, const LightRates& rates,
                                 ConstImageView cotangent, int threads) const;

 private:
  static constexpr int kBandRows = 32;

  struct Patch {  // pixels of the grid, and where the centre is seen from there
    int first_row;
    int last_row;
    int first_col;
    int last_col;
    double x0;
    double y0;
    std::optional<WindowPart> window;
    double sign;
    int needed_row;  // row and column of the grid where `needed` starts
    int needed_col;
  };
  struct Extent {
    double x;
    double y;
  };

  Extent extent(double radius) const;  // of the ellipse of that radius (scale radii) from its centre
  std::vector<Patch> patches(const Grid& grid, Shape period) const;
  template <class Use>
  void for_rows(const Patch& patch, int first_row, int last_row, bool slopes, Use&& use) const;
  template <class Use>
  void for_second_rows(const Patch& patch, int first_row, int last_row, const LightRates& rates,
                       Use&& use) const;

  const EllipticalLight* light_;
  Grid needed_;
  std::vector<double> fade_x_;  // by column of `needed`
  std::vector<double> fade_y_;
  double window_radius_;
  double faint_radius_;  // where samples end, scale radii
  std::optional<HankelTable> table_;
};

/// The core's transform, and those of its derivatives.
class CoreLight : public FourierLight {
 public:
  CoreLight(const SplitLight& split, const Convolver& convolver, std::vector<TransformWeights> weights);

  std::size_t n_images() const override { return weights_.size(); }
  void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const override;
  void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                   std::span<double> products) const override;

 private:
  TransformRows rows_;
  std::vector<TransformWeights> weights_;
};

/// The transforms of second derivatives of the core, whose table was made with the rates' shapes.
class SecondCoreLight : public FourierLight {
 public:
  SecondCoreLight(const SplitLight& split, const Convolver& convolver, const LightRates& rates,
                  std::vector<SecondTransformWeights> weights);

  std::size_t n_images() const override { return weights_.size(); }
  void row(double ky, std::span<const double> kx, std::span<const ComplexRow> out) const override;
  void row_adjoint(double ky, std::span<const double> kx, ConstComplexRow weights,
                   std::span<double> products) const override;

 private:
  TransformRows rows_;
  TransformRates rates_;
  std::vector<SecondTransformWeights> weights_;
};

}  // namespace gaxel
