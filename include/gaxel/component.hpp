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
  kShape5,
  kShape6,
  kBrightness,  ///< surface brightness at a radius, in place of the flux
  kOption,      ///< a parameter of one of the kind's options; several may have this role
  kLevel,
  kSlopeX,
  kSlopeY,
  kCoefficient,  ///< of a function that is added; a kind may have many, as of what follows
  kHalfWidth,    ///< of the domain of such functions along x
  kHalfHeight,   ///< and along y
  kConstant,     ///< what else a kind needs to know
  kScale,        ///< how large an image is, in terms of its own size
  kRotation,     ///< by how much it is turned
  kKnot,         ///< the logarithm of the intensity at a knot of a profile
  kSmoothness    ///< weight of the penalty on a profile with knots
};

/// Whether the image is proportional to the parameter, or its component's part of it.
constexpr bool is_norm(Role role) {
  return role == Role::kFlux || role == Role::kBrightness;
}

/// Whether the parameter tells how much light there is, which every band has of its own.
constexpr bool is_light(Role role) {
  return is_norm(role) || role == Role::kLevel || role == Role::kSlopeX || role == Role::kSlopeY ||
         role == Role::kCoefficient || role == Role::kKnot;
}

/// Whether a fit leaves the parameter alone, at its fallback, unless it is given a value.
constexpr bool rests_unless_given(Role role) {
  return role == Role::kSlopeX || role == Role::kSlopeY || role == Role::kScale || role == Role::kRotation;
}

/// No value.
inline constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// ComponentKind::brightness_radius of a surface brightness at the break radius of the component's first
/// truncation: the first of Component::inner, or of outer where that is empty.
inline constexpr double kAtBreak = std::numeric_limits<double>::infinity();

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
  kElliptical,  ///< a radial law on ellipses, integrated over pixels with proven bounds
  kSurface,     ///< light of any form, integrated over pixels with estimated errors
  kImage,       ///< the light of an image, in closed form
  kPoint,       ///< all flux in one point; takes the form of the PSF
  kTruncation,  ///< no light: what cuts that of other components
  kSum,         ///< a sum of components of other kinds
  kSky          ///< a plane, not convolved
};

/// Whether a kind of this family is light that is spread over pixels, and integrated.
constexpr bool is_integrated(Family family) {
  return family == Family::kElliptical || family == Family::kSurface;
}

/// Whether a kind of this family is a source of light with a place of its own.
constexpr bool is_source(Family family) {
  return is_integrated(family) || family == Family::kImage || family == Family::kPoint ||
         family == Family::kSum;
}

class LightImage;
class RadialLaw;
class SurfaceLaw;
struct Component;
struct ComponentShare;

/// A kind of component: a row of the registry, or such a row with options. Kinds live for the whole program
/// and are compared by address.
struct ComponentKind {
  std::string_view name;   ///< "sersic"; with options "sersic+c0", in the order of the options' table
  std::string_view title;  ///< "Sersic profile"
  std::string_view doc;
  Family family;
  std::span<const ParameterSpec> parameters;
  /// Family::kElliptical: the law of a valid component, its parameters in the order of its shape roles; else
  /// null.
  std::unique_ptr<RadialLaw> (*make_law)(const Component&) = nullptr;
  /// The law as a template on the number type, of the shape parameters in the order of their roles, those
  /// that are lengths in units of the scale radius; null where the kind has none.
  std::unique_ptr<SurfaceLaw> (*make_surface_law)(std::span<const double>) = nullptr;
  /// Where the kind's surface brightness (Role::kBrightness) is that of, in scale radii along the major axis,
  /// or kAtBreak.
  double brightness_radius = kNoValue;
  /// Whether the surface brightness in the centre and at the scale radius can be given in place of the flux.
  bool has_central_brightness = false;
  bool has_scale_brightness = false;
  /// Kinds that take a number ("name:8"): the largest, and the parameters for a number. Without one in its
  /// name it is the smallest with which the kind has all the parameters that a component gives.
  int max_count = 0;
  std::span<const ParameterSpec> (*counted_parameters)(int count) = nullptr;
  int count = 0;  ///< the number of this kind; of a row the smallest
  /// Kinds with options: the row of the registry, and the options' names.
  const ComponentKind* row = nullptr;
  std::span<const std::string_view> options = {};
  bool is_radial = true;  ///< whether the law of make_surface_law depends on the radius alone
  /// Family::kSum: what a valid component is the sum of; else null.
  std::vector<ComponentShare> (*parts)(const Component&) = nullptr;

  /// The row of the registry: this kind without its options and number.
  const ComponentKind& base() const { return row == nullptr ? *this : *row; }
  /// Position of the first parameter with this role, or -1.
  int index_of(Role role) const;
  /// Position of the parameter of that name, or -1.
  int index_of(std::string_view parameter) const;
};

/// The rows of the registry, in the order of the documentation.
std::span<const ComponentKind> component_kinds();

/// The kind of that name: a row's, with a number where it takes one, followed by any number of "+option".
/// Throws InputError (key "type", with the nearest name) for names that there are not, and for options that
/// the row cannot take.
const ComponentKind& component_kind(std::string_view name);

/// The kind of that name with those options, too, that have one of `keys` among their parameters: a component
/// with a value for "c0" is one of a kind with the option c0. Keys that nobody knows change nothing.
const ComponentKind& component_kind(std::string_view name, std::span<const std::string_view> keys);

/// A parameter that turns an option on, and what it is.
struct OptionKey {
  std::string_view key;
  std::string_view doc;
  std::string_view option;
};

/// The keys of all options that the kind can take.
std::vector<OptionKey> option_keys(const ComponentKind& kind);

/// Component::psf of light that no PSF spreads.
inline constexpr int kNoPsf = -1;

/// A component with values for all its kind's parameters, in the kind's order and gaxel's inner units.
struct Component {
  const ComponentKind* kind = nullptr;
  std::vector<double> values;
  int psf = 0;  ///< which of several PSFs it is seen through (MultiPsfRenderer), or kNoPsf
  /// Which components of a render, of Family::kTruncation, cut its light inside, and outside.
  std::vector<std::size_t> inner = {};
  std::vector<std::size_t> outer = {};
  std::shared_ptr<const LightImage> image = nullptr;  ///< Family::kImage: the light (light_image.hpp)

  double value(Role role) const;  ///< NaN when the kind has no such parameter
  double norm() const;            ///< the flux, or the surface brightness in its place
};

/// A part of a component of Family::kSum.
struct ComponentShare {
  Component component;
  std::vector<int> sources;  ///< for each of its values the parameter of the sum that it is; -1: none
};

/// Throws InputError naming the parameter when a value is not finite or outside its range.
void validate_values(const Component& component);

/// The same, and throws InputError naming "softening" of a truncation above 7.66 rbreak, or "image" when it
/// is missing though the kind needs one, or given though it takes none.
void validate(const Component& component);

}  // namespace gaxel
