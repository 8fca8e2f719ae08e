#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/nearest_name.hpp"
#include "gaxel/component.hpp"
#include "gaxel/error.hpp"
#include "profile/ferrers.hpp"
#include "profile/king.hpp"
#include "profile/moffat.hpp"
#include "profile/sersic.hpp"

namespace gaxel {

namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNotGiven = kNoValue;

constexpr ParameterSpec kX{Role::kX, "x", "pixel", "centre along the columns", -kInf, kInf, kNotGiven};
constexpr ParameterSpec kY{Role::kY, "y", "pixel", "centre along the rows", -kInf, kInf, kNotGiven};
constexpr ParameterSpec kFlux{Role::kFlux, "flux", "counts", "total flux, out to infinity",
                              -kInf,       kInf,   kNotGiven};
constexpr ParameterSpec kRe{Role::kRe, "re", "pixel", "half-light radius along the major axis", 0.01, 1e5,
                            kNotGiven, true, true};
constexpr ParameterSpec kN{Role::kN, "n", "", "Sersic index", 0.1, 20.0, kNotGiven, true, true, 2.0};
constexpr ParameterSpec kQ{Role::kQ, "q", "", "axis ratio, minor over major", 0.01, 1.0, 1.0, true, true};
constexpr ParameterSpec kTheta{
    Role::kTheta, "theta", "rad", "direction of the major axis, from +x towards +y", -kInf, kInf, 0.0};

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
constexpr std::array kPointParameters{kX, kY, kFlux};
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

template <double kIndex>
std::unique_ptr<RadialLaw> make_sersic_of(const Component& /*component*/) {
  return std::make_unique<SersicLaw>(kIndex);
}

constexpr std::array kKinds{
    ComponentKind{
        "sersic", "Sersic profile",
        "I(r) ~ exp(-b_n (r/re)^(1/n)); half of the flux lies inside the ellipse of semi-major axis re.",
        Family::kElliptical, kSersicParameters, make_sersic},
    ComponentKind{"exponential", "Exponential disc",
                  "The Sersic profile of n = 1: I(r) ~ exp(-r/h) with re = 1.678347 h.", Family::kElliptical,
                  kFixedShapeParameters, make_sersic_of<1.0>},
    ComponentKind{"devaucouleurs", "De Vaucouleurs profile", "The Sersic profile of n = 4.",
                  Family::kElliptical, kFixedShapeParameters, make_sersic_of<4.0>},
    ComponentKind{"gaussian", "Gaussian", "The Sersic profile of n = 0.5: FWHM = 2 re, along the major axis.",
                  Family::kElliptical, kFixedShapeParameters, make_sersic_of<0.5>},
    ComponentKind{"moffat", "Moffat profile",
                  "I(r) ~ (1 + (r/rd)^2)^-beta with rd = fwhm / (2 sqrt(2^(1/beta) - 1)).",
                  Family::kElliptical, kMoffatParameters, make_moffat},
    ComponentKind{"king", "Modified King profile",
                  "I(r) ~ ((1 + (r/rc)^2)^(-1/alpha) - (1 + (rt/rc)^2)^(-1/alpha))^alpha inside rt, nothing "
                  "outside.",
                  Family::kElliptical, kKingParameters, make_king},
    ComponentKind{"ferrers", "Ferrers profile",
                  "I(r) ~ (1 - (r/rout)^(2 - beta))^alpha inside rout, nothing outside.", Family::kElliptical,
                  kFerrersParameters, make_ferrers},
    ComponentKind{"pointsource", "Point source", "All flux in one point: takes the form of the PSF.",
                  Family::kPoint, kPointParameters},
    ComponentKind{"sky", "Sky plane",
                  "level + slope_x (column - x) + slope_y (row - y): a plane that the PSF leaves alone.",
                  Family::kSky, kSkyParameters}};

}  // namespace

int ComponentKind::index_of(Role role) const {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].role == role) return static_cast<int>(i);
  }
  return -1;
}

std::span<const ComponentKind> component_kinds() {
  return kKinds;
}

const ComponentKind& component_kind(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ComponentKind& kind : kKinds) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  throw InputError({"", "type", fmt::format("\"{}\"", name), "there is no such kind of component",
                    suggestion(name, names)});
}

double Component::value(Role role) const {
  const int index = kind->index_of(role);
  return index < 0 ? kNotGiven : values.at(static_cast<std::size_t>(index));
}

void validate(const Component& component) {
  if (component.kind == nullptr) {
    throw InputError({"", "type", "", "the component has no kind", "take one from component_kinds()"});
  }
  const ComponentKind& kind = *component.kind;
  const std::string source(kind.name);
  if (component.values.size() != kind.parameters.size()) {
    throw InputError({source, "values", std::to_string(component.values.size()), "wrong number of values",
                      fmt::format("one for each of {} parameters", kind.parameters.size())});
  }
  for (std::size_t i = 0; i < component.values.size(); ++i) {
    const ParameterSpec& spec = kind.parameters[i];
    const double value = component.values[i];
    if (std::isnan(value)) {
      throw InputError(
          {source, std::string(spec.name), "nan", "has no value", "any finite number in its range"});
    }
    if (!std::isfinite(value) || value < spec.min || value > spec.max) {
      const bool bounded = std::isfinite(spec.min) && std::isfinite(spec.max);
      throw InputError({source, std::string(spec.name), fmt::format("{}", value), "outside its range",
                        bounded ? fmt::format("{} to {}", spec.min, spec.max) : "any finite number"});
    }
  }
}

}  // namespace gaxel
