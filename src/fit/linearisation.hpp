// An image model, linear about a point: all that the optimiser and the errors need of it, whatever the
// image's size.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "fit/penalty.hpp"
#include "gaxel/component.hpp"
#include "gaxel/fit.hpp"
#include "gaxel/render.hpp"

namespace gaxel {

/// Residuals (model - data) / sigma of the used pixels, those of penalties, and their derivatives, after an
/// orthogonal transformation: sums of squares and products are those of the pixels and penalties.
struct Linearisation {
  Eigen::VectorXd residual;  ///< (n + 1)
  Eigen::MatrixXd jacobian;  ///< (n + 1, n)

  double chi2() const { return residual.squaredNorm(); }
};

/// The pixels of an observation against a renderer's, and penalties. All must outlive it. The components'
/// cells are kept from one call to the next as long as they hold.
class PixelResidual {
 public:
  PixelResidual(const Observation& observation, const MultiPsfRenderer& renderer,
                const Penalties* penalties = nullptr);

  /// Another renderer of the same shape from now on: of another tolerance.
  void use(const MultiPsfRenderer& renderer);

  std::int64_t n_pixels() const { return static_cast<std::int64_t>(used_.size()); }

  /// About the values in `components`, for the parameters marked in `wanted` (as render_with_jacobian takes
  /// them). Nothing when a pixel or a derivative is not finite.
  std::optional<Linearisation> linearise(std::span<const Component> components,
                                         std::span<const std::uint8_t> wanted);

 private:
  const Observation& observation_;
  const MultiPsfRenderer* renderer_;
  const Penalties* penalties_;  // null: none
  MultiPsfPlan plan_;
  std::vector<std::size_t> used_;  // pixels
  std::vector<double> weight_;     // 1 / sigma of them
  Image model_;
  std::vector<double> derivatives_;  // (n, ny, nx)
};

}  // namespace gaxel
