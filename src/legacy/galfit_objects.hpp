// GALFIT's types of objects, and what their rows are in a scene.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gaxel::legacy {

/// How a number of GALFIT's becomes one of a scene.
enum class Conversion {
  kFactor,      ///< scene = factor * GALFIT
  kMagnitude,   ///< a total magnitude, the same in both
  kBrightness,  ///< mag/arcsec^2 to counts per pixel: factor * dx dy exptime 10^(-0.4 (mu - zeropoint))
  kDegrees      ///< degrees to radians
};

/// One number of an object.
struct ObjectSlot {
  std::string_view row;         ///< "4"
  std::size_t index = 0;        ///< which number of the row
  std::string_view key;         ///< in a scene: "re"
  std::string_view constraint;  ///< in constraint files: "re"
  Conversion conversion = Conversion::kFactor;
  double factor = 1.0;
  bool is_length = false;  ///< along the major axis: another one where q > 1 swaps the axes
};

/// A type of object.
struct ObjectType {
  std::string_view name;  ///< "expdisk"
  std::string_view kind;  ///< "exponential"
  std::span<const ObjectSlot> slots;
};

/// What the digit at the end of a type makes of row 3.
enum class Normalisation {
  kDefault,  ///< as the type has it
  kCentral,  ///< 1: surface brightness in the centre
  kScale,    ///< 2: at the radius of row 4
  kBreak     ///< 3: at the break radius of the first truncation
};

/// A type with its digit.
struct TypeName {
  const ObjectType* type = nullptr;
  Normalisation normalisation = Normalisation::kDefault;
};

std::span<const ObjectType> object_types();

/// The type of that name, in lower case and with or without a digit; empty where there is none.
std::optional<TypeName> find_object_type(std::string_view name);

/// The type that a kind of component is in GALFIT, or null.
const ObjectType* object_type_of_kind(std::string_view kind);

/// All names, for messages.
std::string object_types_text();

/// "radial", "radial2", ...
std::span<const std::string_view> truncation_types();

}  // namespace gaxel::legacy
