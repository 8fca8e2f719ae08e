#include "gaxel/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "fit/fit_input.hpp"
#include "fit/fit_values.hpp"
#include "fit/multi_start.hpp"
#include "fit/not_finite.hpp"
#include "fit/penalty.hpp"
#include "fit/robust_covariance.hpp"
#include "fit/two_stage_fit.hpp"
#include "gaxel/error.hpp"
#include "render/check_options.hpp"

namespace gaxel {

namespace {

/// A stop after refused steps is convergence only where the linear model promises next to nothing either.
StopReason final_reason(const LeastSquaresSummary& summary, const ScenePoint& best) {
  const double chi2 = best.about.chi2();
  const bool promising = best.promise > 1e-6 * chi2 && best.promise > 0.01;
  const bool stuck = summary.stop_reason == StopReason::kConverged && summary.stalled && promising;
  return stuck ? StopReason::kNoProgress : summary.stop_reason;
}

const char* minimised(const FitOptions& options) {
  return options.likelihood.kind == Likelihood::kGaussian ? "chi2" : "the statistic";
}

std::string words(StopReason reason, const FitOptions& options, bool linear) {
  switch (reason) {
    case StopReason::kConverged:
      return linear ? "converged: only fluxes and sky were free, which are solved for directly"
                    : fmt::format("converged: {} changes by less than {:g} of itself", minimised(options),
                                  options.ftol);
    case StopReason::kMaxIterations:
      return fmt::format("stopped after {} iterations, before it converged", options.max_iterations);
    case StopReason::kMaxSeconds:
      return fmt::format("stopped after {:g} seconds, before it converged: these are the best values so far",
                         options.max_seconds);
    case StopReason::kCancelled:
      return "cancelled: these are the best values so far";
    case StopReason::kNoProgress:
      return fmt::format("stopped: no step lowers {}, although its slope is not zero", minimised(options));
    case StopReason::kFailed:
      break;
  }
  return "failed: no step could be computed";
}

double sum_of_penalties(const Penalties& penalties, const ParameterMap& map) {
  double sum = map.prior_residual().squaredNorm();
  for (int band = 0; band < map.n_bands(); ++band) sum += sum_of_squares(penalties, map.components(band));
  return sum;
}

double chi2_of(const Observation& observation, const Image& model) {
  double sum = 0.0;
  for (const std::size_t pixel : used_pixels(observation)) {
    const double off =
        (model.data()[pixel] - observation.data.data()[pixel]) / observation.sigma.data()[pixel];
    sum += off * off;
  }
  return sum;
}

BandFit fit_of_band(const Band& band, std::vector<Psf> psfs, const RenderOptions& options,
                    const std::vector<Component>& components) {
  BandFit result;
  const Shape shape = band.observation->data.shape();
  const MultiPsfRenderer certifying(shape, psfs, options);
  result.psfs = std::move(psfs);
  result.components = components;
  result.model = Image(shape);
  result.certificate = certifying.render(components, result.model.view());
  return result;
}

/// The scene with every parameter fixed, if that leaves its values alone: limits and bounds may move them.
/// What is free costs derivatives to each other, of which only a fit makes use.
Scene at_rest(Scene scene) {
  for (SceneComponent& component : scene.components) {
    for (Parameter& parameter : component.parameters) {
      const bool inside = parameter.value >= parameter.min && parameter.value <= parameter.max;
      if (parameter.limit || !inside) return scene;
    }
  }
  for (SceneComponent& component : scene.components) {
    for (Parameter& parameter : component.parameters) {
      parameter.free = false;
      std::ranges::fill(parameter.free_coefficients, std::uint8_t{0});
    }
  }
  return scene;
}

}  // namespace

std::vector<std::vector<Component>> components_in_bands(const Scene& scene, std::span<const BandFrame> bands,
                                                        const std::string& where) {
  const ParameterMap map(at_rest(scene), bands, where);
  std::vector<std::vector<Component>> result;
  for (int band = 0; band < map.n_bands(); ++band) result.push_back(map.components(band));
  return result;
}

std::vector<Psf> psfs_for(const Observation& observation, std::vector<Component>& components) {
  std::vector<Psf> psfs = observation.psfs;
  if (!observation.varying_psf) return psfs;
  for (Component& component : components) {
    if (component.kind->family == Family::kSky || component.psf != 0) continue;
    component.psf = static_cast<int>(psfs.size());
    psfs.push_back(observation.varying_psf->at(component.value(Role::kX), component.value(Role::kY)));
  }
  return psfs;
}

std::string FitOptions::problem() const {
  if (!is_rtol(tolerance.rtol)) return fmt::format("rtol = {:g}: must be above 0, below 1", tolerance.rtol);
  if (!is_atol(tolerance.atol) || tolerance.atol == 0.0)
    return fmt::format("atol = {:g}: must be above 0, below 1", tolerance.atol);
  if (!(noise_share >= 0.0 && noise_share < 1.0)) {
    return fmt::format("noise_share = {:g}: must be at least 0 and below 1", noise_share);
  }
  if (max_iterations < 1) return fmt::format("max_iterations = {}: must be at least 1", max_iterations);
  if (!(max_seconds > 0.0)) return fmt::format("max_seconds = {:g}: must be above 0", max_seconds);
  if (starts < 1) return fmt::format("starts = {}: must be at least 1", starts);
  if (!(ftol > 0.0 && ftol < 1.0)) return fmt::format("ftol = {:g}: must lie between 0 and 1", ftol);
  if (threads < 0) return fmt::format("threads = {}: must not be negative", threads);
  return likelihood.problem();
}

FitResult fit(const Observation& observation, Scene scene, const FitOptions& options,
              const ProgressCallback& progress) {
  const Band band{"", {}, &observation};
  return fit({&band, 1}, std::move(scene), options, progress);
}

FitResult fit(std::span<const Band> bands, Scene scene, const FitOptions& options,
              const ProgressCallback& progress) {
  SearchControl control(progress, options.max_seconds);
  if (const std::string problem = options.problem(); !problem.empty()) {
    throw InputError({"fit", "options", "", problem, ""});
  }
  const std::vector<BandFrame> frames = frames_of(bands);
  validate(scene, wavelengths_of(frames), "fit");
  check_fit_input(bands, scene, options.likelihood);
  estimate_starting_values(bands, scene);

  const Penalties penalties = penalties_of(scene);
  ParameterMap map(std::move(scene), frames, "fit");
  std::vector<std::vector<Psf>> psfs;
  for (int b = 0; b < map.n_bands(); ++b) {
    std::vector<Component> components = map.components(b);
    psfs.push_back(psfs_for(*bands[static_cast<std::size_t>(b)].observation, components));
    map.see_through(b, components);
  }
  TwoStageFit search(bands, psfs, options, penalties);
  const StartCount count = search_from_all(map, options, search, control);
  if (search.best() == nullptr) throw FitError(not_finite_text(map, bands, psfs));
  const ScenePoint& best = *search.best();
  const ParameterMap at_best = search.problem().best_map();

  FitResult result;
  result.wavelengths = wavelengths_of(frames);
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const auto band = static_cast<int>(b);
    BandFit& own = result.bands.emplace_back(fit_of_band(bands[b], std::move(psfs[b]),
                                                         {search.final_tolerance(b), true, options.threads},
                                                         at_best.components(band)));
    own.chi2 = chi2_of(*bands[b].observation, own.model);
    own.n_pixels = search.n_pixels(b);
    result.chi2 += own.chi2;
    result.n_pixels += own.n_pixels;
  }
  result.penalty = sum_of_penalties(penalties, at_best);
  result.chi2_start = search.chi2_start();
  result.likelihood = options.likelihood.kind;
  result.statistic = options.likelihood.kind == Likelihood::kGaussian ? result.chi2 + result.penalty
                                                                      : best.about.chi2() + search.constant();
  const Eigen::MatrixXd bread =
      write_values(at_best, best, search.information(at_best), map.values(), result);
  if (options.robust) {
    std::vector<Tolerance> tolerances;
    for (std::size_t b = 0; b < bands.size(); ++b) tolerances.push_back(search.final_tolerance(b));
    result.robust = robust_covariance(at_best, bands, result, bread, tolerances, options);
  }
  result.dof = result.n_pixels - at_best.size();
  result.iterations = search.summary().iterations;
  result.evaluations = search.evaluations() + 1;
  const auto k = static_cast<double>(at_best.size());
  const double deviance = result.statistic - result.penalty;
  result.aic = deviance + 2.0 * k;
  result.bic = deviance + k * std::log(static_cast<double>(result.n_pixels));
  result.starts = count.starts;
  result.agreed = count.agreed;
  // Starts that were left out may have led to a better minimum.
  result.stop_reason =
      count.starts < options.starts ? control.reason() : final_reason(search.summary(), best);
  result.message = words(result.stop_reason, options, search.problem().n_parameters() == 0);
  if (options.starts > 1) {
    result.message += fmt::format("; {} of {} starts were made, {} of them came to this chi2", count.starts,
                                  options.starts, count.agreed);
  }
  result.seconds = control.seconds();
  return result;
}

}  // namespace gaxel
