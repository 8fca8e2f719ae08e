// Losses of pixels: written-out values, and derivatives by differences, also where a model has no sense.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "fit/fit_support.hpp"
#include "fit/loss.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

constexpr CountNoise kNoise{2.0, 0.0, 1.5};

Observation pixels(const std::vector<double>& counts) {
  Image data({1, static_cast<int>(counts.size())});
  std::copy(counts.begin(), counts.end(), data.data());
  Observation observation = test::observe(std::move(data), 0.7);
  observation.counts = kNoise;
  return observation;
}

double loss_of(const Loss& loss, std::size_t pixel, double model) {
  double residual = 0.0;
  double weight = 0.0;
  return loss.rows(pixel, {&model, 1}, &residual, &weight);
}

TEST(Loss, ValuesAreThoseWrittenOut) {
  const Observation observation = pixels({3.0, -1.5});
  const std::vector<std::size_t> used = used_pixels(observation);
  const double model = 4.5;
  const double data_electrons = 9.0;
  const double model_electrons = 12.0;
  const double r = (model - 3.0) / 0.7;
  const auto value = [&](LikelihoodOptions likelihood, std::size_t pixel) {
    return loss_of(*make_loss(likelihood, observation, used), pixel, model);
  };
  EXPECT_NEAR(value({Likelihood::kGaussian}, 0), r * r, 1e-12);
  EXPECT_NEAR(
      value({Likelihood::kPoissonMlr}, 0),
      2.0 * (model_electrons - data_electrons + data_electrons * std::log(data_electrons / model_electrons)),
      1e-12);
  EXPECT_NEAR(value({Likelihood::kPoissonMlr}, 1), 2.0 * model_electrons, 1e-12);
  EXPECT_NEAR(value({Likelihood::kStudentT, 3.0}, 0), 4.0 * std::log(1.0 + r * r / 3.0), 1e-12);
  EXPECT_NEAR(value({Likelihood::kHuber, 4.0, 1.2}, 0), 1.2 * (2.0 * r - 1.2), 1e-12);
  EXPECT_NEAR(value({Likelihood::kHuber, 4.0, 3.0}, 0), r * r, 1e-12);
}

TEST(Loss, CashIsTheRatioAndAConstant) {
  const Observation observation = pixels({3.0, 20.0, 0.5});
  const std::vector<std::size_t> used = used_pixels(observation);
  const std::array<double, 3> model{4.0, 18.0, 2.0};
  double cash = 0.0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double m = 2.0 * (model[i] + 1.5);
    cash += 2.0 * (m - 2.0 * (observation.data.data()[i] + 1.5) * std::log(m));
  }
  const auto loss = make_loss({Likelihood::kCash}, observation, used);
  std::array<double, 3> residual{};
  std::array<double, 3> weight{};
  EXPECT_NEAR(loss->rows(0, model, residual.data(), weight.data()) + loss->constant(), cash, 1e-10);
}

TEST(Loss, RowsHoldItsDerivativeEverywhere) {
  Observation observation = pixels({3.0, -1.5, 400.0, 2.0, -2.3});
  for (const double read_noise : {0.0, 1.3}) {
    observation.counts->read_noise = read_noise;
    const std::vector<std::size_t> used = used_pixels(observation);
    for (const Likelihood kind : {Likelihood::kGaussian, Likelihood::kModelSigma, Likelihood::kCash,
                                  Likelihood::kPoissonMlr, Likelihood::kStudentT, Likelihood::kHuber}) {
      if (kind == Likelihood::kModelSigma && read_noise == 0.0) continue;  // refused by check_counts
      const auto loss = make_loss({kind}, observation, used);
      for (std::size_t pixel = 0; pixel < used.size(); ++pixel) {
        for (const double model : {-30.0, -2.0, -1.6, -1.49, -0.4, 2.2, 7.0, 390.0, 5000.0}) {
          double residual = 0.0;
          double weight = 0.0;
          const double value = loss->rows(pixel, {&model, 1}, &residual, &weight);
          ASSERT_TRUE(std::isfinite(value)) << to_text(kind) << " " << pixel << " " << model;
          EXPECT_GE(weight, 0.0);
          constexpr double kStep = 1e-7;
          const double difference =
              (loss_of(*loss, pixel, model + kStep) - loss_of(*loss, pixel, model - kStep)) / (2.0 * kStep);
          const double slope = 2.0 * residual * weight;
          EXPECT_NEAR(slope, difference, 1e-5 * std::abs(difference) + 1e-8 * std::abs(value) + 1e-5)
              << to_text(kind) << ", pixel " << pixel << ", model " << model << ", read noise " << read_noise;
        }
      }
    }
  }
}

TEST(Loss, OfNegativeLightRises) {
  const Observation observation = pixels({3.0, -1.5});
  const std::vector<std::size_t> used = used_pixels(observation);
  const auto loss = make_loss({Likelihood::kPoissonMlr}, observation, used);
  for (std::size_t pixel = 0; pixel < 2; ++pixel) {
    EXPECT_GT(loss_of(*loss, pixel, -1.6), loss_of(*loss, pixel, -1.5));
    EXPECT_GT(loss_of(*loss, pixel, -10.0), loss_of(*loss, pixel, -1.6));
  }
}

TEST(Loss, PixelsWithoutElectronsOnAverageAreARate) {
  Observation observation = pixels({0.001, 0.002});
  observation.counts = CountNoise{100.0, 5.0, 0.0};
  EXPECT_THROW(check_counts({Likelihood::kCash}, observation, "fit"), InputError);
  observation.counts->gain = 1000.0;
  EXPECT_NO_THROW(check_counts({Likelihood::kCash}, observation, "fit"));
  observation.counts.reset();
  EXPECT_THROW(check_counts({Likelihood::kCash}, observation, "fit"), InputError);
  EXPECT_NO_THROW(check_counts({Likelihood::kHuber}, observation, "fit"));
}

}  // namespace
}  // namespace gaxel
