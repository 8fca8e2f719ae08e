// What a fit asks of the parameters themselves, beside the pixels: rows of the least-squares problem that no
// pixel stands behind.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/scene.hpp"

namespace gaxel {

/// Residuals and their derivatives to the n parameters marked in `wanted`.
struct PenaltyRows {
  Eigen::VectorXd residual;  ///< (m)
  Eigen::MatrixXd jacobian;  ///< (m, n)
};

/// A penalty: the sum of the squares of its residuals is added to chi2.
class Penalty {
 public:
  virtual ~Penalty() = default;

  /// At the values of `components`; `wanted` marks free ones among all parameters of all components, in
  /// order.
  virtual PenaltyRows rows(std::span<const Component> components,
                           std::span<const std::uint8_t> wanted) const = 0;
};

using Penalties = std::vector<std::unique_ptr<const Penalty>>;

/// Those that the components of a scene ask for: `smoothness` times the sum of the squared second differences
/// of the logarithms of neighbouring knots, for every profile with knots and a smoothness above 0.
Penalties penalties_of(const Scene& scene);

/// The sum of the squares of all residuals.
double sum_of_squares(const Penalties& penalties, std::span<const Component> components);

}  // namespace gaxel
