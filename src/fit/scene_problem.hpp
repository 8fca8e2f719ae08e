// A scene against the images of all bands as one least-squares problem. Light is linear in fluxes and sky:
// for every trial of the shapes these are solved for (variable projection), so that the optimiser sees shapes
// alone. Where losses are no squares that takes a few rounds over the pixels, but no more images.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "fit/coordinates.hpp"
#include "fit/least_squares.hpp"
#include "fit/linearisation.hpp"
#include "fit/parameter_map.hpp"
#include "fit/search_control.hpp"

namespace gaxel {

/// A point that was tried.
struct ScenePoint {
  Eigen::VectorXd values;      ///< of all free parameters, in the scene's order
  Linearisation about;         ///< the images of all bands, and priors, about them
  std::vector<char> at_bound;  ///< 1: the parameter lies at an end of its range
  double promise = 0.0;        ///< by how much chi2 would fall if the image were as linear as that
};

class SceneProblem final : public LeastSquaresProblem {
 public:
  /// `pixels`: of each band. They and `control` must outlive the problem. Once a point is known, no image is
  /// begun after the control's time is over: such a point counts as one that is not finite.
  SceneProblem(ParameterMap map, std::span<PixelResidual> pixels, const SearchControl* control = nullptr);

  int n_residuals() const override { return n_residuals_; }
  int n_parameters() const override { return coordinates_.size(); }
  bool evaluate(const double* x, double* residuals, double* jacobian) override;
  void advance(const double* x, const double* step, double* x_new) const override;

  /// The optimiser's coordinates of the scene's values.
  std::vector<double> start() const;
  /// Solves for fluxes and sky at x and remembers the point. False where it is not finite.
  bool move_to(const Eigen::VectorXd& x);
  /// Of all points tried, the one of least chi2.
  const std::optional<ScenePoint>& best() const { return best_; }
  /// The free parameters, in the scene's order.
  const std::vector<FreeParameter>& parameters() const { return parameters_; }
  /// At the best point, if there is one.
  ParameterMap best_map() const;
  int evaluations() const { return evaluations_; }
  /// Of the pixels at the scene's own values.
  double chi2_start() const { return chi2_start_; }

 private:
  /// Whether a component's light is a sum with coefficients, each of which has shapes in common with others.
  bool has_coefficients(const FreeParameter& parameter) const;
  using InBands = std::vector<std::vector<Component>>;
  InBands components() const;
  std::vector<ColumnMove> moves_from(const InBands& before, int band) const;
  bool draw();
  bool reduce(bool linear_only = false);
  void assemble();
  bool solve_linear();
  bool solve_by_rounds();
  Eigen::VectorXd linear_solution(const Eigen::VectorXd& start);
  Eigen::VectorXd clamped(Eigen::VectorXd linear) const;
  void move_linear(const Eigen::VectorXd& linear);
  void follow_linear(const InBands& before);
  void reduce_to_shapes(const Eigen::VectorXd& x);

  ParameterMap map_;
  std::span<PixelResidual> pixels_;
  const SearchControl* control_;
  std::vector<FreeParameter> parameters_;
  std::vector<Eigen::Index> shapes_;   // positions among the free parameters of what is not linear
  std::vector<Eigen::Index> linears_;  // and of fluxes and sky
  Coordinates coordinates_;            // of the shapes
  int n_residuals_;
  bool is_quadratic_;
  Eigen::VectorXd dark_;                 // of each flux among the free parameters: next to nothing; else 0
  std::optional<Eigen::VectorXd> at_;    // where point_ and reduced_ belong
  std::vector<Linearisation> in_bands_;  // by the components' own parameters
  ScenePoint point_;
  Eigen::MatrixXd reduced_;  // derivatives to the coordinates, fluxes and sky following
  std::optional<ScenePoint> best_;
  int evaluations_ = 0;
  double chi2_start_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace gaxel
