#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "gaxel/error.hpp"
#include "io/report/copy_table.hpp"
#include "io/report/corner_plot.hpp"
#include "io/report/html_report.hpp"
#include "io/report/isophote_curve.hpp"
#include "io/samples.hpp"
#include "output_fixture.hpp"

namespace gaxel::io::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::sample_result;
using testing_support::sample_task;
using testing_support::ScratchFolder;
using testing_support::write_text;

/// Free values with this covariance: the sample galaxy's flux, re and q.
struct CornerFixture {
  Task task = sample_task();
  FitResult result = sample_result(task);

  CornerFixture() {
    const double flux = result.scene.components[0].parameter(Role::kFlux).value;
    result.free_values = {{0, 2, 0, flux, 0.02 * flux, ParameterFlag::kNone},
                          {0, 3, 0, 5.0, 0.1, ParameterFlag::kNone},
                          {0, 5, 0, 0.8, kNoValue, ParameterFlag::kAtBound},
                          {0, 6, 0, 2.0, 0.05, ParameterFlag::kNone}};
    const double a = 0.02 * flux;
    result.covariance = {a * a,         0.9 * a * 0.1,
                         0.0,           0.0,  //
                         0.9 * a * 0.1, 0.01,
                         0.0,           -0.2 * 0.1 * 0.05,  //
                         0.0,           0.0,
                         0.0,           0.0,  //
                         0.0,           -0.2 * 0.1 * 0.05,
                         0.0,           0.0025};
  }
};

TEST(CornerPlot, IsTheCovarianceInTheConventionOfFiles) {
  const CornerFixture f;
  const auto plot = corner_plot(f.task, f.result, nullptr);
  ASSERT_TRUE(plot);
  ASSERT_EQ(plot->axes.size(), 3U) << "what is at its bound has no error";
  EXPECT_EQ(plot->axes[0].label, "early type.mag");
  EXPECT_EQ(plot->axes[1].label, "early type.re");
  EXPECT_EQ(plot->axes[2].label, "early type.pa");
  // 2511.886 counts in 10 s at a zero point of 25: magnitude 19. A percent of flux is 0.0217/2 magnitudes.
  EXPECT_NEAR(plot->axes[0].value, 19.0, 1e-9);
  EXPECT_NEAR(plot->axes[0].error, 0.02 * 2.5 / std::log(10.0), 1e-9);
  EXPECT_NEAR(plot->axes[2].error, 0.05 * 180.0 / std::numbers::pi, 1e-9);
  // Magnitudes fall where fluxes grow.
  EXPECT_NEAR(plot->correlation[1], -0.9, 1e-12);
  EXPECT_NEAR(plot->correlation[5], -0.2, 1e-12);
  EXPECT_NEAR(plot->correlation[4], 1.0, 1e-12);
}

TEST(CornerPlot, OfSamplesIsTheirMomentsByName) {
  const CornerFixture f;
  const Samples samples{{"chain", "early type.re", "early type.mag"},
                        {{0, 0, 1, 1}, {4, 5, 6, 5}, {20, 19, 19, 18}}};
  const auto plot = corner_plot(f.task, f.result, &samples);
  ASSERT_TRUE(plot);
  ASSERT_EQ(plot->axes.size(), 2U);
  EXPECT_EQ(plot->axes[0].label, "early type.mag");
  EXPECT_NEAR(plot->axes[0].value, 19.0, 1e-12);
  EXPECT_NEAR(plot->axes[0].error, std::sqrt(2.0 / 3.0), 1e-12);
  EXPECT_NEAR(plot->axes[1].error, std::sqrt(2.0 / 3.0), 1e-12);
  EXPECT_NEAR(plot->correlation[1], -0.5, 1e-12);
  EXPECT_THAT(corner_plot_svg(*plot), HasSubstr("<image"));
  EXPECT_TRUE(has_samples(samples, f.task, f.result));
  EXPECT_FALSE(has_samples({{"chain"}, {{0, 1}}}, f.task, f.result));
}

TEST(CornerPlot, ShowsTheMostCorrelatedOnly) {
  CornerFixture f;
  const std::size_t n = 12;
  f.result.free_values.clear();
  for (std::size_t i = 0; i < n; ++i)
    f.result.free_values.push_back({0, 3, i, 1.0, 1.0, ParameterFlag::kNone});
  Parameter& re = f.result.scene.components[0].parameters[3];
  re.basis = Basis::kChebyshev;
  re.coefficients.assign(n, 1.0);
  re.free_coefficients.assign(n, 1);
  f.result.covariance.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) f.result.covariance[i * n + i] = 1.0;
  for (const std::size_t i : {1U, 4U, 7U, 10U})
    f.result.covariance[i * n + i + 1] = f.result.covariance[(i + 1) * n + i] =
        0.1 + 0.05 * static_cast<double>(i);
  const auto plot = corner_plot(f.task, f.result, nullptr);
  ASSERT_TRUE(plot);
  std::vector<std::string> labels;
  for (const CornerAxis& axis : plot->axes) labels.push_back(axis.label);
  EXPECT_THAT(labels, ElementsAre("early type.re_1", "early type.re_4", "early type.re_5", "early type.re_7",
                                  "early type.re_8", "early type.re_10", "early type.re_11"));
}

TEST(CornerPlot, NeedsTwoValues) {
  CornerFixture f;
  f.result.free_values.resize(1);
  EXPECT_FALSE(corner_plot(f.task, f.result, nullptr));
}

TEST(Samples, AreReadFromEcsv) {
  const ScratchFolder folder;
  const std::string path = folder.file("samples.ecsv");
  write_text(path,
             "# %ECSV 1.0\n# ---\n\"early type.re\" log_prob \"a \"\"b\"\"\"\n1.5 -2 3e1\n\n 2.5 -3 4\n");
  const Samples samples = read_samples(path);
  EXPECT_THAT(samples.names, ElementsAre("early type.re", "log_prob", "a \"b\""));
  EXPECT_THAT(samples.columns[0], ElementsAre(1.5, 2.5));
  EXPECT_THAT(samples.columns[2], ElementsAre(30.0, 4.0));
}

TEST(Samples, MistakesAreNamedWithTheirLine) {
  const ScratchFolder folder;
  const std::string path = folder.file("samples.ecsv");
  const auto problem = [&](const char* text) {
    write_text(path, text);
    try {
      read_samples(path);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(problem("a b\n1 2\n3\n"), HasSubstr("samples.ecsv:3"));
  EXPECT_THAT(problem("# c\na b\n1 2\n3 x\n"),
              testing::AllOf(HasSubstr("samples.ecsv:4"), HasSubstr("b"), HasSubstr("x")));
  EXPECT_THAT(problem("a b\n1 nan\n3 4\n"), HasSubstr("samples.ecsv:2"));
  EXPECT_THAT(problem("a b\n1 2\n"), HasSubstr("fewer than two samples"));
  EXPECT_THAT(problem(""), HasSubstr("fewer than two samples"));
}

TEST(CopyTable, IsTextBetweenTabs) {
  const Task task = sample_task();
  const std::string text = tab_separated(parameter_table(task, sample_result(task)));
  EXPECT_THAT(text, HasSubstr("component\ttype\tparameter\tband\tvalue\terror\tunit\tnote\n"));
  EXPECT_THAT(text, HasSubstr("early type\tsersic\tx\t\t121\t0.01\tpixel\t\n"));
  EXPECT_THAT(text, HasSubstr("early type\tsersic\tn\t\t2.5\t\t\tfixed\n"));
}

TEST(CopyTable, LatexIsEscaped) {
  const ParameterRow row{"a_b & 5%", "sersic", "re", "", 12.3456, 0.012, "pixel"};
  const std::string text = latex_table(std::array{row});
  EXPECT_THAT(text, HasSubstr("a\\_b \\& 5\\% & re & $12.346 \\pm 0.012$ & pixel \\\\\n"));
}

TEST(IdleRows, AreWhatAFlatSkyDoesNotSay) {
  Task task = sample_task();
  FitResult result = sample_result(task);
  std::vector<std::string> kept;
  for (const ParameterRow& row : without_idle(parameter_table(task, result))) {
    if (row.type == "sky") kept.push_back(row.parameter);
  }
  EXPECT_THAT(kept, ElementsAre("level"));
  result.scene.components[2].parameter(Role::kSlopeX).value = 0.1;
  kept.clear();
  for (const ParameterRow& row : without_idle(parameter_table(task, result))) {
    if (row.type == "sky") kept.push_back(row.parameter);
  }
  EXPECT_EQ(kept.size(), 5U);
}

SceneComponent of_kind(const char* kind, const std::vector<std::pair<const char*, double>>& values) {
  SceneComponent made{&component_kind(kind), "one", {}, false};
  for (const ParameterSpec& spec : made.kind->parameters) {
    Parameter parameter;
    parameter.value = std::isnan(spec.start) ? 1.0 : spec.start;
    for (const auto& [name, value] : values) {
      if (spec.name == name) parameter.value = value;
    }
    made.parameters.push_back(parameter);
  }
  return made;
}

TEST(IsophoteCurve, OfABoxIsItsFormula) {
  const SceneComponent box =
      of_kind("sersic+c0", {{"x", 10.0}, {"y", 20.0}, {"re", 6.0}, {"q", 0.5}, {"theta", 0.4}, {"c0", 1.5}});
  const std::vector<Segment> pieces = isophote_curve(box);
  ASSERT_GT(pieces.size(), 100U);
  for (const Segment& piece : pieces) {
    const double dx = piece.x1 - 10.0;
    const double dy = piece.y1 - 20.0;
    const double u = (dx * std::cos(0.4) + dy * std::sin(0.4)) / 6.0;
    const double v = (-dx * std::sin(0.4) + dy * std::cos(0.4)) / 3.0;
    // As far as straight pieces of a hundredth of re follow it.
    EXPECT_NEAR(std::pow(std::abs(u), 3.5) + std::pow(std::abs(v), 3.5), 1.0, 0.01);
  }
}

TEST(IsophoteCurve, OfARoundSpiralIsTheInclinedDisc) {
  const SceneComponent spiral = of_kind("sersic+spiral", {{"x", 0.0},
                                                          {"y", 0.0},
                                                          {"re", 10.0},
                                                          {"q", 1.0},
                                                          {"theta", 0.3},
                                                          {"spiral_angle", 4.0},
                                                          {"spiral_rin", 0.0},
                                                          {"spiral_rout", 15.0},
                                                          {"spiral_power", 0.5},
                                                          {"spiral_inclination", 1.0},
                                                          {"spiral_node", 0.7}});
  const std::vector<Segment> pieces = isophote_curve(spiral);
  ASSERT_GT(pieces.size(), 50U);
  for (const Segment& piece : pieces) {
    const double along = piece.x1 * std::cos(0.7) + piece.y1 * std::sin(0.7);
    const double across = (piece.y1 * std::cos(0.7) - piece.x1 * std::sin(0.7)) / std::cos(1.0);
    EXPECT_NEAR(std::hypot(along, across), 10.0, 0.02);
  }
}

}  // namespace
}  // namespace gaxel::io::report
