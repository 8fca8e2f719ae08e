#include "io/parameter_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>
#include <utility>

#include "io/ecsv.hpp"
#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

using testing::HasSubstr;
using testing_support::sample_result;
using testing_support::sample_task;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class ParameterTable : public testing::Test {
 protected:
  const ParameterRow& row(const std::string& component, const std::string& parameter) {
    for (const ParameterRow& candidate : rows) {
      if (candidate.component == component && candidate.parameter == parameter) return candidate;
    }
    throw std::out_of_range(component + "." + parameter);
  }

  Task task = sample_task();
  std::vector<ParameterRow> rows = parameter_table(task, sample_result(task));
};

TEST_F(ParameterTable, HasARowForEachParameterInOrder) {
  ASSERT_EQ(rows.size(), 15U);
  EXPECT_EQ(rows[0].component, "early type");
  EXPECT_EQ(rows[0].parameter, "x");
  EXPECT_EQ(rows[14].component, "sky");
  EXPECT_EQ(rows[14].parameter, "y");
}

TEST_F(ParameterTable, PositionsAreFitsPixelsOfTheWholeImage) {
  EXPECT_EQ(row("early type", "x").value, 121.0);
  EXPECT_EQ(row("early type", "y").value, 65.0);
  EXPECT_EQ(row("sky", "x").value, 120.5);
  EXPECT_TRUE(row("sky", "x").fixed);
}

TEST_F(ParameterTable, AnglesAreDegreesFromTheYAxis) {
  EXPECT_NEAR(row("early type", "pa").value, 2.0 * 180.0 / std::numbers::pi - 90.0, 1e-12);
  EXPECT_NEAR(row("early type", "pa").error, 0.01 * 180.0 / std::numbers::pi, 1e-14);
  EXPECT_EQ(row("early type", "pa").unit, "deg");
}

TEST_F(ParameterTable, OnlyLightThatHalfATurnLeavesAloneIsTurnedByOne) {
  for (const auto& [kind, pa] : {std::pair("sersic+f2", 30.0), std::pair("sersic+f1", -150.0),
                                 std::pair("sersic+b2", -150.0), std::pair("sersic+c0", 30.0)}) {
    SceneComponent component{&component_kind(kind), "a", {}, false};
    component.parameters.resize(component.kind->parameters.size());
    component.parameter(Role::kTheta).value = (210.0 + 90.0) * std::numbers::pi / 180.0;
    const auto at = static_cast<std::size_t>(component.kind->index_of(Role::kTheta));
    EXPECT_NEAR(file_value(component, at, {}), pa, 1e-12) << kind;
  }
}

TEST_F(ParameterTable, AnglesWithoutBoundsAreWrapped) {
  for (const double turns : {-3.0, -1.0, 1.0, 4.0}) {
    task.scene.components[0].parameter(Role::kTheta).value = 2.0 + turns * std::numbers::pi;
    EXPECT_NEAR(file_value(task.scene.components[0], 6, {task.placement, task.photometry}),
                2.0 * 180.0 / std::numbers::pi - 90.0, 1e-11);
  }
  // pa = -90 and 90 are the same axis; 90 is the one that is shown.
  task.scene.components[0].parameter(Role::kTheta).value = 0.0;
  EXPECT_EQ(file_value(task.scene.components[0], 6, {}), 90.0);
}

TEST_F(ParameterTable, AnglesWithinBoundsStayThere) {
  Parameter& theta = task.scene.components[0].parameter(Role::kTheta);
  theta.value = 7.0;
  theta.max = 8.0;
  EXPECT_NEAR(file_value(task.scene.components[0], 6, {}), 7.0 * 180.0 / std::numbers::pi - 90.0, 1e-12);
}

TEST_F(ParameterTable, MagnitudesWithTheirErrors) {
  // 2511.886... = 10 * 10^(0.4 * 6): six magnitudes brighter than the zero point.
  EXPECT_NEAR(row("early type", "mag").value, 19.0, 1e-12);
  EXPECT_NEAR(row("early type", "mag").error, 2.5 / std::log(10.0) * 0.01 / 2511.886431509580, 1e-18);
  EXPECT_EQ(row("star", "flux").value, 77.0);
  EXPECT_EQ(row("star", "flux").unit, "counts");
}

TEST_F(ParameterTable, NotesAndFlags) {
  EXPECT_EQ(note_text(row("early type", "n")), "fixed");
  EXPECT_TRUE(std::isnan(row("early type", "n").error));
  EXPECT_EQ(note_text(row("early type", "q")), "at bound");
  EXPECT_EQ(note_text(row("star", "flux")), "degenerate");
  EXPECT_EQ(note_text(row("early type", "x")), "");
}

TEST(ValueWithError, TwoDigitsOfTheError) {
  struct Row {
    double value;
    double error;
    std::string value_text;
    std::string error_text;
  };
  for (const Row& row :
       {Row{13.645123, 0.002341, "13.6451", "0.0023"}, Row{13.645123, 0.0996, "13.65", "0.10"},
        Row{1665730.4, 1234.5, "1665730", "1234"}, Row{0.5, 3.21, "0.5", "3.2"},
        Row{-8.29e-3, 1.7e-5, "-0.008290", "0.000017"}, Row{100.0, 0.99, "100.00", "0.99"},
        Row{3.0e-12, 4.2e-14, "3.000e-12", "4.2e-14"}, Row{1.66573e10, 2.0e7, "1.6657e+10", "2.0e+07"},
        Row{0.0, 1e-12, "0.0e+00", "1.0e-12"}, Row{2.5, kNan, "2.5", ""}, Row{2.5, 0.0, "2.5", ""},
        Row{1.0 / 3.0, kNan, "0.333333", ""}}) {
    const ValueText text = value_with_error(row.value, row.error);
    EXPECT_EQ(text.value, row.value_text);
    EXPECT_EQ(text.error, row.error_text);
  }
}

TEST(ValueWithError, NeverLosesMoreThanATenthOfTheError) {
  for (double error = 1e-14; error < 1e12; error *= 3.7) {
    for (const double value : {0.0, 1.23456789012345, -98765.4321, 3.3e-9, 7.7e13}) {
      if (error < 1e-13 * std::abs(value)) continue;
      const ValueText text = value_with_error(value, error);
      EXPECT_NEAR(std::stod(text.value), value, 0.5 * error) << text.value << " +- " << error;
      EXPECT_NEAR(std::stod(text.error), error, 0.05 * error);
    }
  }
}

TEST_F(ParameterTable, TextIsAlignedBelowItsConvention) {
  const std::string text = text_table(rows, photometry_text(task));
  EXPECT_THAT(text, HasSubstr("FITS pixels (1-based"));
  EXPECT_THAT(text, HasSubstr("counter-clockwise from +y"));
  EXPECT_THAT(text, HasSubstr("zero point 25, exposure 10"));
  std::istringstream stream(text);
  std::string line;
  std::size_t unit_column = 0;
  int lines = 0;
  while (std::getline(stream, line)) {
    if (line.starts_with("#")) continue;
    if (lines++ == 0) unit_column = line.find("unit");
    ASSERT_GE(line.size() + 1, unit_column);
    EXPECT_EQ(line[unit_column - 1], ' ');
    EXPECT_FALSE(line.ends_with(' '));
  }
  EXPECT_EQ(lines, 16);
}

TEST_F(ParameterTable, EcsvQuotesAndKeepsEveryBit) {
  rows[0].value = 0.1 + 0.2;
  const std::string text = ecsv_text(rows, {{"scene", "a \"b\" \\ c"}});
  EXPECT_TRUE(text.starts_with("# %ECSV 1.0\n"));
  EXPECT_THAT(text,
              HasSubstr("\"early type\" \"sersic\" \"x\" 0.30000000000000004 0.01 \"pixel\" False \"ok\""));
  EXPECT_THAT(text, HasSubstr("# - scene: \"a \\\"b\\\" \\\\ c\""));
  EXPECT_THAT(text, HasSubstr("nan"));
}

}  // namespace
}  // namespace gaxel::io
