#include "fit/two_stage_fit.hpp"

#include <algorithm>
#include <utility>

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

/// Reports the steps of a search of that number. `before`: the iterations of its first part, whose end is the
/// start of this one.
ProgressCallback watched(SearchControl& control, int start, std::optional<int> before = {}) {
  return [&control, start, before](FitProgress step) {
    if (before && step.iteration == 0) return !control.is_out_of_time();
    step.start = start;
    step.iteration += before.value_or(0);
    step.seconds = control.seconds();
    return control.goes_on(step);
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

LeastSquaresSummary TwoStageFit::search(const ParameterMap& map, int start, SearchControl& control,
                                        std::optional<SceneProblem>& problem) {
  LeastSquaresOptions least_squares;
  least_squares.max_iterations = options_.max_iterations;
  const ProgressCallback progress = watched(control, start);
  if (options_.noise_share == 0.0) {
    least_squares.ftol = options_.ftol;
    problem.emplace(map, pixels_, &control);
    const LeastSquaresSummary summary = gaxel::run(*problem, least_squares, progress);
    if (start == 1) chi2_start_ = problem->chi2_start();
    return summary;
  }
  least_squares.ftol = std::max(options_.ftol, kSearchFtol);
  for (std::size_t b = 0; b < pixels_.size(); ++b) pixels_[b].use(search_[b]);
  SceneProblem searched(map, pixels_, &control);
  LeastSquaresSummary summary = gaxel::run(searched, least_squares, progress);
  if (!searched.best()) return summary;
  if (start == 1) chi2_start_ = searched.chi2_start();
  evaluations_ += searched.evaluations();
  for (std::size_t b = 0; b < pixels_.size(); ++b) pixels_[b].use(final_[b]);
  problem.emplace(searched.best_map(), pixels_, &control);
  const bool goes_on =
      summary.stop_reason == StopReason::kConverged || summary.stop_reason == StopReason::kFailed;
  if (goes_on && summary.iterations < options_.max_iterations) {
    least_squares.max_iterations -= summary.iterations;
    least_squares.ftol = options_.ftol;
    least_squares.radius = kFinalRadius;
    const int before = summary.iterations;
    summary = gaxel::run(*problem, least_squares, watched(control, start, before));
    summary.iterations += before;
  } else {
    const std::vector<double> x = problem->start();
    problem->move_to(Eigen::Map<const Eigen::VectorXd>(x.data(), std::ssize(x)));
  }
  return summary;
}

std::optional<double> TwoStageFit::run(const ParameterMap& map, int start, SearchControl& control) {
  std::optional<SceneProblem> problem;
  LeastSquaresSummary summary = search(map, start, control, problem);
  if (!problem || !problem->best()) return std::nullopt;
  evaluations_ += problem->evaluations();
  if (summary.stop_reason == StopReason::kCancelled) summary.stop_reason = control.reason();
  const double chi2 = problem->best()->about.chi2();
  if (best() == nullptr || chi2 < best()->about.chi2()) {
    problem_.emplace(std::move(*problem));
    summary_ = summary;
  }
  return chi2;
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
