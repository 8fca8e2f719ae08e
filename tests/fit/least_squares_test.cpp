#include "fit/least_squares.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace gaxel {
namespace {

/// y = b1 (1 - exp(-b2 x)): Misra1a of the NIST Statistical Reference Datasets, whose certified values these
/// are.
class Misra1a : public LeastSquaresProblem {
 public:
  static constexpr double kB1 = 238.94212918;
  static constexpr double kB2 = 5.5015643181e-4;
  static constexpr double kSumOfSquares = 0.12455138894;

  int n_residuals() const override { return static_cast<int>(kX.size()); }
  int n_parameters() const override { return 2; }
  bool evaluate(const double* b, double* residuals, double* jacobian) override {
    for (std::size_t i = 0; i < kX.size(); ++i) {
      const double fall = std::exp(-b[1] * kX[i]);
      residuals[i] = b[0] * (1.0 - fall) - kY[i];
      if (jacobian == nullptr) continue;
      jacobian[2 * i] = 1.0 - fall;
      jacobian[2 * i + 1] = b[0] * kX[i] * fall;
    }
    return true;
  }
  void advance(const double* x, const double* step, double* x_new) const override {
    for (int i = 0; i < 2; ++i) x_new[i] = x[i] + step[i];
  }

 private:
  static constexpr std::array<double, 14> kX{77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                                             378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};
  static constexpr std::array<double, 14> kY{10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                                             44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
};

const std::vector<double> kStart{250.0, 5e-4};
const LeastSquaresOptions kTight{.ftol = 1e-15, .xtol = 1e-15};

TEST(LeastSquares, ReachesCertifiedValues) {
  for (const std::vector<double>& start : {kStart, std::vector<double>{500.0, 1e-4}}) {
    Misra1a problem;
    std::vector<double> x = start;
    const LeastSquaresSummary summary = minimise(problem, kTight, {}, x);
    EXPECT_EQ(summary.stop_reason, StopReason::kConverged);
    EXPECT_NEAR(x[0] / Misra1a::kB1, 1.0, 1e-7);
    EXPECT_NEAR(x[1] / Misra1a::kB2, 1.0, 1e-7);
    EXPECT_NEAR(summary.chi2 / Misra1a::kSumOfSquares, 1.0, 1e-9);
    EXPECT_GT(summary.chi2_start, summary.chi2);
  }
}

TEST(LeastSquares, TellsProgressFromTheStart) {
  Misra1a problem;
  std::vector<double> x = kStart;
  std::vector<FitProgress> told;
  const LeastSquaresSummary summary = minimise(
      problem, {},
      [&](const FitProgress& progress) {
        told.push_back(progress);
        return true;
      },
      x);
  ASSERT_GE(told.size(), 2U);
  EXPECT_EQ(told.front().iteration, 0);
  EXPECT_DOUBLE_EQ(told.front().chi2, summary.chi2_start);
  EXPECT_EQ(told.back().iteration, summary.iterations);
  EXPECT_NEAR(told.front().chi2 - told[1].chi2, told[1].chi2_change, 1e-9 * told.front().chi2);
}

TEST(LeastSquares, StopsWhenToldAndKeepsTheBest) {
  Misra1a problem;
  std::vector<double> x{500.0, 1e-4};
  double last = 0.0;
  const LeastSquaresSummary summary = minimise(
      problem, {},
      [&](const FitProgress& progress) {
        last = progress.chi2;
        return progress.iteration < 2;
      },
      x);
  EXPECT_EQ(summary.stop_reason, StopReason::kCancelled);
  EXPECT_EQ(summary.iterations, 2);
  std::vector<double> residuals(14);
  problem.evaluate(x.data(), residuals.data(), nullptr);
  double chi2 = 0.0;
  for (const double r : residuals) chi2 += r * r;
  EXPECT_NEAR(chi2, last, 1e-12 * last);
}

TEST(LeastSquares, StopsAtTheLimitOfIterations) {
  Misra1a problem;
  std::vector<double> x{500.0, 1e-4};
  LeastSquaresOptions options;
  options.max_iterations = 2;
  EXPECT_EQ(minimise(problem, options, {}, x).stop_reason, StopReason::kMaxIterations);
}

TEST(LeastSquares, ExceptionsPassThrough) {
  Misra1a problem;
  std::vector<double> x = kStart;
  const ProgressCallback callback = [](const FitProgress& progress) -> bool {
    if (progress.iteration == 1) throw std::domain_error("from the callback");
    return true;
  };
  EXPECT_THROW(minimise(problem, {}, callback, x), std::domain_error);

  struct Throwing : Misra1a {
    bool evaluate(const double*, double*, double*) override { throw std::length_error("from the problem"); }
  } throwing;
  EXPECT_THROW(minimise(throwing, {}, {}, x), std::length_error);
}

/// Has no value beyond a wall, which the first steps from far away cross.
class Walled : public Misra1a {
 public:
  bool evaluate(const double* b, double* residuals, double* jacobian) override {
    if (b[1] > 1e-3) {
      ++refused;
      return false;
    }
    return Misra1a::evaluate(b, residuals, jacobian);
  }
  int refused = 0;
};

TEST(LeastSquares, PointsWithoutValueAreRefusedSilently) {
  Walled problem;
  std::vector<double> x{500.0, 1e-4};
  LeastSquaresOptions options;
  options.radius = 1e8;
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const LeastSquaresSummary summary = minimise(problem, options, {}, x);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_GT(problem.refused, 0);
  EXPECT_EQ(summary.stop_reason, StopReason::kConverged);
  EXPECT_NEAR(x[0] / Misra1a::kB1, 1.0, 1e-6);
}

TEST(LeastSquares, FailsWhereTheStartHasNoValue) {
  Walled problem;
  std::vector<double> x{500.0, 2e-3};
  testing::internal::CaptureStderr();
  const LeastSquaresSummary summary = minimise(problem, {}, {}, x);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(summary.stop_reason, StopReason::kFailed);
}

TEST(LeastSquares, StaysInTheAllowedRegion) {
  struct Limited : Misra1a {
    void advance(const double* x, const double* step, double* x_new) const override {
      x_new[0] = std::min(x[0] + step[0], 200.0);
      x_new[1] = x[1] + step[1];
    }
    bool evaluate(const double* b, double* residuals, double* jacobian) override {
      EXPECT_LE(b[0], 200.0);
      Misra1a::evaluate(b, residuals, jacobian);
      if (jacobian != nullptr && b[0] == 200.0) {  // chi2 falls outwards: only b2 may move
        for (int i = 0; i < n_residuals(); ++i) jacobian[2 * i] = 0.0;
      }
      return true;
    }
  } problem;
  std::vector<double> x{150.0, 5e-4};
  EXPECT_EQ(minimise(problem, kTight, {}, x).stop_reason, StopReason::kConverged);
  EXPECT_DOUBLE_EQ(x[0], 200.0);
  // With b1 held, the best b2 is where the sum of squares has no slope.
  std::vector<double> residuals(14);
  std::vector<double> jacobian(28);
  problem.Misra1a::evaluate(x.data(), residuals.data(), jacobian.data());
  double slope = 0.0;
  double scale = 0.0;
  for (std::size_t i = 0; i < 14; ++i) {
    slope += residuals[i] * jacobian[2 * i + 1];
    scale += std::abs(residuals[i] * jacobian[2 * i + 1]);
  }
  EXPECT_LT(std::abs(slope), 1e-4 * scale);
}

}  // namespace
}  // namespace gaxel
