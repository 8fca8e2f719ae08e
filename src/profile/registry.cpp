#include <array>
#include <memory>

#include "gaxel/component.hpp"
#include "profile/chebyshev_surface.hpp"
#include "profile/ferrers.hpp"
#include "profile/king.hpp"
#include "profile/laws/broken_exponential.hpp"
#include "profile/laws/core_sersic.hpp"
#include "profile/laws/cusp.hpp"
#include "profile/laws/edge_on_disc.hpp"
#include "profile/laws/ferrers.hpp"
#include "profile/laws/flat_bar.hpp"
#include "profile/laws/gaussian_ring.hpp"
#include "profile/laws/king.hpp"
#include "profile/laws/moffat.hpp"
#include "profile/laws/nuker.hpp"
#include "profile/laws/sersic.hpp"
#include "profile/moffat.hpp"
#include "profile/multi_gaussian.hpp"
#include "profile/parameters.hpp"
#include "profile/sersic.hpp"
#include "profile/spline_law.hpp"

namespace gaxel {

namespace {

using namespace specs;

constexpr std::array kSersicParameters{kX, kY, kFlux, kRe, kN, kQ, kTheta};
constexpr std::array kFixedShapeParameters{kX, kY, kFlux, kRe, kQ, kTheta};
constexpr std::array kMoffatParameters{
    kX,
    kY,
    kFlux,
    ParameterSpec{Role::kRe, "fwhm", "pixel", "full width at half maximum along the major axis", 0.01, 1e5,
                  kNotGiven, true, true},
    ParameterSpec{Role::kShape1, "beta", "", "how steeply the wings fall: I ~ r^(-2 beta)", 1.01, 100.0,
                  kNotGiven, true, true, 3.0},
    kQ,
    kTheta};
constexpr std::array kKingParameters{
    kX,
    kY,
    kFlux,
    ParameterSpec{Role::kRe, "rc", "pixel", "core radius along the major axis", 0.01, 1e5, kNotGiven, true,
                  true},
    ParameterSpec{Role::kShape1, "rt", "pixel", "tidal radius along the major axis: no light beyond", 0.01,
                  1e7, kNotGiven, true, true, 10.0},
    ParameterSpec{Role::kShape2, "alpha", "", "exponent: 2 for King's law of 1962", 0.1, 10.0, kNotGiven,
                  true, true, 2.0},
    kQ,
    kTheta};
constexpr std::array kFerrersParameters{
    kX,
    kY,
    kFlux,
    ParameterSpec{Role::kRe, "rout", "pixel", "outer radius along the major axis: no light beyond", 0.01, 1e5,
                  kNotGiven, true, true},
    ParameterSpec{Role::kShape1, "alpha", "", "how sharply the light ends at rout", 0.1, 10.0, kNotGiven,
                  true, true, 1.0},
    ParameterSpec{Role::kShape2, "beta", "", "slope in the centre, 0 to 2: steeper; negative: flat within",
                  -8.0, 1.9, kNotGiven, true, false, 0.0},
    kQ,
    kTheta};
constexpr std::array kNukerParameters{
    kX,
    kY,
    kBrightness,
    scale_radius("rb", "break radius along the major axis"),
    positive_shape(Role::kShape1, "alpha", "", "how sharply the slope changes at rb", 0.1, 100.0, 2.0),
    ParameterSpec{Role::kShape2, "beta", "", "slope outside: I ~ r^-beta", 0.0, 20.0, kNotGiven, true, false,
                  1.5},
    ParameterSpec{Role::kShape3, "gamma", "", "slope inside: I ~ r^-gamma", -2.0, kSteepestCusp, kNotGiven,
                  true, false, 0.3},
    kQ,
    kTheta};
constexpr std::array kCoreSersicParameters{
    kX,
    kY,
    kBrightness,
    scale_radius("rb", "break radius along the major axis"),
    positive_shape(Role::kShape1, "re", "pixel", "half-light radius of the Sersic profile outside", 0.01, 1e5,
                   5.0),
    positive_shape(Role::kShape2, "n", "", "Sersic index outside", 0.3, 20.0, 3.0),
    positive_shape(Role::kShape3, "alpha", "", "how sharply the profile changes at rb", 0.1, 100.0, 3.0),
    ParameterSpec{Role::kShape4, "gamma", "", "slope inside: I ~ r^-gamma", 0.0, kSteepestCusp, kNotGiven,
                  true, false, 0.2},
    kQ,
    kTheta};
constexpr std::array kBrokenExponentialParameters{
    kX,
    kY,
    kFlux,
    scale_radius("h1", "inner scale length along the major axis"),
    positive_shape(Role::kShape1, "h2", "pixel", "outer scale length", 0.01, 1e5, 0.5),
    positive_shape(Role::kShape2, "rb", "pixel", "break radius", 0.01, 1e6, 2.0),
    positive_shape(Role::kShape3, "alpha", "1/pixel", "how sharply the profile changes at rb", 1e-4, 100.0,
                   5.0),
    kQ,
    kTheta};
constexpr std::array kGaussianRingParameters{
    kX,
    kY,
    kFlux,
    scale_radius("r", "radius of the ring along the major axis"),
    positive_shape(Role::kShape1, "sigma", "pixel", "width of the ring along the major axis", 0.01, 1e5, 0.3),
    kQ,
    kTheta};
constexpr std::array kGaussianRing2SideParameters{
    kX,
    kY,
    kFlux,
    scale_radius("r", "radius of the ring along the major axis"),
    positive_shape(Role::kShape1, "sigma_in", "pixel", "width inside of r", 0.01, 1e5, 0.3),
    positive_shape(Role::kShape2, "sigma_out", "pixel", "width outside of r", 0.01, 1e5, 0.3),
    kQ,
    kTheta};
constexpr std::array kEdgeDiscParameters{
    kX,
    kY,
    kFlux,
    scale_radius("rs", "scale length along the disc"),
    positive_shape(Role::kShape1, "hs", "pixel", "scale height: I ~ sech^2(height/hs)", 0.01, 1e5, 0.2),
    kTheta};
constexpr std::array kEdgeOnDiscParameters{
    kX,
    kY,
    kFlux,
    scale_radius("h", "scale length along the disc"),
    positive_shape(Role::kShape1, "z0", "pixel", "scale height: far out I ~ exp(-height/z0)", 0.01, 1e5, 0.1),
    positive_shape(Role::kShape2, "n", "", "form of the height: 1 isothermal, 2 sech, large exponential", 0.1,
                   100.0, 1.0),
    kTheta};
constexpr std::array kFlatBarParameters{
    kX,
    kY,
    ParameterSpec{Role::kBrightness, "i0", "counts/pixel", "surface brightness in the centre", -kInf, kInf,
                  kNotGiven},
    scale_radius("h1", "inner scale length along the major axis"),
    positive_shape(Role::kShape1, "h2", "pixel", "outer scale length on the major axis", 0.01, 1e5, 0.3),
    positive_shape(Role::kShape2, "rb", "pixel", "break radius on the major axis", 0.01, 1e6, 1.0),
    positive_shape(Role::kShape3, "alpha", "1/pixel", "how sharply the profile changes at rb", 1e-4, 100.0,
                   5.0),
    positive_shape(Role::kShape4, "opening", "rad",
                   "angle from the major axis at which the profile is a single exponential", 0.01, 1.57, 0.5),
    positive_shape(Role::kShape5, "q", "", "axis ratio, minor over major", 0.01, 1.0, 0.4),
    kTheta};
constexpr std::array kImageParameters{
    ParameterSpec{Role::kX, "x", "pixel", "where the image's middle lies along the columns", -kInf, kInf,
                  kNotGiven},
    ParameterSpec{Role::kY, "y", "pixel", "where the image's middle lies along the rows", -kInf, kInf,
                  kNotGiven},
    kFlux,
    ParameterSpec{Role::kScale, "scale", "", "width of the image's pixels in data pixels: above 1 larger",
                  1e-3, 1e3, 1.0, true, true},
    ParameterSpec{Role::kRotation, "theta", "rad", "rotation of the image, from +x towards +y", -kInf, kInf,
                  0.0}};
constexpr std::array kPointParameters{kX, kY, kFlux};
constexpr std::array kTruncationParameters{
    kX,
    kY,
    scale_radius("rbreak", "break radius along the major axis: the factor P is 0.982 there"),
    positive_shape(Role::kShape1, "softening", "pixel",
                   "P is below 0.01 so far inside rbreak; at most 7.66 rbreak", 0.01, 1e5, 0.5),
    kQ,
    kTheta};
constexpr std::array kSkyParameters{
    ParameterSpec{Role::kLevel, "level", "counts/pixel", "level at the pivot", -kInf, kInf, kNotGiven},
    ParameterSpec{Role::kSlopeX, "slope_x", "counts/pixel/pixel", "rise per column", -kInf, kInf, 0.0},
    ParameterSpec{Role::kSlopeY, "slope_y", "counts/pixel/pixel", "rise per row", -kInf, kInf, 0.0},
    ParameterSpec{Role::kX, "x", "pixel", "pivot along the columns", -kInf, kInf, kNotGiven, false},
    ParameterSpec{Role::kY, "y", "pixel", "pivot along the rows", -kInf, kInf, kNotGiven, false}};

std::unique_ptr<RadialLaw> make_sersic(const Component& c) {
  return std::make_unique<SersicLaw>(c.value(Role::kN));
}

std::unique_ptr<RadialLaw> make_moffat(const Component& c) {
  return std::make_unique<MoffatLaw>(c.value(Role::kShape1));
}

std::unique_ptr<RadialLaw> make_ferrers(const Component& c) {
  return std::make_unique<FerrersLaw>(c.value(Role::kShape1), c.value(Role::kShape2));
}

std::unique_ptr<RadialLaw> make_king(const Component& c) {
  return std::make_unique<KingLaw>(c.value(Role::kShape1) / c.value(Role::kRe), c.value(Role::kShape2));
}

// Of a kind whose light depends on more than the radius.
constexpr ComponentKind not_radial(ComponentKind kind) {
  kind.is_radial = false;
  return kind;
}

template <double kIndex>
std::unique_ptr<RadialLaw> make_sersic_of(const Component& /*component*/) {
  return std::make_unique<SersicLaw>(kIndex);
}

/// A row of kinds that take a number, `least` to `most`.
ComponentKind counted(std::string_view name, std::string_view title, std::string_view doc, Family family,
                      int least, int most, std::span<const ParameterSpec> (*parameters)(int)) {
  ComponentKind kind{name, title, doc, family, parameters(least)};
  kind.max_count = most;
  kind.counted_parameters = parameters;
  kind.count = least;
  return kind;
}

ComponentKind spline() {
  ComponentKind kind = counted("spline", "Radial spline",
                               "ln I is a cubic spline in ln r through N knots spaced evenly in ln r from "
                               "r_min to r_max, level at the first; "
                               "constant inside, a power law beyond.",
                               Family::kSurface, kMinKnots, kMaxKnots, spline_parameters);
  kind.make_surface_law = make_spline_law;
  return kind;
}

ComponentKind multi_gaussian() {
  ComponentKind kind = counted("mge", "Multi-Gaussian expansion",
                               "N Gaussians with common centre, axis ratio and direction, their dispersions "
                               "spaced evenly in the logarithm.",
                               Family::kSum, 1, kMaxGaussians, multi_gaussian_parameters);
  kind.parts = multi_gaussian_parts;
  return kind;
}

const auto& kinds() {
  static const std::array kinds{
      ComponentKind{
          "sersic", "Sersic profile",
          "I(r) ~ exp(-b_n (r/re)^(1/n)); half of the flux lies inside the ellipse of semi-major axis re.",
          Family::kElliptical, kSersicParameters, make_sersic, make_surface_law<Sersic>, kNoValue, true,
          true},
      ComponentKind{"exponential", "Exponential disc",
                    "The Sersic profile of n = 1: I(r) ~ exp(-r/h) with re = 1.678347 h.",
                    Family::kElliptical, kFixedShapeParameters, make_sersic_of<1.0>,
                    make_surface_law<ExponentialLaw>, kNoValue, true, true},
      ComponentKind{"devaucouleurs", "De Vaucouleurs profile", "The Sersic profile of n = 4.",
                    Family::kElliptical, kFixedShapeParameters, make_sersic_of<4.0>,
                    make_surface_law<DeVaucouleursLaw>, kNoValue, true, true},
      ComponentKind{"gaussian", "Gaussian",
                    "The Sersic profile of n = 0.5: FWHM = 2 re, along the major axis.", Family::kElliptical,
                    kFixedShapeParameters, make_sersic_of<0.5>, make_surface_law<GaussianLaw>, kNoValue, true,
                    true},
      ComponentKind{"moffat", "Moffat profile",
                    "I(r) ~ (1 + (r/rd)^2)^-beta with rd = fwhm / (2 sqrt(2^(1/beta) - 1)).",
                    Family::kElliptical, kMoffatParameters, make_moffat, make_surface_law<Moffat>, kNoValue,
                    true, true},
      ComponentKind{
          "king", "Modified King profile",
          "I(r) ~ ((1 + (r/rc)^2)^(-1/alpha) - (1 + (rt/rc)^2)^(-1/alpha))^alpha inside rt, nothing "
          "outside.",
          Family::kElliptical, kKingParameters, make_king, make_surface_law<King>, kNoValue, true},
      ComponentKind{"ferrers", "Ferrers profile",
                    "I(r) ~ (1 - (r/rout)^(2 - beta))^alpha inside rout, nothing outside.",
                    Family::kElliptical, kFerrersParameters, make_ferrers, make_surface_law<Ferrers>,
                    kNoValue, true},
      ComponentKind{"nuker", "Nuker profile",
                    "I(r) = ib 2^((beta-gamma)/alpha) (r/rb)^-gamma (1 + (r/rb)^alpha)^((gamma-beta)/alpha).",
                    Family::kSurface, kNukerParameters, nullptr, make_surface_law<Nuker>, 1.0},
      ComponentKind{
          "coresersic", "Core-Sersic profile",
          "I(r) ~ (1 + (rb/r)^alpha)^(gamma/alpha) exp(-b_n ((r^alpha + rb^alpha)/re^alpha)^(1/(alpha n))), "
          "ib at rb.",
          Family::kSurface, kCoreSersicParameters, nullptr, make_surface_law<CoreSersic>, 1.0},
      ComponentKind{"brokenexponential", "Broken exponential",
                    "I(r) ~ exp(-r/h1) (1 + exp(alpha (r - rb)))^((1/h1 - 1/h2)/alpha).", Family::kSurface,
                    kBrokenExponentialParameters, nullptr, make_surface_law<BrokenExponential>, kNoValue,
                    true},
      ComponentKind{"gaussianring", "Gaussian ring", "I(a) ~ exp(-(a - r)^2 / (2 sigma^2)).",
                    Family::kSurface, kGaussianRingParameters, nullptr, make_surface_law<GaussianRing>,
                    kNoValue, false, true},
      ComponentKind{"gaussianring2side", "Gaussian ring of two widths",
                    "I(a) ~ exp(-(a - r)^2 / (2 sigma^2)), sigma_in inside of r and sigma_out outside.",
                    Family::kSurface, kGaussianRing2SideParameters, nullptr,
                    make_surface_law<GaussianRing2Side>, kNoValue, false, true},
      not_radial(ComponentKind{
          "flatbar", "Flat bar",
          "A broken exponential along the major axis that turns into exp(-r/h1) at the angle opening from "
          "it.",
          Family::kSurface, kFlatBarParameters, nullptr, make_surface_law<FlatBar>, 0.0}),
      not_radial(ComponentKind{"edgeondisc", "Disc seen edge-on",
                               "I(x, y) ~ (x/rs) K1(x/rs) sech^2(y/hs), x along the disc.", Family::kSurface,
                               kEdgeDiscParameters, nullptr, make_surface_law<EdgeDisc>, kNoValue, true}),
      not_radial(ComponentKind{"edgeondiscn", "Disc seen edge-on, of any vertical profile",
                               "I(x, y) ~ (x/h) K1(x/h) sech^(2/n)(n y / (2 z0)), x along the disc.",
                               Family::kSurface, kEdgeOnDiscParameters, nullptr, make_surface_law<EdgeOnDisc>,
                               kNoValue, true}),
      ComponentKind{"image", "Image",
                    "The light of an image's pixels, as a biquadratic spline with the same flux in each; "
                    "shifted, turned and scaled, with its sum as the flux.",
                    Family::kImage, kImageParameters},
      ComponentKind{"pointsource", "Point source", "All flux in one point: takes the form of the PSF.",
                    Family::kPoint, kPointParameters},
      ComponentKind{
          "truncation", "Truncation",
          "No light: components that name it as inner are multiplied by P = (tanh((2 - B) r/rbreak + "
          "B) + 1)/2, "
          "as outer by 1 - P, B = 2.65 - 4.98 rbreak/softening.",
          Family::kTruncation, kTruncationParameters},
      ComponentKind{"sky", "Sky plane",
                    "level + slope_x (column - x) + slope_y (row - y): a plane that the PSF leaves alone.",
                    Family::kSky, kSkyParameters},
      spline(),
      multi_gaussian(),
      counted(
          "skychebyshev", "Chebyshev sky",
          "The sum of cij T_i(u) T_j(v), i + j up to the order N, averaged over pixels: a surface that the "
          "PSF leaves "
          "alone. u = (column - x) / half_width, v = (row - y) / half_height.",
          Family::kSky, 1, kMaxChebyshevOrder, chebyshev_parameters)};
  return kinds;
}

}  // namespace

std::span<const ComponentKind> component_kinds() {
  return kinds();
}

}  // namespace gaxel
