// Options of a kind of component, written behind its name: "sersic+c0".
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// What an option is to a shape.
enum class ShapePart {
  kNone,  ///< nothing: another normalisation
  kPowerSpiral,
  kLogarithmicSpiral,
  kBending,
  kGeneralisedEllipse,
  kFourier,
  kSoftCentre,
  kAsymmetry
};

/// A row of the table of options.
struct KindOption {
  std::string_view name;  ///< "c0"
  std::string_view doc;
  /// Largest number that may follow the name ("name:3"); 0: none does.
  int max_count = 0;
  /// The parameters that it adds, in place of the flux where it is another normalisation. Defaults are their
  /// fallbacks. The memory lives for the whole program.
  std::span<const ParameterSpec> (*parameters)(const ComponentKind& base, int count) = nullptr;
  /// Whether the base kind can take it.
  bool (*possible)(const ComponentKind& base) = nullptr;
  /// Radius, in scale radii or kAtBreak, of the surface brightness that takes the place of the flux; NaN:
  /// none does.
  double brightness_radius = kNoValue;
  ShapePart part = ShapePart::kNone;
  std::size_t mode = 0;  ///< of bending and Fourier modes
  /// Keys that turn it on though they are no parameters: they name other components.
  std::span<const std::string_view> lists = {};
};

/// The parameter of a key of option_keys(kind); null for one that names other components.
const ParameterSpec* option_parameter(const ComponentKind& kind, const OptionKey& key);

/// The parameters of which a component of the kind, with or without options, has one: what its light is
/// proportional to. "flux", "i0", ...; empty where there are none.
std::vector<std::string_view> norm_keys(const ComponentKind& kind);

/// All options, in the order in which they are written in a kind's name and in which shapes act.
std::span<const KindOption> kind_options();

/// An option as a kind has it.
struct OptionUse {
  const KindOption* option;
  int count;          ///< 0 where the option takes none
  std::size_t first;  ///< its first parameter in the kind
};

/// The options of a kind, in order.
std::vector<OptionUse> options_of(const ComponentKind& kind);

}  // namespace gaxel
