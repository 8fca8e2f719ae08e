#include "fit/scene_problem.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "fit/bounded_linear.hpp"
#include "gaxel/error.hpp"
#include "gaxel/stop.hpp"

namespace gaxel {

namespace {

std::vector<Eigen::Index> positions(const std::vector<FreeParameter>& parameters, bool linear) {
  std::vector<Eigen::Index> result;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].is_linear == linear) result.push_back(static_cast<Eigen::Index>(i));
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

/// Rounds for fluxes and sky end when the next one promises less than this share of the statistic.
constexpr double kLinearTolerance = 1e-10;
constexpr int kMostRounds = 50;
constexpr double kLeastShare = 1e-9;  // of a round's step

}  // namespace

SceneProblem::SceneProblem(ParameterMap map, std::span<PixelResidual> pixels, const SearchControl* control)
    : map_(std::move(map)),
      pixels_(pixels),
      control_(control),
      parameters_(map_.parameters()),
      shapes_(positions(parameters_, false)),
      linears_(positions(parameters_, true)),
      coordinates_(select(parameters_, shapes_)),
      n_residuals_(static_cast<int>(map_.prior_residual().size())),
      is_quadratic_(std::ranges::all_of(pixels, [](const auto& band) { return band.is_quadratic(); })),
      dark_(Eigen::VectorXd::Zero(map_.size())) {
  Eigen::VectorXd dark_in = Eigen::VectorXd::Zero(map_.n_bands());
  for (int band = 0; band < map_.n_bands(); ++band) {
    n_residuals_ += static_cast<int>(std::ranges::count(map_.wanted(band), 1)) + 1;
    for (const Component& component : map_.components(band)) {
      const double flux = std::abs(component.norm());
      if (flux > 0.0) dark_in[band] += kDark * flux;
    }
    if (dark_in[band] == 0.0) dark_in[band] = 1.0;
  }
  for (const Eigen::Index i : linears_) {
    FreeParameter& parameter = parameters_[static_cast<std::size_t>(i)];
    if (!is_norm(parameter.role)) continue;
    dark_[i] = dark_in[std::max(parameter.band, 0)];
    if (parameter.min == 0.0) parameter.min = dark_[i];
  }
  point_.values = map_.values();
}

std::vector<double> SceneProblem::start() const {
  const Eigen::VectorXd x = coordinates_.inner(map_.values()(shapes_));
  return {x.begin(), x.end()};
}

ParameterMap SceneProblem::best_map() const {
  ParameterMap map = map_;
  if (best_) map.move_to(best_->values);
  return map;
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
  point_.values(shapes_) = shape_values;
  for (const Eigen::Index i : linears_) {
    if (std::abs(point_.values[i]) < dark_[i]) point_.values[i] = dark_[i];
  }
  map_.move_to(point_.values);
  ++evaluations_;
  if (!draw()) return false;
  if (std::isnan(chi2_start_)) {
    chi2_start_ = 0.0;
    for (const PixelResidual& band : pixels_) chi2_start_ += band.chi2();
  }
  point_.at_bound.assign(parameters_.size(), 0);
  if (!solve_linear()) return false;
  const bool mixed = std::ranges::any_of(shapes_, [&](Eigen::Index shape) {
    return has_coefficients(parameters_[static_cast<std::size_t>(shape)]);
  });
  // How the derivatives to shapes share the coefficients is not known.
  if (mixed && !(draw() && reduce())) return false;
  reduce_to_shapes(x);
  if (!reduced_.allFinite()) return false;
  at_ = x;
  if (!best_ || point_.about.chi2() < best_->about.chi2()) best_ = point_;
  return true;
}

bool SceneProblem::has_coefficients(const FreeParameter& parameter) const {
  const Component& component = map_.components(0)[static_cast<std::size_t>(parameter.component)];
  return component.kind->index_of(Role::kCoefficient) >= 0;
}

bool SceneProblem::draw() {
  try {
    for (int band = 0; band < map_.n_bands(); ++band) {
      // The image itself is left, too, once there is something to return.
      const StopScope scope([&] { return best_ && control_ != nullptr && control_->is_out_of_time(); });
      pixels_[static_cast<std::size_t>(band)].render(map_.components(band), map_.wanted(band));
    }
  } catch (const Cancelled&) {
    // By the clock; else by the caller, whose scope it is then.
    if (!best_ || control_ == nullptr || !control_->is_out_of_time()) throw;
    return false;
  } catch (const InputError& error) {
    // Each value is in its range, but together they are no shape: a step that went too far. An image that
    // is not finite is told by the fit, which knows whose.
    if (!best_ && error.problem().key != "image") throw;
    return false;
  }
  return true;
}

bool SceneProblem::reduce(bool linear_only) {
  in_bands_.clear();
  for (int band = 0; band < map_.n_bands(); ++band) {
    std::vector<std::uint8_t> columns;
    std::size_t flat = 0;
    for (const Component& component : map_.components(band)) {
      for (const ParameterSpec& spec : component.kind->parameters) {
        if (map_.wanted(band)[flat++] != 0) columns.push_back(!linear_only || is_linear(spec.role) ? 1 : 0);
      }
    }
    std::optional<Linearisation> about = pixels_[static_cast<std::size_t>(band)].reduce(columns);
    if (!about) return false;
    in_bands_.push_back(std::move(*about));
  }
  assemble();
  return point_.about.residual.allFinite() && point_.about.jacobian.allFinite();
}

void SceneProblem::assemble() {
  Linearisation& about = point_.about;
  about.residual.resize(n_residuals_);
  about.jacobian.resize(n_residuals_, map_.size());
  Eigen::Index row = 0;
  for (int band = 0; band < map_.n_bands(); ++band) {
    const Linearisation& own = in_bands_[static_cast<std::size_t>(band)];
    const Eigen::Index n = own.residual.size();
    about.residual.segment(row, n) = own.residual;
    about.jacobian.middleRows(row, n).noalias() = own.jacobian * map_.derivatives(band);
    row += n;
  }
  about.residual.tail(n_residuals_ - row) = map_.prior_residual();
  about.jacobian.bottomRows(n_residuals_ - row) = map_.prior_jacobian();
}

bool SceneProblem::solve_linear() {
  if (linears_.empty()) return reduce();
  if (!is_quadratic_) return solve_by_rounds();
  if (!reduce()) return false;
  const InBands before = components();
  point_.values(linears_) = linear_solution(clamped(point_.values(linears_)));
  map_.move_to(point_.values);
  follow_linear(before);
  assemble();
  return true;
}

bool SceneProblem::solve_by_rounds() {
  const InBands before = components();
  move_linear(clamped(point_.values(linears_)));
  double least = std::numeric_limits<double>::infinity();
  Eigen::VectorXd from = point_.values(linears_);
  Eigen::VectorXd step;
  double share = 1.0;
  for (int round = 0; round < kMostRounds; ++round) {
    const bool finite = reduce(true);
    if (round == 0 && !finite) return false;
    if (!finite || point_.about.chi2() > least) {
      share *= 0.5;
      move_linear(share > kLeastShare ? Eigen::VectorXd(from + share * step) : from);
      if (share > kLeastShare) continue;
      break;
    }
    least = point_.about.chi2();
    from = point_.values(linears_);
    step = linear_solution(from) - from;
    const Eigen::VectorXd left = point_.about.residual + point_.about.jacobian(Eigen::all, linears_) * step;
    if (least - left.squaredNorm() <= kLinearTolerance * least) break;
    share = 1.0;
    move_linear(from + step);
  }
  for (int band = 0; band < map_.n_bands(); ++band)
    pixels_[static_cast<std::size_t>(band)].scale(moves_from(before, band));
  return reduce();
}

/// The best fluxes and sky for the images as they are linear now, and which of them a bound holds.
Eigen::VectorXd SceneProblem::linear_solution(const Eigen::VectorXd& start) {
  const auto n = static_cast<Eigen::Index>(linears_.size());
  Eigen::VectorXd low(n);
  Eigen::VectorXd high(n);
  for (Eigen::Index k = 0; k < n; ++k) {
    const FreeParameter& parameter =
        parameters_[static_cast<std::size_t>(linears_[static_cast<std::size_t>(k)])];
    low[k] = parameter.min;
    high[k] = parameter.max;
  }
  const Eigen::VectorXd now = point_.values(linears_);
  const Eigen::MatrixXd columns = point_.about.jacobian(Eigen::all, linears_);
  const Eigen::VectorXd residual = point_.about.residual + columns * (start - now);
  const BoundedSolution solution = solve_bounded(columns, residual, start, low, high);
  for (Eigen::Index k = 0; k < n; ++k) {
    point_.at_bound[static_cast<std::size_t>(linears_[static_cast<std::size_t>(k)])] =
        solution.at_bound[k] ? 1 : 0;
  }
  return solution.x;
}

Eigen::VectorXd SceneProblem::clamped(Eigen::VectorXd linear) const {
  for (Eigen::Index k = 0; k < linear.size(); ++k) {
    const FreeParameter& parameter =
        parameters_[static_cast<std::size_t>(linears_[static_cast<std::size_t>(k)])];
    linear[k] = std::clamp(linear[k], parameter.min, parameter.max);
  }
  return linear;
}

void SceneProblem::move_linear(const Eigen::VectorXd& linear) {
  const InBands before = components();
  point_.values(linears_) = linear;
  map_.move_to(point_.values);
  for (int band = 0; band < map_.n_bands(); ++band)
    pixels_[static_cast<std::size_t>(band)].move(map_.components(band), moves_from(before, band));
}

SceneProblem::InBands SceneProblem::components() const {
  InBands result;
  for (int band = 0; band < map_.n_bands(); ++band) result.push_back(map_.components(band));
  return result;
}

// The images move along their derivatives to what is linear, and the derivatives to a component's shapes are
// proportional to its flux.
std::vector<ColumnMove> SceneProblem::moves_from(const InBands& before, int band) const {
  std::vector<ColumnMove> moves;
  const std::vector<Component>& now = map_.components(band);
  const std::span<const std::uint8_t> wanted = map_.wanted(band);
  std::size_t flat = 0;
  for (std::size_t c = 0; c < now.size(); ++c) {
    const Component& old = before[static_cast<std::size_t>(band)][c];
    const double ratio = now[c].norm() / old.norm();  // NaN where it has no flux
    for (std::size_t i = 0; i < now[c].values.size(); ++i, ++flat) {
      if (wanted[flat] == 0) continue;
      ColumnMove& move = moves.emplace_back();
      if (is_linear(now[c].kind->parameters[i].role)) {
        move.step = now[c].values[i] - old.values[i];
      } else if (std::isfinite(ratio)) {
        move.factor = ratio;
      }
    }
  }
  return moves;
}

void SceneProblem::follow_linear(const InBands& before) {
  for (int band = 0; band < map_.n_bands(); ++band) {
    Linearisation& own = in_bands_[static_cast<std::size_t>(band)];
    const std::vector<ColumnMove> moves = moves_from(before, band);
    for (std::size_t k = 0; k < moves.size(); ++k) {
      const auto column = static_cast<Eigen::Index>(k);
      own.residual += own.jacobian.col(column) * moves[k].step;
      own.jacobian.col(column) *= moves[k].factor;
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
