// The seed's study of pixel integration: fixed rules, error estimates and the refinement of the pixels that a
// rule gets wrong, for any integrand.
//
// Coordinates are GAX's: i vertical, j horizontal, in pixels from wherever the caller counts (GAX: from the
// image centre, see get_ij). A "cell" of level k is a square of side 1 / (base_oversamp oversamp^k) pixel.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {

/// What is integrated: light per pixel area, at many points at once.
class Integrand {
 public:
  virtual ~Integrand() = default;

  /// values[k] = f(i[k], j[k]); all three of one length.
  virtual void evaluate(std::span<const double> i, std::span<const double> j,
                        std::span<double> values) const = 0;

  /// How many points to ask for at a time.
  virtual std::size_t block_size() const { return 1024; }
};

/// Any C++ callable double(double i, double j) as an integrand.
template <std::invocable<double, double> Function>
class PointIntegrand final : public Integrand {
 public:
  explicit PointIntegrand(Function function) : function_(std::move(function)) {}

  void evaluate(std::span<const double> i, std::span<const double> j,
                std::span<double> values) const override {
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = function_(i[k], j[k]);
  }

 private:
  Function function_;
};

/// The compiled light of an elliptical component whose x is measured like j and y like i, at finite points.
/// Throws InputError for components of another family and for values outside their ranges.
std::unique_ptr<Integrand> light_integrand(const Component& component);

/// Points (i[k], j[k]) owned by somebody else. Throws InputError when their numbers differ; what integrates
/// throws it also for points that are not finite.
struct PointsView {
  PointsView(std::span<const double> i_values, std::span<const double> j_values);
  std::size_t size() const { return i.size(); }

  std::span<const double> i;
  std::span<const double> j;
};

struct Points {
  std::vector<double> i;
  std::vector<double> j;

  operator PointsView() const { return {i, j}; }
  std::size_t size() const { return i.size(); }
};

/// The pixel centres of an image in GAX's coordinates, row by row: i = row - (ny - 1) / 2, j = col - (nx - 1)
/// / 2. Throws InputError for an empty shape.
Points get_ij(Shape shape);

/// sum_k weights[k] f(i + di[k], j + dj[k]) for every point. Throws InputError unless di, dj and weights are
/// of one length.
std::vector<double> integrate_pixels(const Integrand& f, PointsView points, const PixelRule& rule);

/// integrate_pixels with tensor_rule(rule, oversamp): the integral over the square of side 1 / oversamp
/// around each point.
std::vector<double> tensor_integrate_pixels(const Integrand& f, PointsView points, const QuadratureRule& rule,
                                            int oversamp = 1);

/// The integral over the pixel around each point with order^2 nodes: Gauss-Legendre, Clenshaw-Curtis, and
/// midpoints. Throw InputError for orders outside 1..200.
std::vector<double> gauss_legendre_tensor_integration(const Integrand& f, PointsView points, int order);
std::vector<double> clencurt_tensor_integration(const Integrand& f, PointsView points, int order);
std::vector<double> oversampled_integration(const Integrand& f, PointsView points, int order);

/// The centres of the oversamp^2 children of each cell of level k - 1, side 1 / (base_oversamp
/// oversamp^(k-1)), children of one parent together, i the slow index. Throws InputError for k < 1, and for
/// oversamp and base_oversamp outside 1..200.
Points oversample_pixels(PointsView points, int k, int oversamp, int base_oversamp = 1);

/// Integrals over cells with estimates of their errors.
struct CellEstimates {
  std::vector<double> values;
  std::vector<double> errors;
};

/// Cells of level k around the points by three rules, Gauss-Legendre with order - 1 and order nodes a side
/// (G', G) and Clenshaw-Curtis with order (C): value (G + C) / 2, error max(|G - G'|, |G - C|). Throws
/// InputError for k < 0, order outside 2..200, and oversamp and base_oversamp outside 1..200.
CellEstimates integrate_with_error(const Integrand& f, PointsView points, int k, int order = 3,
                                   int base_oversamp = 1, int oversamp = 3);

/// The deepest level that may be asked for.
inline constexpr int kMaxRefinementLevel = 20;

/// How pixels are refined: the seed's parameters and defaults.
struct RefinementOptions {
  int base_oversamp = 1;  ///< the points given are centres of cells of side 1 / base_oversamp
  int order = 3;          ///< nodes a side of the rules; 2 to 200
  int oversamp = 3;       ///< a cell is split into oversamp^2; 1 to 200
  double precision =
      1e-6;  ///< a cell is imprecise when its error estimate exceeds this, in units of the light
  double frac_refine = 0.1;  ///< int(frac_refine N) cells are split at each level, N the number of points
  int k_max = 5;             ///< deepest level; 0 to kMaxRefinementLevel

  /// Throws InputError naming the option that is outside its range.
  void validate() const;
};

/// What the refinement of an image can vouch for. Estimates are of the cells that make up the image (the
/// leaves).
struct RefinementCertificate {
  std::int64_t n_imprecise = 0;               ///< leaves whose estimate exceeds the precision
  std::int64_t n_non_finite = 0;              ///< leaves whose value is not finite
  double max_error = 0.0;                     ///< largest estimate of a leaf; not finite values left out
  double sum_error = 0.0;                     ///< sum of the leaves' estimates
  std::int64_t n_evaluations = 0;             ///< of the integrand
  std::vector<std::int64_t> cells_per_level;  ///< leaves of each level
  bool outgrown = false;                      ///< apply: the light no longer fits the plan, prepare another
};

/// Which cells are refined, level by level: the seed's prepared refinement, as a plan. Immutable and cheap to
/// copy; may be applied from many threads at once.
class SubpixelRefinement {
 public:
  struct Plan;
  explicit SubpixelRefinement(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}

  const RefinementOptions& options() const;
  /// Number of points that were given, and of pixels.
  std::size_t size() const;
  /// For each level but the last: which of its cells are split, in the order of ascending error.
  const std::vector<std::vector<std::int64_t>>& idx_to_refine() const;
  /// For each level: the integrals over its cells.
  const std::vector<std::vector<double>>& integrated_pixels() const;
  /// For each level: cells whose error estimate exceeded the precision or was not finite.
  const std::vector<std::int64_t>& n_imprecise() const;
  /// Number of cells that are split at each level.
  std::int64_t n_to_refine() const;
  /// Of the light it was prepared for.
  const RefinementCertificate& certificate() const;

  /// The pixels of the light that the plan was prepared for.
  std::vector<double> pixels() const;

  /// The pixels of another light on the same cells: the leaves alone are evaluated, by G and C (see
  /// integrate_with_error), without choosing cells anew. Their difference |G - C| comes free. The certificate
  /// says `outgrown` where more leaves than at preparation have none that is finite, or where one exceeds all
  /// of: the precision, kOutgrowth times the largest of its level at preparation, half the largest of all
  /// levels.
  std::vector<double> apply(const Integrand& f, RefinementCertificate* certificate = nullptr) const;

  static constexpr double kOutgrowth = 4.0;

 private:
  std::shared_ptr<const Plan> plan_;
};

/// Level by level, splits the int(frac_refine N) cells with the largest error estimates (those that are not
/// finite count as the largest, equal ones in the order of the cells) until no cell is imprecise or level
/// k_max is done. With frac_refine N < 1 nothing is split. Throws InputError for options outside their ranges
/// and for no points.
SubpixelRefinement prepare_subpixel_refinements(const Integrand& f, PointsView points,
                                                const RefinementOptions& options = {});

/// The sums of the children put in the place of their parents, deepest level first: integrals[k] are the
/// cells of level k, idx_to_refine[k] those of them whose children, in order, are integrals[k + 1]. Returns
/// the pixels, as many as integrals[0]. Throws InputError when the numbers do not match or an index is out of
/// range.
std::vector<double> apply_subpixel_refinements(std::span<const std::vector<std::int64_t>> idx_to_refine,
                                               std::span<const std::vector<double>> integrals, int oversamp);

/// Prepares and applies in one call.
std::vector<double> integrate_with_subpixel_refinement(const Integrand& f, PointsView points,
                                                       const RefinementOptions& options = {},
                                                       RefinementCertificate* certificate = nullptr);

}  // namespace gaxel
