#include "fit/least_squares.hpp"

#include <ceres/ceres.h>
#include <glog/logging.h>

#include <algorithm>
#include <exception>
#include <mutex>
#include <utility>

namespace gaxel {

namespace {

/// Keeps glog quiet while at least one of these lives: Ceres logs refused steps as warnings, and a library
/// must not print. The level is the process's own and comes back afterwards.
class QuietLog {
 public:
  QuietLog() {
    const std::lock_guard lock(mutex_);
    if (count_++ == 0) level_ = std::exchange(FLAGS_minloglevel, google::GLOG_FATAL);
  }
  ~QuietLog() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) FLAGS_minloglevel = level_;
  }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;

 private:
  inline static std::mutex mutex_;
  inline static int count_ = 0;
  inline static int level_ = 0;
};

/// Ceres was not written to be thrown through: exceptions wait here until it has returned.
class Parcel {
 public:
  bool empty() const { return !exception_; }
  void keep() { exception_ = std::current_exception(); }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::exception_ptr exception_;
};

class Cost final : public ceres::CostFunction {
 public:
  Cost(LeastSquaresProblem& problem, Parcel& parcel) : problem_(problem), parcel_(parcel) {
    set_num_residuals(problem.n_residuals());
    mutable_parameter_block_sizes()->push_back(problem.n_parameters());
  }

  bool Evaluate(double const* const* x, double* residuals, double** jacobians) const override {
    if (!parcel_.empty()) return false;
    try {
      return problem_.evaluate(x[0], residuals, jacobians == nullptr ? nullptr : jacobians[0]);
    } catch (...) {
      parcel_.keep();
      return false;
    }
  }

 private:
  LeastSquaresProblem& problem_;
  Parcel& parcel_;
};

/// The allowed region as Ceres' manifold: its projections replace Ceres' own bounds (docs/design/fit.md says
/// why).
class Region final : public ceres::Manifold {
 public:
  explicit Region(const LeastSquaresProblem& problem) : problem_(problem) {}

  int AmbientSize() const override { return problem_.n_parameters(); }
  int TangentSize() const override { return problem_.n_parameters(); }

  bool Plus(const double* x, const double* delta, double* x_plus_delta) const override {
    problem_.advance(x, delta, x_plus_delta);
    return true;
  }
  bool PlusJacobian(const double*, double* jacobian) const override { return identity(jacobian); }
  bool Minus(const double* y, const double* x, double* y_minus_x) const override {
    for (int i = 0; i < TangentSize(); ++i) y_minus_x[i] = y[i] - x[i];
    return true;
  }
  bool MinusJacobian(const double*, double* jacobian) const override { return identity(jacobian); }

 private:
  bool identity(double* matrix) const {
    const int n = TangentSize();
    std::fill_n(matrix, n * n, 0.0);
    for (int i = 0; i < n; ++i) matrix[i * n + i] = 1.0;
    return true;
  }

  const LeastSquaresProblem& problem_;
};

/// Passes Ceres' iterations on. Costs are half the sum of squares.
class Reporter final : public ceres::IterationCallback {
 public:
  Reporter(const ProgressCallback& progress, Parcel& parcel) : progress_(progress), parcel_(parcel) {}

  ceres::CallbackReturnType operator()(const ceres::IterationSummary& summary) override {
    iterations_ = summary.iteration;
    refused_ = summary.iteration > 0 && !summary.step_is_successful;
    if (parcel_.empty() && progress_) report(summary);
    if (!parcel_.empty()) return ceres::SOLVER_ABORT;
    return cancelled_ ? ceres::SOLVER_TERMINATE_SUCCESSFULLY : ceres::SOLVER_CONTINUE;
  }

  bool cancelled() const { return cancelled_; }
  bool refused() const { return refused_; }
  int iterations() const { return iterations_; }

 private:
  void report(const ceres::IterationSummary& summary) {
    FitProgress progress;
    progress.iteration = summary.iteration;
    progress.chi2 = 2.0 * summary.cost;
    progress.chi2_change = summary.step_is_successful ? 2.0 * summary.cost_change : 0.0;
    progress.step = summary.step_norm;
    progress.seconds = summary.cumulative_time_in_seconds;
    try {
      cancelled_ = !progress_(progress);
    } catch (...) {
      parcel_.keep();
    }
  }

  const ProgressCallback& progress_;
  Parcel& parcel_;
  bool cancelled_ = false;
  bool refused_ = false;
  int iterations_ = 0;
};

ceres::Solver::Options ceres_options(const LeastSquaresOptions& options) {
  ceres::Solver::Options result;
  result.minimizer_type = ceres::TRUST_REGION;
  result.trust_region_strategy_type = ceres::LEVENBERG_MARQUARDT;
  result.linear_solver_type = ceres::DENSE_QR;
  result.logging_type = ceres::SILENT;
  result.max_num_iterations = options.max_iterations;
  result.function_tolerance = options.ftol;
  result.parameter_tolerance = options.xtol;
  result.gradient_tolerance = 0.0;  // it is absolute in Ceres, and coordinates have no common unit
  result.initial_trust_region_radius = options.radius;
  return result;
}

StopReason reason(ceres::TerminationType type, const Reporter& reporter) {
  if (reporter.cancelled()) return StopReason::kCancelled;
  if (type == ceres::CONVERGENCE) return StopReason::kConverged;
  if (type == ceres::NO_CONVERGENCE) return StopReason::kMaxIterations;
  return StopReason::kFailed;
}

}  // namespace

LeastSquaresSummary minimise(LeastSquaresProblem& problem, const LeastSquaresOptions& options,
                             const ProgressCallback& progress, std::vector<double>& x) {
  const QuietLog quiet;
  Parcel parcel;
  Reporter reporter(progress, parcel);

  ceres::Problem ceres_problem;  // owns the cost and the region
  ceres_problem.AddParameterBlock(x.data(), problem.n_parameters(), new Region(problem));
  ceres_problem.AddResidualBlock(new Cost(problem, parcel), nullptr, x.data());
  ceres::Solver::Options solver_options = ceres_options(options);
  solver_options.callbacks.push_back(&reporter);
  ceres::Solver::Summary ceres_summary;
  ceres::Solve(solver_options, &ceres_problem, &ceres_summary);
  parcel.rethrow();

  LeastSquaresSummary summary;
  summary.stop_reason = reason(ceres_summary.termination_type, reporter);
  summary.stalled = reporter.refused();
  summary.message = ceres_summary.message;
  summary.chi2_start = 2.0 * ceres_summary.initial_cost;
  summary.chi2 = 2.0 * ceres_summary.final_cost;
  summary.iterations = reporter.iterations();
  return summary;
}

}  // namespace gaxel
