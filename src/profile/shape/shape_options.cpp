#include "profile/shape/shape_options.hpp"

#include <array>
#include <numbers>

#include "profile/parameters.hpp"
#include "profile/shape/bending_modes.hpp"
#include "profile/shape/fourier_modes.hpp"

namespace gaxel {
namespace {

using namespace specs;

using Parameters = std::span<const ParameterSpec>;

constexpr ParameterSpec option(std::string_view name, std::string_view unit, std::string_view doc, double min,
                               double max, double fallback, bool fittable = true) {
  return {Role::kOption, name, unit, doc, min, max, fallback, fittable};
}

constexpr double kSteepest = 0.49 * std::numbers::pi;  // of an inclination: discs seen nearly from the edge

constexpr std::array kGeneralisedEllipse{
    option("c0", "", "isophotes |u|^(c0+2) + |v/q|^(c0+2): boxy above 0, discy below", -1.5, 8.0, 0.0)};
constexpr std::array kPowerSpiral{
    option("spiral_angle", "rad",
           "rotation at spiral_rout, from the line of nodes towards the disc's other axis", -kInf, kInf,
           kNotGiven),
    option("spiral_rin", "pixel", "radius of the bar, inside which hardly anything turns", 0.0, 1e5, 0.0),
    option("spiral_rout", "pixel", "radius at which the rotation is spiral_angle", 0.01, 1e5, kNotGiven),
    option("spiral_power", "", "beyond spiral_rout the rotation grows like this power of the radius", -10.0,
           10.0, 0.0),
    option("spiral_inclination", "rad", "of the disc to the sky", 0.0, kSteepest, 0.0),
    option("spiral_node", "rad",
           "direction of the line of nodes, from +x towards +y: theta is counted from it", -kInf, kInf, 0.0)};
constexpr std::array kLogarithmicSpiral{
    option("logspiral_angle", "rad",
           "rotation at logspiral_rout, from the line of nodes towards the disc's other axis", -kInf, kInf,
           kNotGiven),
    option("logspiral_rin", "pixel", "radius of the bar, inside which hardly anything turns", 0.0, 1e5, 0.0),
    option("logspiral_rout", "pixel", "radius at which the rotation is logspiral_angle", 0.01, 1e5,
           kNotGiven),
    option("logspiral_scale", "pixel", "the rotation grows like log(1 + r / logspiral_scale)", 0.01, 1e5,
           kNotGiven),
    option("logspiral_inclination", "rad", "of the disc to the sky", 0.0, kSteepest, 0.0),
    option("logspiral_node", "rad",
           "direction of the line of nodes, from +x towards +y: theta is counted from it", -kInf, kInf, 0.0)};
constexpr std::array kAsymmetry{
    option("asymmetry", "", "light times 1 - asymmetry cos(t - asymmetry_angle)", -1.0, 1.0, 0.0),
    option("asymmetry_angle", "rad", "direction in which it is faintest, from the major axis", -kInf, kInf,
           0.0)};
constexpr std::array kSoftCentre{option(
    "soft", "pixel", "radius inside which the light is a parabola of the same flux", 1e-3, 1e3, 0.1, false)};

constexpr std::array<std::string_view, FourierModes<double>::kHighest> kFourierNames{
    "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10"};
constexpr std::array<std::string_view, FourierModes<double>::kHighest> kPhaseNames{
    "f1_phase", "f2_phase", "f3_phase", "f4_phase", "f5_phase",
    "f6_phase", "f7_phase", "f8_phase", "f9_phase", "f10_phase"};
constexpr std::array<std::string_view, BendingModes<double>::kHighest> kBendingNames{"b1", "b2", "b3", "b4",
                                                                                     "b5"};

template <std::size_t kMode>
constexpr std::array kFourier{
    option(kFourierNames[kMode - 1], "", "amplitude of the Fourier mode", -0.9, 0.9, 0.0),
    option(kPhaseNames[kMode - 1], "rad", "direction in which the mode reaches farthest, from the major axis",
           -kInf, kInf, 0.0)};
template <std::size_t kMode>
constexpr std::array kBending{option(kBendingNames[kMode - 1], "pixel",
                                     "how far the bending mode shifts the light at the scale radius", -1e4,
                                     1e4, 0.0)};

constexpr std::array<ParameterSpec, 0> kNothing{};
constexpr std::array<std::string_view, 2> kCuts{"inner", "outer"};

bool takes_any(const ComponentKind& base) {
  return base.make_surface_law != nullptr;
}

bool takes_radial(const ComponentKind& base) {
  return takes_any(base) && base.is_radial;
}

// A truncation has a radius, and no light to be softened, dimmed or wound up.
bool has_isophotes(const ComponentKind& base) {
  return takes_radial(base) || base.family == Family::kTruncation;
}

bool can_be_bent(const ComponentKind& base) {
  return takes_any(base) || base.family == Family::kTruncation;
}

template <const auto& kParameters>
Parameters parameters_of(const ComponentKind& /*base*/, int /*count*/) {
  return kParameters;
}

template <const auto& kParameters>
constexpr KindOption row(std::string_view name, std::string_view doc, ShapePart part,
                         bool (*possible)(const ComponentKind&), std::size_t mode = 0) {
  KindOption result{name, doc, 0, parameters_of<kParameters>, possible};
  result.part = part;
  result.mode = mode;
  return result;
}

template <std::size_t kMode>
constexpr KindOption fourier() {
  return row<kFourier<kMode>>(kFourierNames[kMode - 1], "Fourier mode of the isophotes.", ShapePart::kFourier,
                              has_isophotes, kMode);
}

template <std::size_t kMode>
constexpr KindOption bending() {
  return row<kBending<kMode>>(kBendingNames[kMode - 1], "Bending mode.", ShapePart::kBending, can_be_bent,
                              kMode);
}

constexpr KindOption truncated() {
  KindOption result = row<kNothing>("truncated", "truncations that cut the light: a list of their names",
                                    ShapePart::kNone, takes_any);
  result.lists = kCuts;
  return result;
}

constexpr std::array kOptions{
    row<kPowerSpiral>("spiral", "Spiral whose rotation is a power of the radius.", ShapePart::kPowerSpiral,
                      takes_any),
    row<kLogarithmicSpiral>("logspiral", "Spiral whose rotation is logarithmic in the radius.",
                            ShapePart::kLogarithmicSpiral, takes_any),
    bending<1>(),
    bending<2>(),
    bending<3>(),
    bending<4>(),
    bending<5>(),
    row<kGeneralisedEllipse>("c0", "Boxy or discy isophotes.", ShapePart::kGeneralisedEllipse, has_isophotes),
    fourier<1>(),
    fourier<2>(),
    fourier<3>(),
    fourier<4>(),
    fourier<5>(),
    fourier<6>(),
    fourier<7>(),
    fourier<8>(),
    fourier<9>(),
    fourier<10>(),
    row<kSoftCentre>("soft", "A parabola in place of the cusp.", ShapePart::kSoftCentre, takes_radial),
    row<kAsymmetry>("asymmetry", "One side brighter than the other.", ShapePart::kAsymmetry, takes_any),
    truncated()};

}  // namespace

std::span<const KindOption> shape_options() {
  return kOptions;
}

}  // namespace gaxel
