#include "profile/kind_options.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "profile/parameters.hpp"
#include "profile/shape/shape_options.hpp"

namespace gaxel {
namespace {

using namespace specs;

constexpr std::array kCentral{ParameterSpec{Role::kBrightness, "i0", "counts/pixel",
                                            "surface brightness in the centre", -kInf, kInf, kNotGiven}};
constexpr std::array kScale{ParameterSpec{Role::kBrightness, "ie", "counts/pixel",
                                          "surface brightness at the scale radius", -kInf, kInf, kNotGiven}};
constexpr std::array kBreak{
    ParameterSpec{Role::kBrightness, "ibreak", "counts/pixel",
                  "surface brightness at the break radius of the first truncation, as if nothing were cut",
                  -kInf, kInf, kNotGiven}};

// Whether the light depends on the radius alone, and can be given by a surface brightness.
bool has_radial_brightness(const ComponentKind& base) {
  return base.make_surface_law != nullptr && base.is_radial &&
         std::ranges::any_of(base.parameters, is_norm, &ParameterSpec::role);
}

constexpr std::array kNormalisations{
    KindOption{
        "central", "The surface brightness in the centre in place of the flux.", 0,
        [](const ComponentKind& /*base*/, int /*count*/) { return std::span<const ParameterSpec>(kCentral); },
        [](const ComponentKind& base) { return base.has_central_brightness; }, 0.0},
    KindOption{
        "scale", "The surface brightness at the scale radius in place of the flux.", 0,
        [](const ComponentKind& /*base*/, int /*count*/) { return std::span<const ParameterSpec>(kScale); },
        [](const ComponentKind& base) { return base.has_scale_brightness; }, 1.0},
    KindOption{
        "break", "The surface brightness at the break radius of the first truncation in place of the flux.",
        0,
        [](const ComponentKind& /*base*/, int /*count*/) { return std::span<const ParameterSpec>(kBreak); },
        has_radial_brightness, kAtBreak}};

}  // namespace

std::span<const KindOption> kind_options() {
  static const std::vector<KindOption> options = [] {
    std::vector<KindOption> all(kNormalisations.begin(), kNormalisations.end());
    const auto shapes = shape_options();
    all.insert(all.end(), shapes.begin(), shapes.end());
    return all;
  }();
  return options;
}

}  // namespace gaxel
