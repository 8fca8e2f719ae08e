// An image model, linear about a point: all that the optimiser and the errors need of it, whatever the
// image's size.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "fit/loss.hpp"
#include "fit/penalty.hpp"
#include "fit/tall_qr.hpp"
#include "gaxel/component.hpp"
#include "gaxel/fit.hpp"
#include "gaxel/render.hpp"

namespace gaxel {

/// Residuals of the used pixels and of penalties, and their derivatives, after an orthogonal transformation:
/// sums of squares and products are those of the pixels and penalties. Where losses are no squares, these are
/// rows whose sum of squares is the losses', whose gradient is half the losses', and whose J^T J is about
/// half their second derivative.
struct Linearisation {
  Eigen::VectorXd residual;  ///< (n + 1)
  Eigen::MatrixXd jacobian;  ///< (n + 1, n)

  double chi2() const { return residual.squaredNorm(); }
};

/// What becomes of a column when what is linear in a model moves: the model moves by `step` times it, and it
/// becomes `factor` times what it was.
struct ColumnMove {
  double step = 0.0;
  double factor = 1.0;
};

/// What the pixels tell of the parameters at the best model.
struct PixelInformation {
  Eigen::MatrixXd jacobian;  ///< (n + 1, n); J^T J is the expected second derivative of half the losses
  double ratio = 1.0;        ///< times it: the covariance of their gradient
};

/// The losses of the pixels of an observation for a renderer's model, and penalties. All must outlive it. The
/// components' cells are kept from one call to the next as long as they hold.
class PixelResidual {
 public:
  PixelResidual(const Observation& observation, const MultiPsfRenderer& renderer,
                const LikelihoodOptions& likelihood = {}, const Penalties* penalties = nullptr);

  /// Another renderer of the same shape from now on: of another tolerance.
  void use(const MultiPsfRenderer& renderer);

  std::int64_t n_pixels() const { return static_cast<std::int64_t>(used_.size()); }
  bool is_quadratic() const { return loss_->is_quadratic(); }
  /// What the statistic has beyond the losses.
  double constant() const { return loss_->constant(); }

  /// Draws the model of `components` and its derivatives to the parameters marked in `wanted` (as
  /// render_with_jacobian takes them).
  void render(std::span<const Component> components, std::span<const std::uint8_t> wanted);
  /// The model that was drawn, moved as its columns move, to that of `components`; the columns stay.
  void move(std::span<const Component> components, std::span<const ColumnMove> moves);
  /// The columns.
  void scale(std::span<const ColumnMove> moves);

  /// About the model that was drawn, with the columns marked in `columns`, 0 in the others; empty: all.
  /// Nothing when a pixel or a derivative is not finite.
  std::optional<Linearisation> reduce(std::span<const std::uint8_t> columns = {});
  /// Both.
  std::optional<Linearisation> linearise(std::span<const Component> components,
                                         std::span<const std::uint8_t> wanted);
  /// Of the model that was drawn, with its penalties.
  PixelInformation information() const;
  /// Sum of ((model - data) / sigma)^2 of the model that was drawn.
  double chi2() const;

 private:
  const double* plane(std::size_t column) const { return derivatives_.data() + column * model_.size(); }
  std::vector<double> used_model() const;
  /// Their sum of squares.
  double add_penalties(std::span<const std::size_t> columns, TallQr& qr) const;

  const Observation& observation_;
  const MultiPsfRenderer* renderer_;
  std::vector<std::size_t> used_;  // pixels
  std::unique_ptr<const Loss> loss_;
  const Penalties* penalties_;  // null: none
  MultiPsfPlan plan_;
  std::vector<Component> components_;  // as drawn, with moves
  std::vector<std::uint8_t> wanted_;
  std::size_t n_columns_ = 0;
  Image model_;
  std::vector<double> derivatives_;  // (n, ny, nx)
};

}  // namespace gaxel
