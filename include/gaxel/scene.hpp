// A scene: components whose parameters may be free, fixed, bounded, or still to be estimated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gaxel/bands.hpp"
#include "gaxel/component.hpp"

namespace gaxel {

/// A parameter that follows others: the value of an expression of theirs, band by band.
struct Tie {
  struct Term {
    std::string name;  ///< in the expression: letters, digits and _
    std::size_t component;
    std::size_t parameter;
  };
  /// muParser's grammar: + - * / ^, functions such as sqrt, exp, ln, log10, min, max, `a ? b : c`, _pi; and
  /// the band's _wavelength and _zeropoint.
  std::string expression;
  std::vector<Term> terms;
  std::string text = {};  ///< as its author wrote it, in the terms of a scene file
};

/// What is known of a parameter beforehand: its value in every band, or its logarithm, is normal.
struct Prior {
  double mean = 0.0;   ///< of the value, or of its natural logarithm
  double sigma = 1.0;  ///< above 0
  bool logarithm = false;
};

/// Keeps a free parameter within a distance of another one, in every band: min <= value - other <= max, or
/// min <= value / other <= max. The fit searches that difference or ratio in the place of the value; a start
/// that lies outside is moved to the nearest end.
struct Limit {
  std::size_t component;  ///< of the other parameter, which is constant where this one is
  std::size_t parameter;
  bool is_ratio = false;
  double min = -std::numeric_limits<double>::infinity();  ///< of a ratio at least 0, where it is finite
  double max = std::numeric_limits<double>::infinity();
};

/// A parameter of a component in a scene, in gaxel's inner units.
struct Parameter {
  double value = std::numeric_limits<double>::quiet_NaN();  ///< NaN: to be estimated from the image
  bool free = true;
  double min = -std::numeric_limits<double>::infinity();  ///< bounds of the fit, inside the kind's range
  double max = std::numeric_limits<double>::infinity();
  /// Other than Basis::kConstant: the coefficients, NaN where they are to be estimated, stand in the place of
  /// `value`, and `free` is true if one of them is. A flux that is a magnitude: the coefficients of a series
  /// are magnitudes, those of single bands counts, and a constant is the counts in the first band.
  Basis basis = Basis::kConstant;
  std::vector<double> coefficients = {};
  std::vector<std::uint8_t> free_coefficients = {};  ///< 1: free
  /// Ends of single coefficients, infinite where there is none: as many as coefficients, or none. A start
  /// outside is moved to the nearest. Of a series they stand in the place of min and max: what is searched
  /// are then the coefficients themselves, and values in the bands are held by nothing.
  std::vector<double> coefficient_min = {};
  std::vector<double> coefficient_max = {};
  /// Not free: the value follows from other parameters.
  std::optional<Tie> tie = {};
  std::optional<Prior> prior = {};
  /// In place of min and max. Of parameters that are constant or have a value of their own in each band.
  std::optional<Limit> limit = {};
};

struct SceneComponent {
  const ComponentKind* kind = nullptr;
  std::string name;                   ///< unique in the scene
  std::vector<Parameter> parameters;  ///< in the kind's order
  /// The flux was given as a magnitude: it is positive, fitted in its logarithm and reported as a magnitude.
  bool flux_is_magnitude = false;
  int psf = 0;  ///< as Component::psf
  /// Which components of the scene, truncations, cut this one's light inside, and outside.
  std::vector<std::size_t> inner = {};
  std::vector<std::size_t> outer = {};
  std::shared_ptr<const LightImage> image = nullptr;  ///< as Component::image
  /// Where the image was read from, for scenes that are written: absolute path, extension and section.
  std::string image_file = {};

  Parameter& parameter(Role role);
  const Parameter& parameter(Role role) const;
  /// Whether parameters of this role are given and reported as magnitudes.
  bool is_magnitude(Role role) const { return role == Role::kFlux && flux_is_magnitude; }
};

struct Scene {
  std::vector<SceneComponent> components;

  /// Values as components for the renderer. Every value must be set.
  std::vector<Component> render_list() const;
  int n_free() const;
};

/// Throws InputError (source = `where`, key "component.parameter") for values or bounds outside the kind's
/// range, min >= max, a start outside its bounds, or no components. Values that are NaN (to be estimated)
/// pass.
void validate(const Scene& scene, const std::string& where);

/// The same for a scene in several bands: also for coefficients that are not as many as they should be, more
/// free ones than different wavelengths, values in a band outside the range, ties that cannot be read, go in
/// a circle or lead to what there is not, ties of parameters that are free or have coefficients, priors
/// without a width, and limits that leave no room or are about what they cannot be about.
void validate(const Scene& scene, const Wavelengths& wavelengths, const std::string& where);

}  // namespace gaxel
