// A search with pixels as exact as the noise asks for, and the last steps with exact ones.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "fit/information.hpp"
#include "fit/least_squares.hpp"
#include "fit/noise_tolerance.hpp"
#include "fit/penalty.hpp"
#include "fit/scene_problem.hpp"
#include "fit/search_control.hpp"

namespace gaxel {

class TwoStageFit {
 public:
  /// `psfs`: of each band, by the numbers of the map's components. All must outlive it.
  TwoStageFit(std::span<const Band> bands, std::span<const std::vector<Psf>> psfs, const FitOptions& options,
              const Penalties& penalties);

  /// Searches from where `map` stands, as the start of that number, and keeps what it finds unless an earlier
  /// search found better. The chi2 found, with penalties; none where the model of the start is not finite.
  std::optional<double> run(const ParameterMap& map, int start, SearchControl& control);

  /// Of all searches. Null where no model was finite.
  const ScenePoint* best() const { return problem_ && problem_->best() ? &*problem_->best() : nullptr; }
  const SceneProblem& problem() const { return *problem_; }
  const LeastSquaresSummary& summary() const { return summary_; }  ///< of the search that found it
  std::int64_t n_pixels(std::size_t band) const { return pixels_[band].n_pixels(); }
  double chi2_start() const { return chi2_start_; }  ///< of the first
  int evaluations() const { return evaluations_; }
  /// Of the parameters of the map at the best point. Draws it once more where losses are no squares.
  Information information(const ParameterMap& at_best);
  /// What the statistic has beyond the best point's.
  double constant() const;
  const Tolerance& final_tolerance(std::size_t band) const { return tolerances_[band].final; }

 private:
  LeastSquaresSummary search(const ParameterMap& map, int start, SearchControl& control,
                             std::optional<SceneProblem>& problem);

  const FitOptions& options_;
  std::vector<FitTolerances> tolerances_;
  std::vector<MultiPsfRenderer> search_;
  std::vector<MultiPsfRenderer> final_;
  std::vector<PixelResidual> pixels_;
  std::optional<SceneProblem> problem_;
  LeastSquaresSummary summary_;
  double chi2_start_ = std::numeric_limits<double>::quiet_NaN();
  int evaluations_ = 0;
};

}  // namespace gaxel
