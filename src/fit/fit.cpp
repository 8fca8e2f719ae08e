#include "gaxel/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "fit/covariance.hpp"
#include "fit/noise_tolerance.hpp"
#include "fit/penalty.hpp"
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

LeastSquaresSummary run(SceneProblem& problem, const LeastSquaresOptions& options,
                        const ProgressCallback& progress) {
  std::vector<double> x = problem.start();
  if (!x.empty()) return minimise(problem, options, progress, x);
  // Fluxes and sky alone: solved for at once.
  LeastSquaresSummary summary;
  if (!problem.move_to(Eigen::VectorXd())) return summary;
  summary.stop_reason = StopReason::kConverged;
  FitProgress only;
  only.chi2 = problem.best()->about.chi2();
  if (progress && !progress(only)) summary.stop_reason = StopReason::kCancelled;
  return summary;
}

/// The scene with the free parameters at a point's values.
Scene scene_at(Scene scene, const std::vector<FreeParameter>& parameters, const ScenePoint& point) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    scene.components[static_cast<std::size_t>(parameters[i].component)]
        .parameters[static_cast<std::size_t>(parameters[i].index)]
        .value = point.values[static_cast<Eigen::Index>(i)];
  }
  return scene;
}

/// Reports the steps of a second search as the continuation of a first one, whose end is its start.
ProgressCallback continued(const ProgressCallback& progress, int iterations, double seconds) {
  if (!progress) return {};
  return [&progress, iterations, seconds](FitProgress step) {
    if (step.iteration == 0) return true;
    step.iteration += iterations;
    step.seconds += seconds;
    return progress(step);
  };
}

/// A search with pixels as exact as the noise asks for, and the last steps with exact ones.
class TwoStageFit {
 public:
  TwoStageFit(const Observation& observation, const std::vector<Psf>& psfs, const FitOptions& options,
              const Penalties& penalties)
      : options_(options),
        tolerances_(fit_tolerances(observation, options)),
        search_(observation.data.shape(), psfs, {tolerances_.search, false, options.threads}),
        final_(observation.data.shape(), psfs, {tolerances_.final, false, options.threads}),
        pixels_(observation, search_, &penalties) {}

  void run(const Scene& scene, const ProgressCallback& progress) {
    LeastSquaresOptions least_squares;
    least_squares.max_iterations = options_.max_iterations;
    if (options_.noise_share == 0.0) {
      least_squares.ftol = options_.ftol;
      problem_.emplace(scene, pixels_);
      summary_ = gaxel::run(*problem_, least_squares, progress);
      chi2_start_ = problem_->chi2_start();
      evaluations_ = problem_->evaluations();
      return;
    }
    least_squares.ftol = std::max(options_.ftol, kSearchFtol);
    const auto begin = std::chrono::steady_clock::now();
    SceneProblem searched(scene, pixels_);
    summary_ = gaxel::run(searched, least_squares, progress);
    if (!searched.best()) return;
    chi2_start_ = searched.chi2_start();
    evaluations_ = searched.evaluations();
    pixels_.use(final_);
    problem_.emplace(scene_at(scene, searched.parameters(), *searched.best()), pixels_);
    const bool goes_on =
        summary_.stop_reason == StopReason::kConverged || summary_.stop_reason == StopReason::kFailed;
    if (goes_on && summary_.iterations < options_.max_iterations) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      least_squares.max_iterations -= summary_.iterations;
      least_squares.ftol = options_.ftol;
      least_squares.radius = kFinalRadius;
      const int before = summary_.iterations;
      summary_ = gaxel::run(*problem_, least_squares, continued(progress, before, seconds.count()));
      summary_.iterations += before;
    } else {
      const std::vector<double> x = problem_->start();
      problem_->move_to(Eigen::Map<const Eigen::VectorXd>(x.data(), std::ssize(x)));
    }
    evaluations_ += problem_->evaluations();
  }

  /// Null where the model of the start is not finite.
  const ScenePoint* best() const { return problem_ && problem_->best() ? &*problem_->best() : nullptr; }
  const SceneProblem& problem() const { return *problem_; }
  const LeastSquaresSummary& summary() const { return summary_; }
  std::int64_t n_pixels() const { return pixels_.n_pixels(); }
  double chi2_start() const { return chi2_start_; }
  int evaluations() const { return evaluations_; }
  const Tolerance& final_tolerance() const { return tolerances_.final; }

 private:
  static constexpr double kSearchFtol = 1e-2;  // from there the exact pixels take over
  static constexpr double kFinalRadius = 1e4;  // close to the minimum: Gauss-Newton steps

  const FitOptions& options_;
  FitTolerances tolerances_;
  MultiPsfRenderer search_;
  MultiPsfRenderer final_;
  PixelResidual pixels_;
  std::optional<SceneProblem> problem_;
  LeastSquaresSummary summary_;
  double chi2_start_ = kNotKnown;
  int evaluations_ = 0;
};

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

std::vector<Psf> psfs_for(const Observation& observation, Scene& scene) {
  std::vector<Psf> psfs = observation.psfs;
  if (!observation.varying_psf) return psfs;
  for (SceneComponent& component : scene.components) {
    if (component.kind->family == Family::kSky || component.psf != 0) continue;
    component.psf = static_cast<int>(psfs.size());
    psfs.push_back(observation.varying_psf->at(component.parameter(Role::kX).value,
                                               component.parameter(Role::kY).value));
  }
  return psfs;
}

std::string FitOptions::problem() const {
  if (!(tolerance.rtol > 0.0)) return fmt::format("rtol = {:g}: must be positive", tolerance.rtol);
  if (!(tolerance.atol > 0.0)) return fmt::format("atol = {:g}: must be positive", tolerance.atol);
  if (!(noise_share >= 0.0 && noise_share < 1.0)) {
    return fmt::format("noise_share = {:g}: must be at least 0 and below 1", noise_share);
  }
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

  const Penalties penalties = penalties_of(scene);
  const std::vector<Component> start = scene.render_list();
  const std::vector<Psf> psfs = psfs_for(observation, scene);
  TwoStageFit search(observation, psfs, options, penalties);
  search.run(scene, progress);
  if (search.best() == nullptr) throw FitError("the model of the starting values is not finite");
  const ScenePoint& best = *search.best();

  FitResult result;
  result.scene = std::move(scene);
  write_parameters(search.problem().parameters(), best, result);
  result.penalty = sum_of_squares(penalties, result.scene.render_list());
  result.chi2 = std::max(0.0, best.about.chi2() - result.penalty);
  result.chi2_start = search.chi2_start() - sum_of_squares(penalties, start);
  result.n_pixels = search.n_pixels();
  result.dof = result.n_pixels - static_cast<std::int64_t>(search.problem().parameters().size());
  result.iterations = search.summary().iterations;
  result.evaluations = search.evaluations() + 1;
  result.stop_reason = final_reason(search.summary(), best);
  result.message = words(result.stop_reason, options, search.problem().n_parameters() == 0);
  const Shape shape = observation.data.shape();
  result.model = Image(shape);
  const MultiPsfRenderer certifying(shape, psfs, {search.final_tolerance(), true, options.threads});
  result.certificate = certifying.render(result.scene.render_list(), result.model.view());
  result.psfs = psfs;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace gaxel
