#include "io/report/html_report.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "io/report/fit_pictures.hpp"
#include "io/report/galaxy_profiles.hpp"
#include "output_fixture.hpp"

namespace gaxel::io::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::sample_result;
using testing_support::sample_task;

class Report : public testing::Test {
 protected:
  Task task = sample_task();
  FitResult result = sample_result(task);
  std::vector<Image> components = {result.bands.front().model, Image(task.shape), Image(task.shape, 0.5)};
};

TEST_F(Report, ResidualIsInSigmas) {
  const Image residual = residual_in_sigma(task.observation, result.bands.front().model);
  // The sample's data are its model and a pattern of -2..2, its sigma is 2.
  EXPECT_NEAR(residual(2, 2), ((2 * 7 + 2 * 3) % 5 - 2.0) / 2.0, 1e-12);
  task.observation.sigma(2, 2) = 0.0;
  EXPECT_EQ(residual_in_sigma(task.observation, result.bands.front().model)(2, 2), 0.0);
}

TEST_F(Report, DataAndModelShareTheirScale) {
  const std::vector<ImagePanel> panels = fit_panels(task, result);
  ASSERT_EQ(panels.size(), 3U);
  ASSERT_EQ(panels[0].bar_ticks.size(), panels[1].bar_ticks.size());
  for (std::size_t i = 0; i < panels[0].bar_ticks.size(); ++i) {
    EXPECT_EQ(panels[0].bar_ticks[i].label, panels[1].bar_ticks[i].label);
    EXPECT_EQ(panels[0].bar_ticks[i].value, panels[1].bar_ticks[i].value);
  }
  // Column 5 of row 0 is masked in data and residual; the model is shown everywhere.
  EXPECT_EQ(panels[0].picture.at(29, 5), kMasked);
  EXPECT_NE(panels[1].picture.at(29, 5), kMasked);
  EXPECT_EQ(panels[2].picture.at(29, 5), kMasked);
  // No light where the residual is zero: (7 row + 3 col) % 5 == 2.
  EXPECT_EQ(panels[2].picture.at(29 - 1, 0), ColorMap::diverging()(0.5));
}

TEST_F(Report, StripIsThreePicturesWide) {
  const Picture strip = picture_strip(task, result);
  EXPECT_EQ(strip.width(), 3 * 400 + 16);
  EXPECT_EQ(strip.height(), 300);
}

TEST_F(Report, ProfilesOfTheBrightestGalaxies) {
  // Without errors of its own the sample's sky is 0.5 everywhere.
  const std::vector<ProfilePlot> plots = galaxy_profiles(task, result, components, 0.072);
  ASSERT_EQ(plots.size(), 2U) << "galaxy and star";
  EXPECT_THAT(plots[0].title, HasSubstr("early type"));
  ASSERT_EQ(plots[0].curves.size(), 1U) << "the star gives no light, the sky is taken off";
  for (const Annulus& annulus : plots[0].annuli) {
    EXPECT_EQ(annulus.models.size(), 2U);
    EXPECT_NEAR(annulus.models[0], annulus.models[1] - 0.5, 1e-12);
  }
  EXPECT_NEAR(plots[0].magnitude(10.0), 25.0 + 2.5 * std::log10(0.072 * 0.072), 1e-12);
  EXPECT_EQ(plots[0].magnitude_title, "mag / arcsec²");
  EXPECT_EQ(galaxy_profiles(task, result, components, std::nullopt)[0].magnitude_title, "mag / pixel²");
}

TEST_F(Report, ALineThatTheModelHidesIsNotDrawn) {
  for (std::size_t i = 0; i < components[0].size(); ++i) components[0].data()[i] -= 0.5;
  const ProfilePlot plot = galaxy_profiles(task, result, components, std::nullopt).front();
  EXPECT_TRUE(plot.curves.empty());
  for (const Annulus& annulus : plot.annuli) EXPECT_EQ(annulus.models.size(), 1U);
}

TEST_F(Report, ComponentsThatShareACentreAreOneGalaxy) {
  result.scene.components[1].parameter(Role::kX).value = 20.4;
  result.scene.components[1].parameter(Role::kY).value = 13.8;
  EXPECT_EQ(galaxy_profiles(task, result, components, std::nullopt).size(), 1U);
}

TEST_F(Report, OutsidersAndNegativeFluxGetNoProfile) {
  result.scene.components[0].parameter(Role::kX).value = -300.0;
  result.scene.components[1].parameter(Role::kFlux).value = -1.0;
  EXPECT_TRUE(galaxy_profiles(task, result, components, std::nullopt).empty());
  EXPECT_THAT(html_report(task, result, {{&components, 1}, "1.2.3"}), Not(HasSubstr("Radial profiles")));
}

TEST_F(Report, PageTellsEverything) {
  task.warnings = {"the PSF <x> is off-centre"};
  task.notes = {"3 pixels masked"};
  for (const char* card :
       {"CTYPE1  = 'RA---TAN'", "CTYPE2  = 'DEC--TAN'", "CDELT1  = -2.0E-5", "CDELT2  = 2.0E-5"}) {
    task.header.push_back(fmt::format("{:<80}", card));
  }
  const std::string page = html_report(task, result, {{&components, 1}, "1.2.3"});
  for (const char* part :
       {"A &lt;sample&gt; &amp; its fit", "1234.5", "1189", "The fit converged: chi2",
        "the PSF &lt;x&gt; is off-centre", "3 pixels masked", "at bound", "degenerate",
        "counter-clockwise from +y", "mag / arcsec²", "gaxel 1.2.3", "within 10⁻⁵ counts"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
  for (const char* outside : {"<script", "http://", "https://", "@import", "url(http", "nan"}) {
    std::string without_namespace = page;
    for (std::size_t at; (at = without_namespace.find("http://www.w3.org/2000/svg")) != std::string::npos;) {
      without_namespace.erase(at, 26);
    }
    // Base64 may spell anything.
    for (std::size_t at; (at = without_namespace.find("base64,")) != std::string::npos;) {
      without_namespace.erase(at, without_namespace.find('"', at) - at);
    }
    EXPECT_THAT(without_namespace, Not(HasSubstr(outside)));
  }
}

TEST_F(Report, NumbersOfConcentricComponentsShareAPlace) {
  EXPECT_THAT(image_panel_svg(fit_panels(task, result)[1]), HasSubstr(">2</text>"));
  SceneComponent& star = result.scene.components[1];
  star = result.scene.components[0];
  star.name = "twin";
  EXPECT_THAT(image_panel_svg(fit_panels(task, result)[1]), HasSubstr(">1, 2</text>"));
}

TEST_F(Report, UnfinishedFitsSaySo) {
  result.stop_reason = StopReason::kMaxIterations;
  result.message = "stopped after 3 iterations";
  const std::string page = html_report(task, result, {{&components, 1}, "1.2.3"});
  EXPECT_THAT(page, HasSubstr("class=\"stop unfinished\">The fit stopped after 3 iterations."));
  EXPECT_THAT(page, Not(HasSubstr("class=\"stop\"")));
}

TEST_F(Report, IdsAreUnique) {
  const std::string page = html_report(task, result, {{&components, 1}, "1.2.3"});
  std::set<std::string> ids;
  for (std::size_t at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 1)) {
    const std::string id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
  EXPECT_GE(ids.size(), 5U);
}

TEST_F(Report, WorksWhereNothingIsFinite) {
  for (double& value : task.observation.data.pixels()) value = std::nan("");
  std::fill(task.observation.used.begin(), task.observation.used.end(), std::uint8_t{0});
  result.dof = 0;
  result.n_pixels = 0;
  const std::string page = html_report(task, result, {{&components, 1}, "1.2.3"});
  EXPECT_THAT(page, HasSubstr("</html>"));
}

}  // namespace
}  // namespace gaxel::io::report
