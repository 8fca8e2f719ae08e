// Parameters that many kinds of components have.
#pragma once

#include <limits>

#include "gaxel/component.hpp"

namespace gaxel::specs {

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNotGiven = kNoValue;

inline constexpr ParameterSpec kX{Role::kX, "x", "pixel", "centre along the columns", -kInf, kInf, kNotGiven};
inline constexpr ParameterSpec kY{Role::kY, "y", "pixel", "centre along the rows", -kInf, kInf, kNotGiven};
inline constexpr ParameterSpec kFlux{Role::kFlux, "flux", "counts", "total flux, out to infinity",
                                     -kInf,       kInf,   kNotGiven};
inline constexpr ParameterSpec kRe{
    Role::kRe, "re", "pixel", "half-light radius along the major axis", 0.01, 1e5, kNotGiven, true, true};
inline constexpr ParameterSpec kN{Role::kN, "n", "", "Sersic index", 0.1, 20.0, kNotGiven, true, true, 2.0};
inline constexpr ParameterSpec kQ{Role::kQ, "q",  "",  "axis ratio, minor over major", 0.01, 1.0,
                                  1.0,      true, true};
inline constexpr ParameterSpec kTheta{
    Role::kTheta, "theta", "rad", "direction of the major axis, from +x towards +y", -kInf, kInf, 0.0};
inline constexpr ParameterSpec kBrightness{
    Role::kBrightness, "ib", "counts/pixel", "surface brightness at the break radius", -kInf, kInf,
    kNotGiven};

/// A scale radius of a name of its own.
constexpr ParameterSpec scale_radius(std::string_view name, std::string_view doc) {
  return {Role::kRe, name, "pixel", doc, 0.01, 1e5, kNotGiven, true, true};
}

/// A shape parameter that is above 0 and searched in its logarithm.
constexpr ParameterSpec positive_shape(Role role, std::string_view name, std::string_view unit,
                                       std::string_view doc, double min, double max, double start) {
  return {role, name, unit, doc, min, max, kNotGiven, true, true, start};
}

}  // namespace gaxel::specs
