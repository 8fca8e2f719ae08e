#include "profile/kind_options.hpp"

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

constexpr std::array kNormalisations{
    KindOption{
        "central", "The surface brightness in the centre in place of the flux.", 0,
        [](const ComponentKind& /*base*/, int /*count*/) { return std::span<const ParameterSpec>(kCentral); },
        [](const ComponentKind& base) { return base.has_central_brightness; }, 0.0},
    KindOption{
        "scale", "The surface brightness at the scale radius in place of the flux.", 0,
        [](const ComponentKind& /*base*/, int /*count*/) { return std::span<const ParameterSpec>(kScale); },
        [](const ComponentKind& base) { return base.has_scale_brightness; }, 1.0}};

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
