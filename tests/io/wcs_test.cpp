#include "io/wcs.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <numbers>

#include "gaxel/error.hpp"
#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::card;
using test::kNoise;
using testing::HasSubstr;

constexpr double kDegree = std::numbers::pi / 180.0;
constexpr double kPixelDeg = 0.05 / 3600.0;

std::string number(double value) {
  return fmt::format("{:.17g}", value);
}

/// North up, east left, 0.05 arcsec a pixel, tangent at (3.6, -30.4) in pixel (100.5, 50.25).
HeaderCards tangent_header(const std::string& x_type = "'RA---TAN'",
                           const std::string& y_type = "'DEC--TAN'") {
  return {card("CTYPE1", x_type),
          card("CTYPE2", y_type),
          card("CRVAL1", "3.6"),
          card("CRVAL2", "-30.4"),
          card("CRPIX1", "100.5"),
          card("CRPIX2", "50.25"),
          card("CD1_1", number(-kPixelDeg)),
          card("CD1_2", "0.0"),
          card("CD2_1", "0.0"),
          card("CD2_2", number(kPixelDeg))};
}

/// The gnomonic projection by its textbook formula.
FitsPixel tangent_plane(double ra_deg, double dec_deg) {
  const double a = (ra_deg - 3.6) * kDegree;
  const double d = dec_deg * kDegree;
  const double d0 = -30.4 * kDegree;
  const double cosc = std::sin(d0) * std::sin(d) + std::cos(d0) * std::cos(d) * std::cos(a);
  const double xi = std::cos(d) * std::sin(a) / cosc;
  const double eta = (std::cos(d0) * std::sin(d) - std::sin(d0) * std::cos(d) * std::cos(a)) / cosc;
  return {100.5 - xi / kDegree / kPixelDeg, 50.25 + eta / kDegree / kPixelDeg};
}

TEST(Wcs, TangentPlane) {
  const Wcs wcs(tangent_header());
  for (const double ra : {3.55, 3.5999, 3.6, 3.7}) {
    for (const double dec : {-30.5, -30.4, -30.395}) {
      const FitsPixel pixel = wcs.pixel(ra, dec);
      EXPECT_NEAR(pixel.x, tangent_plane(ra, dec).x, 1e-6);
      EXPECT_NEAR(pixel.y, tangent_plane(ra, dec).y, 1e-6);
    }
  }
}

TEST(Wcs, AxesMayBeSwappedAndMoreThanTwo) {
  HeaderCards header = tangent_header("'DEC--TAN'", "'RA---TAN'");
  header[2] = card("CRVAL1", "-30.4");
  header[3] = card("CRVAL2", "3.6");
  for (const char* extra : {"NAXIS", "WCSAXES"}) header.push_back(card(extra, "3"));
  header.push_back(card("CTYPE3", "'WAVE'"));
  header.push_back(card("CRVAL3", "1.0"));
  header.push_back(card("CD3_3", "1.0"));
  const FitsPixel pixel = Wcs(header).pixel(3.6, -30.4);
  EXPECT_NEAR(pixel.x, 100.5, 1e-9);
  EXPECT_NEAR(pixel.y, 50.25, 1e-9);
}

TEST(Wcs, TextsWithoutAnEndAreLeftOut) {
  HeaderCards header = tangent_header();
  header.push_back(card("OBJECT", "'no end"));
  header.push_back(card("CTYPE3", "'a\x1d'"));
  header.push_back(card("RADESYS", "'ICRS''"));
  header.push_back(card("OBSERVER", "'O''Hara'"));
  EXPECT_NEAR(Wcs(header).pixel(3.6, -30.4).x, 100.5, 1e-9);
  EXPECT_THROW(Wcs(tangent_header("'RA---TAN-SIP")), InputError);
}

std::string problem(const HeaderCards& header, double ra = 3.6, double dec = -30.4) {
  try {
    Wcs(header).pixel(ra, dec);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

TEST(Wcs, HeadersWithoutRightAscension) {
  EXPECT_THAT(problem({}), HasSubstr("WCS"));
  EXPECT_THAT(problem({card("OBJECT", "'x'")}), HasSubstr("no sky coordinates"));
  EXPECT_THAT(problem(tangent_header("'GLON-TAN'", "'GLAT-TAN'")),
              HasSubstr("not right ascension and declination"));
  EXPECT_THAT(problem(tangent_header("'RA---TAN'", "'LINEAR'")), HasSubstr("WCS"));
  HeaderCards singular = tangent_header();
  singular[9] = card("CD2_2", "0.0");
  EXPECT_THAT(problem(singular), HasSubstr("WCS"));
}

TEST(Wcs, TermsOfDistortionsThatAreNoNumbers) {
  HeaderCards header = tangent_header("'RA---TAN-SIP'", "'DEC--TAN-SIP'");
  header.insert(header.end(), {card("A_ORDER", "2"), card("B_ORDER", "2"), card("A_2_0", "1.0D-05")});
  EXPECT_NEAR(Wcs(header).pixel(3.6, -30.4).x, 100.5, 1e-9);
  for (const char* value : {"'x'", "T", "(1.0, 2.0)", "1E1-05", "inf", "1.0 2.0"}) {
    header.back() = card("A_2_0", value);
    EXPECT_THAT(problem(header), HasSubstr("a term of the image's distortion cannot be read")) << value;
  }
  for (const char* keyword : {"B_1_1", "AP_0_2", "BP_2_0", "AMDX1", "PPO3"}) {
    header.back() = card(keyword, "'x'");
    EXPECT_THAT(problem(header), HasSubstr(keyword));
  }
}

TEST(Wcs, PointsBehindTheTangentPlane) {
  EXPECT_THAT(problem(tangent_header(), 183.6, 30.4), HasSubstr("does not show this point"));
}

class SkyPosition : public test::TaskTest {
 protected:
  std::string scene(const std::string& keys) const {
    return "[image]\nfile = \"sky.fits\"\nregion = [3, 7, 2, 5]\n" + kNoise +
           "[[component]]\ntype = \"pointsource\"\n" + keys;
  }
};

TEST_F(SkyPosition, BecomesAPixelOfTheWholeFile) {
  HeaderCards header = tangent_header();
  header[4] = card("CRPIX1", "5.0");
  header[5] = card("CRPIX2", "3.5");
  write("sky.fits", coordinates(kNx, kNy), header);
  const double north = -30.4 + 2.0 * kPixelDeg;  // two pixels up
  const Task task = load(scene("ra = 3.6\ndec = " + number(north) + "\n"));
  const SceneComponent& star = task.scene.components[0];
  EXPECT_NEAR(star.parameter(Role::kX).value, 2.0, 1e-7);  // FITS 5 in a region from 3
  EXPECT_NEAR(star.parameter(Role::kY).value, 3.5, 1e-7);  // FITS 5.5 in a region from 2
  EXPECT_TRUE(star.parameter(Role::kX).free);
  const Task fixed =
      load(scene("ra = { value = 3.6, fixed = true }\ndec = { value = -30.4, fixed = true }\n"));
  EXPECT_FALSE(fixed.scene.components[0].parameter(Role::kX).free);
  EXPECT_FALSE(fixed.scene.components[0].parameter(Role::kY).free);

  EXPECT_THAT(problem(scene("ra = 3.6\n")), HasSubstr("ra = 3.6: \"dec\" is missing"));
  EXPECT_THAT(problem(scene("dec = 3.6\n")), HasSubstr("\"ra\" is missing"));
  EXPECT_THAT(problem(scene("ra = 3.6\ndec = -30.4\nx = 4\n")),
              HasSubstr("x = 4: \"ra\" and \"dec\" are given too"));
  EXPECT_THAT(problem(scene("ra = { value = 3.6, min = 3 }\ndec = -30.4\n")), HasSubstr("no bounds"));
  EXPECT_THAT(problem(scene("ra = { value = 3.6, fixed = true }\ndec = -30.4\n")),
              HasSubstr("only one of ra and dec"));
  EXPECT_THAT(problem(scene("ra = \"00:14\"\ndec = -30.4\n")), HasSubstr("wrong type"));
  EXPECT_THAT(problem(scene("ra = 3.6\ndec = 95\n")), HasSubstr("dec = 95: out of range"));
}

}  // namespace
}  // namespace gaxel::io
