#include "fit/penalty.hpp"

#include <array>
#include <cmath>
#include <cstddef>

namespace gaxel {
namespace {

/// Of the knots of one component (P-splines: Eilers & Marx 1996, Stat. Sci. 11, 89, eq. 6).
class Smoothness final : public Penalty {
 public:
  Smoothness(std::size_t component, std::size_t first_flat, std::vector<std::size_t> knots, double weight)
      : component_(component), first_flat_(first_flat), knots_(std::move(knots)), root_(std::sqrt(weight)) {}

  PenaltyRows rows(std::span<const Component> components,
                   std::span<const std::uint8_t> wanted) const override {
    const std::vector<double>& values = components[component_].values;
    std::vector<Eigen::Index> columns;  // of each parameter, among the wanted ones
    Eigen::Index n = 0;
    for (const std::uint8_t mark : wanted) columns.push_back(mark != 0 ? n++ : -1);
    const auto m = static_cast<Eigen::Index>(knots_.size()) - 2;
    PenaltyRows result{Eigen::VectorXd::Zero(m), Eigen::MatrixXd::Zero(m, n)};
    constexpr std::array kDifference{1.0, -2.0, 1.0};
    for (Eigen::Index row = 0; row < m; ++row) {
      for (std::size_t k = 0; k < kDifference.size(); ++k) {
        const std::size_t knot = knots_[static_cast<std::size_t>(row) + k];
        result.residual[row] += root_ * kDifference[k] * values[knot];
        const Eigen::Index column = columns.empty() ? -1 : columns[first_flat_ + knot];
        if (column >= 0) result.jacobian(row, column) = root_ * kDifference[k];
      }
    }
    return result;
  }

 private:
  std::size_t component_;
  std::size_t first_flat_;
  std::vector<std::size_t> knots_;
  double root_;
};

}  // namespace

Penalties penalties_of(const Scene& scene) {
  Penalties penalties;
  std::size_t flat = 0;
  for (std::size_t c = 0; c < scene.components.size(); ++c) {
    const SceneComponent& component = scene.components[c];
    const auto specs = component.kind->parameters;
    std::vector<std::size_t> knots;
    double weight = 0.0;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (specs[i].role == Role::kKnot) knots.push_back(i);
      if (specs[i].role == Role::kSmoothness) weight = component.parameters[i].value;
    }
    if (weight > 0.0 && knots.size() > 2)
      penalties.push_back(std::make_unique<Smoothness>(c, flat, std::move(knots), weight));
    flat += specs.size();
  }
  return penalties;
}

double sum_of_squares(const Penalties& penalties, std::span<const Component> components) {
  double sum = 0.0;
  for (const auto& penalty : penalties) sum += penalty->rows(components, {}).residual.squaredNorm();
  return sum;
}

}  // namespace gaxel
