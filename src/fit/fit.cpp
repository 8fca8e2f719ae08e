#include "gaxel/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

#include "fit/covariance.hpp"
#include "fit/scene_problem.hpp"
#include "gaxel/error.hpp"

namespace gaxel {

namespace {

constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

std::string shape_text(Shape shape) {
  return fmt::format("{} x {} pixels", shape.nx, shape.ny);
}

void check_observation(const Observation& observation) {
  const Shape shape = observation.data.shape();
  if (shape.empty()) throw InputError({"fit", "data", shape_text(shape), "the image has no pixels", ""});
  if (observation.sigma.shape() != shape) {
    throw InputError({"fit", "sigma", shape_text(observation.sigma.shape()), "not of the data's shape",
                      shape_text(shape)});
  }
  if (observation.used.size() != shape.size()) {
    throw InputError({"fit", "used", fmt::format("{} pixels", observation.used.size()),
                      "not of the data's shape", fmt::format("{} pixels", shape.size())});
  }
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] == 0) continue;
    const std::size_t row = i / static_cast<std::size_t>(shape.nx);
    const std::size_t column = i % static_cast<std::size_t>(shape.nx);
    const double data = observation.data.data()[i];
    const double sigma = observation.sigma.data()[i];
    if (!std::isfinite(data)) {
      throw InputError({"fit", fmt::format("data({}, {})", row, column), fmt::format("{}", data),
                        "a pixel that is not masked has no finite value", "mask it"});
    }
    if (!(sigma > 0.0 && std::isfinite(sigma))) {
      throw InputError({"fit", fmt::format("sigma({}, {})", row, column), fmt::format("{}", sigma),
                        "a pixel that is not masked has no positive error", "mask it"});
    }
  }
}

void check_counts(const Observation& observation, const Scene& scene) {
  const int n_free = scene.n_free();
  const auto n_used = std::ranges::count_if(observation.used, [](auto mark) { return mark != 0; });
  if (n_used == 0) {
    throw InputError({"fit", "used", "0 pixels", "every pixel is masked", "at least one pixel to fit"});
  }
  if (n_free == 0) {
    throw InputError(
        {"fit", "free", "0", "no parameter is free", "at least one; to see the model, render it"});
  }
  if (n_free > n_used) {
    throw FitError(fmt::format("{} free parameters cannot be found from {} pixels", n_free, n_used));
  }
}

bool has_unknown_value(const Scene& scene) {
  for (const SceneComponent& component : scene.components) {
    for (const Parameter& parameter : component.parameters) {
      if (std::isnan(parameter.value)) return true;
    }
  }
  return false;
}

LeastSquaresSummary run(SceneProblem& problem, const FitOptions& options, const ProgressCallback& progress) {
  std::vector<double> x = problem.start();
  if (x.empty()) {  // fluxes and sky alone: solved for at once
    LeastSquaresSummary summary;
    if (!problem.move_to(Eigen::VectorXd())) return summary;
    summary.stop_reason = StopReason::kConverged;
    FitProgress only;
    only.chi2 = problem.best()->about.chi2();
    if (progress && !progress(only)) summary.stop_reason = StopReason::kCancelled;
    return summary;
  }
  LeastSquaresOptions least_squares;
  least_squares.max_iterations = options.max_iterations;
  least_squares.ftol = options.ftol;
  return minimise(problem, least_squares, progress, x);
}

/// A stop after refused steps is convergence only where the linear model promises next to nothing either.
StopReason final_reason(const LeastSquaresSummary& summary, const ScenePoint& best) {
  const double chi2 = best.about.chi2();
  const bool promising = best.promise > 1e-6 * chi2 && best.promise > 0.01;
  const bool stuck = summary.stop_reason == StopReason::kConverged && summary.stalled && promising;
  return stuck ? StopReason::kNoProgress : summary.stop_reason;
}

std::string words(StopReason reason, const FitOptions& options, bool linear) {
  switch (reason) {
    case StopReason::kConverged:
      return linear ? "converged: only fluxes and sky were free, which are solved for directly"
                    : fmt::format("converged: chi2 changes by less than {:g} of itself", options.ftol);
    case StopReason::kMaxIterations:
      return fmt::format("stopped after {} iterations, before it converged", options.max_iterations);
    case StopReason::kCancelled:
      return "cancelled: these are the best values so far";
    case StopReason::kNoProgress:
      return "stopped: no step lowers chi2, although its slope is not zero";
    case StopReason::kFailed:
      break;
  }
  return "failed: no step could be computed";
}

/// Angles repeat after half a turn: the one nearest to 0, or the first inside the user's bounds.
double wrapped(double theta, const Parameter& parameter) {
  const double pi = std::numbers::pi;
  if (std::isfinite(parameter.min)) return theta + pi * std::ceil((parameter.min - theta) / pi);
  if (std::isfinite(parameter.max)) return theta - pi * std::ceil((theta - parameter.max) / pi);
  return theta - pi * std::ceil(theta / pi - 0.5);
}

/// Values, flags, errors and covariance of the free parameters.
void write_parameters(const std::vector<FreeParameter>& parameters, const ScenePoint& best,
                      FitResult& result) {
  for (const SceneComponent& component : result.scene.components) {
    result.errors.emplace_back(component.parameters.size(), kNotKnown);
    result.flags.emplace_back(component.parameters.size(), ParameterFlag::kNone);
  }
  Covariance errors = covariance(best.about.jacobian, best.at_bound);
  const auto n = static_cast<Eigen::Index>(parameters.size());
  for (Eigen::Index i = 0; i < n; ++i) {
    const FreeParameter& free = parameters[static_cast<std::size_t>(i)];
    const auto c = static_cast<std::size_t>(free.component);
    const auto p = static_cast<std::size_t>(free.index);
    Parameter& parameter = result.scene.components[c].parameters[p];
    parameter.value = best.values[i];
    const bool angle = free.role == Role::kTheta && !std::isfinite(free.min);
    if (angle) parameter.value = wrapped(parameter.value, parameter);

    double error = std::sqrt(errors.matrix(i, i));
    const bool no_direction =
        angle && error > std::numbers::pi / std::sqrt(12.0);  // that of any direction at all
    if (no_direction) {
      errors.matrix.row(i).setConstant(kNotKnown);
      errors.matrix.col(i).setConstant(kNotKnown);
      error = kNotKnown;
    }
    result.errors[c][p] = error;
    if (best.at_bound[static_cast<std::size_t>(i)]) {
      result.flags[c][p] = ParameterFlag::kAtBound;
    } else if (no_direction || errors.degenerate[static_cast<std::size_t>(i)]) {
      result.flags[c][p] = ParameterFlag::kDegenerate;
    }
  }
  for (Eigen::Index i = 0; i < n; ++i) {
    for (Eigen::Index j = 0; j < n; ++j) result.covariance.push_back(errors.matrix(i, j));
  }
}

}  // namespace

std::string FitOptions::problem() const {
  if (!(tolerance.rtol > 0.0)) return fmt::format("rtol = {:g}: must be positive", tolerance.rtol);
  if (!(tolerance.atol > 0.0)) return fmt::format("atol = {:g}: must be positive", tolerance.atol);
  if (max_iterations < 1) return fmt::format("max_iterations = {}: must be at least 1", max_iterations);
  if (!(ftol > 0.0 && ftol < 1.0)) return fmt::format("ftol = {:g}: must lie between 0 and 1", ftol);
  if (threads < 0) return fmt::format("threads = {}: must not be negative", threads);
  return "";
}

FitResult fit(const Observation& observation, Scene scene, const FitOptions& options,
              const ProgressCallback& progress) {
  const auto begin = std::chrono::steady_clock::now();
  if (const std::string problem = options.problem(); !problem.empty()) {
    throw InputError({"fit", "options", "", problem, ""});
  }
  validate(scene, "fit");
  check_observation(observation);
  check_counts(observation, scene);
  if (has_unknown_value(scene)) estimate_starting_values(observation, scene);

  const Shape shape = observation.data.shape();
  const Renderer renderer(shape, observation.psf, {options.tolerance, false, options.threads});
  PixelResidual pixels(observation, renderer);
  SceneProblem problem(scene, pixels);
  const LeastSquaresSummary summary = run(problem, options, progress);
  if (!problem.best()) throw FitError("the model of the starting values is not finite");
  const ScenePoint& best = *problem.best();

  FitResult result;
  result.scene = std::move(scene);
  write_parameters(problem.parameters(), best, result);
  result.chi2 = best.about.chi2();
  result.chi2_start = problem.chi2_start();
  result.n_pixels = pixels.n_pixels();
  result.dof = result.n_pixels - static_cast<std::int64_t>(problem.parameters().size());
  result.iterations = summary.iterations;
  result.evaluations = problem.evaluations() + 1;
  result.stop_reason = final_reason(summary, best);
  result.message = words(result.stop_reason, options, problem.n_parameters() == 0);
  result.model = Image(shape);
  const Renderer certifying(shape, observation.psf, {options.tolerance, true, options.threads});
  result.certificate = certifying.render(result.scene.render_list(), result.model.view());
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace gaxel
