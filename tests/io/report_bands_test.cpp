#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "io/convention.hpp"
#include "io/report/color_composite.hpp"
#include "io/report/html_report.hpp"
#include "io/report/wavelength_plot.hpp"
#include "output_fixture.hpp"

namespace gaxel::io::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::sample_result;
using testing_support::sample_task;

constexpr std::size_t kRe = 3;  // place among the sample galaxy's parameters

/// The sample in three bands that are not in order of wavelength: r 600, g 450, z 900.
struct BandsFixture {
  Task task = sample_task();
  FitResult result = sample_result(task);
  std::vector<std::vector<Image>> components;

  BandsFixture() {
    task.band = "r";
    task.wavelength = 600.0;
    for (const auto& [name, wavelength] : {std::pair{"g", 450.0}, std::pair{"z", 900.0}}) {
      TaskImage other = task;
      other.band = name;
      other.wavelength = wavelength;
      task.others.push_back(std::move(other));
    }
    const BandFit only = result.bands.front();
    result.bands.assign(3, only);
    result.wavelengths = Wavelengths({600.0, 450.0, 900.0});
    components.assign(3, {only.model, Image(task.shape), Image(task.shape, 0.5)});
  }

  /// Gives every free value an error of 0.01 of its own.
  void set_free_values() {
    result.free_values.clear();
    for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
      const std::vector<Parameter>& parameters = result.scene.components[c].parameters;
      for (std::size_t p = 0; p < parameters.size(); ++p) {
        const bool constant = parameters[p].basis == Basis::kConstant;
        for (std::size_t k = 0; parameters[p].free && k < (constant ? 1 : parameters[p].coefficients.size());
             ++k) {
          const double value = constant ? parameters[p].value : parameters[p].coefficients[k];
          result.free_values.push_back({c, p, k, value, 0.01, ParameterFlag::kNone});
        }
      }
    }
    const std::size_t n = result.free_values.size();
    result.covariance.assign(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) result.covariance[i * n + i] = 1e-4;
  }
};

TEST(ColorBands, AreChosenByWavelength) {
  BandsFixture f;
  const ColorBands three = color_bands(f.task);
  EXPECT_THAT(three.place, testing::ElementsAre(2, 0, 1)) << "z, r, g";
  EXPECT_FALSE(three.mean_is_green);
  f.task.others.pop_back();
  const ColorBands two = color_bands(f.task);
  EXPECT_EQ(two.place[0], 0U);
  EXPECT_EQ(two.place[2], 1U);
  EXPECT_TRUE(two.mean_is_green);
}

TEST(LuptonColor, KeepsRatiosAndFollowsTheFormula) {
  const double softening = 0.5;
  const double high = 20.0;
  const Rgb color = lupton_color({1.5, 1.0, 0.5}, softening, high);
  // R = r f(I) / I with f(I) = asinh(I / softening) / asinh(high / softening), I the mean, here 1.
  const double f = std::asinh(1.0 / softening) / std::asinh(high / softening);
  EXPECT_NEAR(color[0], 255.0 * 1.5 * f, 0.5);
  EXPECT_NEAR(color[1], 255.0 * 1.0 * f, 0.5);
  EXPECT_NEAR(color[2], 255.0 * 0.5 * f, 0.5);
}

TEST(LuptonColor, BrightPixelsKeepTheirHue) {
  const Rgb color = lupton_color({400.0, 200.0, 100.0}, 0.5, 20.0);
  EXPECT_EQ(color[0], 255);
  EXPECT_NEAR(color[1], 127.5, 0.6);
  EXPECT_NEAR(color[2], 63.75, 0.6);
}

TEST(LuptonColor, OfNoLightIsBlackAndOfNoNumberMasked) {
  EXPECT_EQ(lupton_color({-1.0, 0.2, 0.1}, 0.5, 20.0), (Rgb{0, 0, 0}));
  EXPECT_EQ(lupton_color({1.0, std::nan(""), 1.0}, 0.5, 20.0), kMasked);
}

TEST(OnFirstGrid, TakesThePixelThatHoldsThePlace) {
  // Pixels half as large, turned by 90 degrees: x' = -2 y + 9, y' = 2 x + 1.
  const PixelMap map{0.0, -2.0, 2.0, 0.0, 9.0, 1.0};
  Image there(Shape{12, 10});
  for (int row = 0; row < 12; ++row) {
    for (int col = 0; col < 10; ++col) there(row, col) = 100.0 * row + col;
  }
  std::vector<std::uint8_t> used(there.size(), 1);
  used[3 * 10 + 7] = 0;
  const Image mapped = on_first_grid(there.view(), used, map, Shape{6, 6});
  EXPECT_EQ(mapped(0, 0), 109.0);
  EXPECT_EQ(mapped(2, 3), 100.0 * 7 + 5);
  EXPECT_TRUE(std::isnan(mapped(1, 1))) << "masked there";
  EXPECT_TRUE(std::isnan(mapped(5, 0))) << "x' = -1";
}

TEST(ColorPanels, ShowThreeBandsInTheFirstOnesPixels) {
  BandsFixture f;
  const std::vector<ImagePanel> panels = color_panels(f.task, f.result, f.components);
  ASSERT_EQ(panels.size(), 3U);
  // All bands alike: grey.
  for (const ImagePanel& panel : {panels[0], panels[1]}) {
    const Rgb centre = panel.picture.at(29 - 14, 20);
    EXPECT_EQ(centre[0], centre[1]);
    EXPECT_EQ(centre[1], centre[2]);
    EXPECT_GT(centre[0], 200);
  }
  EXPECT_EQ(panels[0].picture.at(29, 5), kMasked);
  EXPECT_NE(panels[1].picture.at(29, 5), kMasked);
  // The residual is 0 where (7 row + 3 col) % 5 == 2.
  EXPECT_EQ(panels[2].picture.at(29 - 1, 0), (Rgb{128, 128, 128}));
  // More light in z alone, the longest wavelength: red.
  f.task.others[1].observation.data(14, 20) += 400.0;
  const Rgb red = color_panels(f.task, f.result, f.components)[2].picture.at(29 - 14, 20);
  EXPECT_GT(red[0], red[1]);
  EXPECT_EQ(red[1], red[2]);
}

TEST(WavelengthPlots, SeriesAreTheirPolynomialWithItsError) {
  BandsFixture f;
  Parameter& re = f.result.scene.components[0].parameters[kRe];
  re.basis = Basis::kChebyshev;
  re.coefficients = {5.0, -0.5};
  re.free_coefficients = {1, 1};
  f.result.free_values = {{0, kRe, 0, 5.0, 0.2, ParameterFlag::kNone},
                          {0, kRe, 1, -0.5, 0.1, ParameterFlag::kNone}};
  f.result.covariance = {0.04, -0.01, -0.01, 0.01};
  const std::vector<WavelengthPlot> plots = wavelength_plots(f.task, f.result);
  ASSERT_EQ(plots.size(), 1U) << "all else is one for all bands";
  EXPECT_EQ(plots[0].title, "early type: re");
  EXPECT_EQ(plots[0].unit, "pixel");
  const auto expect_series = [](const WavelengthPoint& point) {
    const double x = 2.0 * (point.wavelength - 450.0) / 450.0 - 1.0;
    EXPECT_NEAR(point.value, 5.0 - 0.5 * x, 1e-12);
    EXPECT_NEAR(point.error, std::sqrt(0.04 - 0.02 * x + 0.01 * x * x), 1e-12);
  };
  ASSERT_EQ(plots[0].points.size(), 3U);
  for (const WavelengthPoint& point : plots[0].points) expect_series(point);
  for (const WavelengthPoint& point : plots[0].curve) expect_series(point);
  EXPECT_EQ(plots[0].curve.front().wavelength, 450.0);
  EXPECT_EQ(plots[0].curve.back().wavelength, 900.0);
}

TEST(WavelengthPlots, MagnitudesOfTheBandsHaveTheirZeroPoints) {
  BandsFixture f;
  f.task.others[0].photometry = {22.5, 1.0};
  Parameter& flux = f.result.scene.components[0].parameter(Role::kFlux);
  flux.basis = Basis::kBands;
  flux.coefficients = {100.0, 10.0, 1000.0};
  flux.free_coefficients = {1, 1, 1};
  f.result.free_values.clear();
  for (std::size_t i = 0; i < 3; ++i)
    f.result.free_values.push_back(
        {0, 2, i, flux.coefficients[i], 0.01 * flux.coefficients[i], ParameterFlag::kNone});
  const std::vector<WavelengthPlot> plots = wavelength_plots(f.task, f.result);
  ASSERT_EQ(plots.size(), 1U);
  EXPECT_TRUE(plots[0].curve.empty());
  const std::array expected{25.0 + 2.5 - 5.0, 22.5 - 2.5, 25.0 + 2.5 - 7.5};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(plots[0].points[i].value, expected[i], 1e-12);
    EXPECT_NEAR(plots[0].points[i].error, 0.01 * 2.5 / std::log(10.0), 1e-12);
  }
}

TEST(WavelengthPlots, AnglesStayTogether) {
  BandsFixture f;
  Parameter& theta = f.result.scene.components[0].parameter(Role::kTheta);
  theta.basis = Basis::kBands;
  // pa = theta - 90 degrees: 85, -92, 88.
  constexpr double kDegree = 3.14159265358979323846 / 180.0;
  theta.coefficients = {175.0 * kDegree, -2.0 * kDegree, 178.0 * kDegree};
  theta.free_coefficients = {1, 1, 1};
  const std::vector<WavelengthPlot> plots = wavelength_plots(f.task, f.result);
  ASSERT_EQ(plots.size(), 1U);
  EXPECT_NEAR(plots[0].points[0].value, 85.0, 1e-9);
  EXPECT_NEAR(plots[0].points[1].value, 88.0, 1e-9);
  EXPECT_NEAR(plots[0].points[2].value, 88.0, 1e-9);
}

TEST(BandsReport, HasItsOwnParts) {
  BandsFixture f;
  Parameter& re = f.result.scene.components[0].parameters[kRe];
  re.basis = Basis::kBands;
  re.coefficients = {5.0, 5.5, 4.5};
  re.free_coefficients = {1, 1, 1};
  f.set_free_values();
  const std::string page = html_report(f.task, f.result, {f.components, "1.2.3"});
  for (const char* part : {"Data in colour", "Red z, green r, blue g", "Parameters over wavelength",
                           "early type: re", "r: Profile about early type"})
    EXPECT_THAT(page, HasSubstr(part));
  const Task single = sample_task();
  const std::vector<Image> components = f.components.front();
  const std::string one = html_report(single, sample_result(single), {{&components, 1}, "1.2.3"});
  for (const char* part : {"Data in colour", "over wavelength"}) EXPECT_THAT(one, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace gaxel::io::report
