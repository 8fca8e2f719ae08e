#include "fit/two_stage_fit.hpp"

#include <algorithm>
#include <chrono>

namespace gaxel {

namespace {

constexpr double kSearchFtol = 1e-2;  // from there the exact pixels take over
constexpr double kFinalRadius = 1e4;  // close to the minimum: Gauss-Newton steps

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

}  // namespace

TwoStageFit::TwoStageFit(std::span<const Band> bands, std::span<const std::vector<Psf>> psfs,
                         const FitOptions& options, const Penalties& penalties)
    : options_(options) {
  search_.reserve(bands.size());  // that pixels_ can refer to them
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const Observation& observation = *bands[b].observation;
    const Shape shape = observation.data.shape();
    const FitTolerances& tolerance = tolerances_.emplace_back(fit_tolerances(observation, options));
    search_.emplace_back(shape, psfs[b], RenderOptions{tolerance.search, false, options.threads});
    final_.emplace_back(shape, psfs[b], RenderOptions{tolerance.final, false, options.threads});
    pixels_.emplace_back(observation, search_.back(), options.likelihood, &penalties);
  }
}

void TwoStageFit::run(const ParameterMap& map, const ProgressCallback& progress) {
  LeastSquaresOptions least_squares;
  least_squares.max_iterations = options_.max_iterations;
  if (options_.noise_share == 0.0) {
    least_squares.ftol = options_.ftol;
    problem_.emplace(map, pixels_);
    summary_ = gaxel::run(*problem_, least_squares, progress);
    chi2_start_ = problem_->chi2_start();
    evaluations_ = problem_->evaluations();
    return;
  }
  least_squares.ftol = std::max(options_.ftol, kSearchFtol);
  const auto begin = std::chrono::steady_clock::now();
  SceneProblem searched(map, pixels_);
  summary_ = gaxel::run(searched, least_squares, progress);
  if (!searched.best()) return;
  chi2_start_ = searched.chi2_start();
  evaluations_ = searched.evaluations();
  for (std::size_t b = 0; b < pixels_.size(); ++b) pixels_[b].use(final_[b]);
  problem_.emplace(searched.best_map(), pixels_);
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

Information TwoStageFit::information(const ParameterMap& at_best) {
  if (options_.likelihood.kind == Likelihood::kGaussian) return {best()->about.jacobian, {}};
  return information_of(at_best, pixels_);
}

double TwoStageFit::constant() const {
  double sum = 0.0;
  for (const PixelResidual& band : pixels_) sum += band.constant();
  return sum;
}

}  // namespace gaxel
