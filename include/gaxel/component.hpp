// Components: what kinds of light there are, and one instance of a kind.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel {

/// What a parameter means. Units inside gaxel: pixels, 0-based pixel centres, radians from +x towards +y,
/// counts.
enum class Role {
  kX,
  kY,
  kFlux,
  kRe,  ///< the scale radius along the major axis, whatever a kind calls it: "re", "fwhm", "rc"
  kN,   ///< Sersic's index, its law's first shape parameter
  kQ,
  kTheta,
  kShape1,  ///< the shape parameters of other laws, in the order of the law
  kShape2,
  kShape3,
  kShape4,
  kLevel,
  kSlopeX,
  kSlopeY,
  kCoefficient,  ///< of a function that is added; a kind may have many, as of what follows
  kConstant,     ///< what a kind needs to know beside the position
  kKnot,         ///< the logarithm of the intensity at a knot of a profile
  kSmoothness    ///< weight of the penalty on a profile with knots
};

/// No value.
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// One parameter of a kind of component.
struct ParameterSpec {
  Role role;
  std::string_view name;  ///< as in Python and scene files: "re"
  std::string_view unit;  ///< inside gaxel: "pixel", "counts", "rad", ""
  std::string_view doc;
  double min;              ///< smallest value allowed
  double max;              ///< largest value allowed
  double fallback;         ///< value when not given; NaN: must be given or estimated
  bool fittable = true;    ///< false for constants such as the pivot of a sky plane
  bool logarithm = false;  ///< whether a fit searches it in its logarithm
  /// Shape parameters: where a fit starts that was not told; radii in units of the scale radius.
  double start = kNoValue;
};

/// How a kind of component is rendered.
enum class Family {
  kElliptical,  ///< a radial law on ellipses, integrated over pixels
  kPoint,       ///< all flux in one point; takes the form of the PSF
  kSum,         ///< a sum of components of other kinds
  kSky          ///< a plane, not convolved
};

class RadialLaw;
struct Component;
struct ComponentShare;

/// A row of the registry. Kinds live for the whole program and are compared by address.
struct ComponentKind {
  std::string_view name;   ///< "sersic"
  std::string_view title;  ///< "Sersic profile"
  std::string_view doc;
  Family family;
  std::span<const ParameterSpec> parameters;
  /// Family::kElliptical: the law of a valid component, its parameters in the order of its shape roles; else
  /// null.
  std::unique_ptr<RadialLaw> (*make_law)(const Component&) = nullptr;
  /// Family::kSum: what a valid component is the sum of; else null.
  std::vector<ComponentShare> (*parts)(const Component&) = nullptr;

  /// Position of the parameter with this role, or -1.
  int index_of(Role role) const;
};

/// All kinds, in the order of the documentation.
std::span<const ComponentKind> component_kinds();

/// The kind of that name. Throws InputError (key "type", with the nearest name) when there is none.
const ComponentKind& component_kind(std::string_view name);

/// A component with values for all its kind's parameters, in the kind's order and gaxel's inner units.
struct Component {
  const ComponentKind* kind = nullptr;
  std::vector<double> values;

  double value(Role role) const;  ///< NaN when the kind has no such parameter
};

/// A part of a component of Family::kSum.
struct ComponentShare {
  Component component;
  std::vector<int> sources;  ///< for each of its values the parameter of the sum that it is; -1: none
};

/// Throws InputError naming the parameter when a value is not finite or outside its range.
void validate(const Component& component);

}  // namespace gaxel
