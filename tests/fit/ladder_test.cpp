// The ladder of models.
#include "gaxel/ladder.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "fit_support.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

/// Adds an exponential of scale length h by 9 x 9 points in each pixel.
void add_exponential(Image& image, double x, double y, double flux, double h, double q) {
  const double centre = flux / (2.0 * M_PI * h * h * q);
  for (int row = 0; row < image.ny(); ++row) {
    for (int column = 0; column < image.nx(); ++column) {
      for (int i = 0; i < 81; ++i) {
        const double u = column + (i % 9 - 4) / 9.0 - x;
        const double v = (row + (i / 9 - 4) / 9.0 - y) / q;
        image(row, column) += centre * std::exp(-std::hypot(u, v) / h) / 81.0;
      }
    }
  }
}

Scene plain_scene() {
  return Scene{{test::component("sersic", std::vector<double>(7, test::kNan), "galaxy")}};
}

Ladder ladder_of(const Observation& observation, const Scene& scene, const ProgressCallback& progress = {}) {
  const Band band{"", {}, &observation};
  return fit_ladder({&band, 1}, scene, 0, {}, progress);
}

TEST(Ladder, ChoosesTheExponentialThatWasDrawn) {
  Image image({70, 72});
  add_exponential(image, 35.3, 34.1, 20000.0, 4.0, 0.6);
  Observation observation = test::observe(std::move(image), 2.0);
  test::add_noise(observation, 11);
  const Ladder ladder = ladder_of(observation, plain_scene());
  ASSERT_EQ(ladder.steps.size(), 4U);
  EXPECT_EQ(ladder.steps[ladder.least_bic].rung, Rung::kExponential);
  for (std::size_t i = 1; i < 4; ++i)  // each can be what the one before it is
    EXPECT_LE(ladder.steps[i].result.chi2, ladder.steps[i - 1].result.chi2 + 0.1) << i;
  EXPECT_EQ(ladder.steps[0].result.scene.n_free(), 3);
  EXPECT_EQ(ladder.steps[3].result.scene.n_free(), 11);
}

TEST(Ladder, ChoosesTheTwoThatWereDrawn) {
  Image image({70, 72});
  add_exponential(image, 35.3, 34.1, 20000.0, 8.0, 0.5);
  test::add_gaussian(image, {35.3, 34.1, 8000.0, 2.0, 0.9, 0.0});
  Observation observation = test::observe(std::move(image), 1.0);
  test::add_noise(observation, 12);
  const Ladder ladder = ladder_of(observation, plain_scene());
  EXPECT_EQ(ladder.steps[ladder.least_bic].rung, Rung::kBulgeDisc);
  EXPECT_EQ(ladder.steps[ladder.least_aic].rung, Rung::kBulgeDisc);
  const Scene& found = ladder.steps[3].result.scene;
  ASSERT_EQ(found.components.size(), 2U);
  EXPECT_EQ(found.components[0].name, "bulge");
  EXPECT_EQ(found.components[1].name, "disc");
  const double bulge = found.components[0].parameter(Role::kFlux).value;
  const double error = ladder.steps[3].result.errors[0][2];
  EXPECT_NEAR(bulge, 8000.0, 5.0 * error);
  EXPECT_NEAR(found.components[1].parameter(Role::kRe).value, 1.6783469900166605 * 8.0,
              5.0 * ladder.steps[3].result.errors[1][3]);
}

TEST(Ladder, KeepsNeighboursAndBounds) {
  Image image({70, 72});
  add_exponential(image, 25.3, 34.1, 20000.0, 4.0, 0.6);
  test::add_gaussian(image, {58.0, 50.0, 4000.0, 3.0, 0.9, 0.0});
  const Observation observation = test::observe(std::move(image), 2.0);
  Scene scene{{test::component("sersic", {25.0, 34.0, 15000.0, 4.9, 2.0, 0.8, 0.0}, "galaxy"),
               test::gaussian({58.0, 50.0, 4000.0, 3.0, 0.9, 0.0}, "other")}};
  scene.components[0].parameter(Role::kRe).max = 5.0;
  const Ladder ladder = ladder_of(observation, scene);
  for (const LadderStep& step : ladder.steps) {
    EXPECT_EQ(step.result.scene.components[1].name, "other");
    EXPECT_NEAR(step.result.scene.components[1].parameter(Role::kX).value, 58.0, 0.1);
    const SceneComponent& own = step.result.scene.components[0];
    if (own.kind->index_of(Role::kRe) < 0) continue;
    EXPECT_LE(own.parameter(Role::kRe).value, 5.0);
  }
}

TEST(Ladder, EndsWhereItIsCancelled) {
  Image image({40, 42});
  test::add_gaussian(image, {20.0, 21.0, 4000.0, 3.0, 0.9, 0.0});
  const Ladder ladder = ladder_of(test::observe(std::move(image), 2.0), plain_scene(),
                                  [](const FitProgress&) { return false; });
  ASSERT_EQ(ladder.steps.size(), 1U);
  EXPECT_EQ(ladder.steps[0].result.stop_reason, StopReason::kCancelled);
}

TEST(Ladder, RefusesComponentsThatOthersFollowOrThatHaveNoFlux) {
  Image image({40, 42});
  test::add_gaussian(image, {20.0, 21.0, 4000.0, 3.0, 0.9, 0.0});
  const Observation observation = test::observe(std::move(image), 2.0);
  const auto refused = [&](const Scene& scene, std::size_t which) {
    const Band band{"", {}, &observation};
    try {
      fit_ladder({&band, 1}, scene, which);
    } catch (const InputError& error) {
      return error.problem().source == "ladder";
    }
    return false;
  };
  Scene scene{{test::gaussian({20.0, 21.0, 4000.0, 3.0, 0.9, 0.0}, "one"),
               test::gaussian({20.0, 21.0, 4000.0, 3.0, 0.9, 0.0}, "two")}};
  EXPECT_TRUE(refused(scene, 7));
  scene.components[1].parameters[0].free = false;
  scene.components[1].parameters[0].tie = Tie{"v", {{"v", 0, 0}}};
  EXPECT_TRUE(refused(scene, 0));
  scene.components[1].parameters[0].tie.reset();
  scene.components[0].parameter(Role::kFlux).free = false;
  EXPECT_TRUE(refused(scene, 0));
}

}  // namespace
}  // namespace gaxel
