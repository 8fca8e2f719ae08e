#include "fit/scene_problem.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "fit/bounded_linear.hpp"
#include "gaxel/error.hpp"

namespace gaxel {

namespace {

bool is_linear(Role role) {
  return is_norm(role) || role == Role::kLevel || role == Role::kSlopeX || role == Role::kSlopeY ||
         role == Role::kCoefficient;
}

std::vector<Eigen::Index> positions(const std::vector<FreeParameter>& parameters, bool linear) {
  std::vector<Eigen::Index> result;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (is_linear(parameters[i].role) == linear) result.push_back(static_cast<Eigen::Index>(i));
  }
  return result;
}

std::vector<FreeParameter> select(const std::vector<FreeParameter>& from,
                                  const std::vector<Eigen::Index>& which) {
  std::vector<FreeParameter> result;
  for (const Eigen::Index i : which) result.push_back(from[static_cast<std::size_t>(i)]);
  return result;
}

/// Share of the start's fluxes below which a component shows no derivative to its shape.
constexpr double kDark = 1e-9;

}  // namespace

SceneProblem::SceneProblem(const Scene& scene, PixelResidual& pixels)
    : pixels_(pixels),
      components_(scene.render_list()),
      parameters_(free_parameters(scene)),
      shapes_(positions(parameters_, false)),
      linears_(positions(parameters_, true)),
      coordinates_(select(parameters_, shapes_)) {
  for (const Component& component : components_) {
    wanted_.resize(wanted_.size() + component.values.size(), 0);
    const double flux = std::abs(component.norm());
    if (flux > 0.0) dark_ += kDark * flux;
  }
  if (dark_ == 0.0) dark_ = 1.0;
  for (FreeParameter& parameter : parameters_) {
    wanted_[static_cast<std::size_t>(parameter.flat)] = 1;
    if (is_norm(parameter.role) && parameter.min == 0.0) parameter.min = dark_;
  }
}

double& SceneProblem::value(Eigen::Index i) {
  const FreeParameter& parameter = parameters_[static_cast<std::size_t>(i)];
  return components_[static_cast<std::size_t>(parameter.component)]
      .values[static_cast<std::size_t>(parameter.index)];
}

std::vector<double> SceneProblem::start() const {
  Eigen::VectorXd values(coordinates_.size());
  for (int i = 0; i < coordinates_.size(); ++i) {
    const FreeParameter& parameter = coordinates_.parameters()[static_cast<std::size_t>(i)];
    values[i] = components_[static_cast<std::size_t>(parameter.component)]
                    .values[static_cast<std::size_t>(parameter.index)];
  }
  const Eigen::VectorXd x = coordinates_.inner(values);
  return {x.begin(), x.end()};
}

void SceneProblem::advance(const double* x, const double* step, double* x_new) const {
  const int n = n_parameters();
  Eigen::Map<Eigen::VectorXd>(x_new, n) = coordinates_.advance(Eigen::Map<const Eigen::VectorXd>(x, n),
                                                               Eigen::Map<const Eigen::VectorXd>(step, n));
}

bool SceneProblem::evaluate(const double* x, double* residuals, double* jacobian) {
  const Eigen::Map<const Eigen::VectorXd> wanted_x(x, n_parameters());
  if (at_ != wanted_x && !move_to(wanted_x)) return false;
  Eigen::Map<Eigen::VectorXd>(residuals, n_residuals()) = point_.about.residual;
  if (jacobian != nullptr) {
    using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Eigen::Map<RowMajor>(jacobian, n_residuals(), n_parameters()) = reduced_;
  }
  return true;
}

bool SceneProblem::move_to(const Eigen::VectorXd& x) {
  at_.reset();
  const Eigen::VectorXd shape_values = coordinates_.outer(x);
  if (!shape_values.allFinite()) return false;
  for (Eigen::Index k = 0; k < shape_values.size(); ++k)
    value(shapes_[static_cast<std::size_t>(k)]) = shape_values[k];
  for (const Eigen::Index i : linears_) {
    const bool flux = is_norm(parameters_[static_cast<std::size_t>(i)].role);
    if (flux && std::abs(value(i)) < dark_) value(i) = dark_;
  }
  ++evaluations_;
  std::optional<Linearisation> about;
  try {
    about = pixels_.linearise(components_, wanted_);
  } catch (const InputError&) {
    // Each value is in its range, but together they are no shape: a step that went too far.
    if (!best_) throw;
    return false;
  }
  if (!about) return false;
  point_.about = std::move(*about);
  if (std::isnan(chi2_start_)) chi2_start_ = point_.about.chi2();
  point_.at_bound.assign(parameters_.size(), 0);
  solve_linear();
  const bool mixed = std::ranges::any_of(shapes_, [&](Eigen::Index shape) {
    return has_coefficients(parameters_[static_cast<std::size_t>(shape)].component);
  });
  if (mixed) {  // how their derivatives share the coefficients is not known
    about = pixels_.linearise(components_, wanted_);
    if (!about) return false;
    point_.about = std::move(*about);
  }
  reduce_to_shapes(x);
  if (!reduced_.allFinite()) return false;
  point_.values.resize(static_cast<Eigen::Index>(parameters_.size()));
  for (Eigen::Index i = 0; i < point_.values.size(); ++i) point_.values[i] = value(i);
  at_ = x;
  if (!best_ || point_.about.chi2() < best_->about.chi2()) best_ = point_;
  return true;
}

bool SceneProblem::has_coefficients(int component) const {
  const ComponentKind& kind = *components_[static_cast<std::size_t>(component)].kind;
  return kind.index_of(Role::kCoefficient) >= 0;
}

void SceneProblem::solve_linear() {
  if (linears_.empty()) return;
  const auto n = static_cast<Eigen::Index>(linears_.size());
  Eigen::VectorXd start(n);
  Eigen::VectorXd low(n);
  Eigen::VectorXd high(n);
  for (Eigen::Index k = 0; k < n; ++k) {
    const Eigen::Index i = linears_[static_cast<std::size_t>(k)];
    low[k] = parameters_[static_cast<std::size_t>(i)].min;
    high[k] = parameters_[static_cast<std::size_t>(i)].max;
    start[k] = std::clamp(value(i), low[k], high[k]);
  }
  Linearisation& about = point_.about;
  const Eigen::MatrixXd columns = about.jacobian(Eigen::all, linears_);
  const BoundedSolution solution = solve_bounded(columns, about.residual, start, low, high);
  for (Eigen::Index k = 0; k < n; ++k) {
    const Eigen::Index i = linears_[static_cast<std::size_t>(k)];
    const FreeParameter& parameter = parameters_[static_cast<std::size_t>(i)];
    const double before = value(i);
    value(i) = solution.x[k];
    point_.at_bound[static_cast<std::size_t>(i)] = solution.at_bound[k] ? 1 : 0;
    about.residual += about.jacobian.col(i) * (value(i) - before);
    if (!is_norm(parameter.role)) continue;
    for (const Eigen::Index shape : shapes_) {  // their derivatives are proportional to the component's flux
      if (parameters_[static_cast<std::size_t>(shape)].component != parameter.component) continue;
      about.jacobian.col(shape) *= value(i) / before;
    }
  }
}

void SceneProblem::reduce_to_shapes(const Eigen::VectorXd& x) {
  const Linearisation& about = point_.about;
  Eigen::MatrixXd columns = about.jacobian(Eigen::all, shapes_);
  std::vector<Eigen::Index> solved;
  for (const Eigen::Index i : linears_) {
    if (!point_.at_bound[static_cast<std::size_t>(i)] && about.jacobian.col(i).norm() > 0.0)
      solved.push_back(i);
  }
  if (!solved.empty()) {
    Eigen::MatrixXd linear = about.jacobian(Eigen::all, solved);
    linear.colwise().normalize();
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr;
    qr.setThreshold(kLinearRank);
    qr.compute(linear);
    const Eigen::MatrixXd basis = qr.householderQ() * Eigen::MatrixXd::Identity(linear.rows(), qr.rank());
    columns -= basis * (basis.transpose() * columns);
  }
  const Eigen::VectorXd values = coordinates_.outer(x);
  for (int k = 0; k < coordinates_.size(); ++k) {
    const Eigen::Index i = shapes_[static_cast<std::size_t>(k)];
    if (coordinates_.side(values, k) != 0) point_.at_bound[static_cast<std::size_t>(i)] = 1;
  }
  Eigen::MatrixXd chain = coordinates_.step_jacobian(x);
  coordinates_.hold_at_bounds(x, columns.transpose() * about.residual, chain);
  reduced_ = columns * chain;
  point_.promise = 0.0;
  if (reduced_.cols() == 0) return;
  const Eigen::VectorXd step = reduced_.colPivHouseholderQr().solve(about.residual);
  point_.promise = about.chi2() - (about.residual - reduced_ * step).squaredNorm();
}

}  // namespace gaxel
