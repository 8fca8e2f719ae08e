// Starting values of a scene's parameters from the image. They need not be good: fluxes and sky are solved
// for before the first step, and shapes converge from far away. docs/design/fit.md shows from how far.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <optional>
#include <vector>

#include "fit/image_moments.hpp"
#include "gaxel/error.hpp"
#include "gaxel/fit.hpp"
#include "gaxel/render.hpp"
#include "profile/brightness.hpp"
#include "profile/flux_radius.hpp"
#include "profile/make_law.hpp"
#include "profile/spline_law.hpp"

namespace gaxel {

namespace {

constexpr double kSamePlace = 3.0;  // pixels: components nearer than this share their light

constexpr const char* kNoLight = "the image has no light above its noise to start from";

/// Objects of the image: what lies at one place.
struct Object {
  Point place;
  std::vector<SceneComponent*> components;
  Ellipse shape{1.0, 0.0, 1.0};
  Growth growth;

  /// Whether its light stands out of the noise, so that size and shape mean something.
  bool is_lit() const {
    constexpr double kSignificant = 3.0;
    return growth.flux > kSignificant * growth.flux_error;
  }
};

/// True for a parameter without a value; false where the kind has no such parameter.
bool unknown(const SceneComponent& component, Role role) {
  const int index = component.kind->index_of(role);
  return index >= 0 && std::isnan(component.parameters[static_cast<std::size_t>(index)].value);
}

bool has_unknown_value(const SceneComponent& component) {
  return std::ranges::any_of(component.parameters, [](const Parameter& p) { return std::isnan(p.value); });
}

bool has_unknown_place(const SceneComponent& component) {
  return unknown(component, Role::kX) || unknown(component, Role::kY);
}

/// Gives the parameter a value if it has none, inside its range.
void propose(SceneComponent& component, std::size_t index, double value) {
  Parameter& parameter = component.parameters[index];
  if (!std::isnan(parameter.value)) return;
  const ParameterSpec& spec = component.kind->parameters[index];
  const double low = std::max(spec.min, parameter.min);
  const double high = std::min(spec.max, parameter.max);
  if (spec.role == Role::kTheta && std::isfinite(low)) {
    value += std::numbers::pi * std::ceil((low - value) / std::numbers::pi);
  }
  parameter.value = std::clamp(value, low, high);
}

void propose(SceneComponent& component, Role role, double value) {
  const int index = component.kind->index_of(role);
  if (index >= 0) propose(component, static_cast<std::size_t>(index), value);
}

/// The same for all parameters with a role.
void propose_all(SceneComponent& component, Role role, double value) {
  for (std::size_t i = 0; i < component.parameters.size(); ++i) {
    if (component.kind->parameters[i].role == role) propose(component, i, value);
  }
}

/// Completes the sky components and returns the data above them.
Light above_sky(const Observation& observation, Scene& scene) {
  const Shape shape = observation.data.shape();
  Light light{observation.data, &observation.sigma, observation.used};
  bool level_found = false;
  for (SceneComponent& component : scene.components) {
    if (component.kind->family != Family::kSky) continue;
    if (unknown(component, Role::kLevel)) {
      propose(component, Role::kLevel, level_found ? 0.0 : sky_level(observation));
      level_found = true;
    }
    if (unknown(component, Role::kCoefficient)) {  // the constant term, which comes first
      propose(component, Role::kCoefficient, level_found ? 0.0 : sky_level(observation));
      level_found = true;
    }
    propose_all(component, Role::kCoefficient, 0.0);
    propose(component, Role::kSlopeX, 0.0);
    propose(component, Role::kSlopeY, 0.0);
    propose(component, Role::kX, 0.5 * (shape.nx - 1));
    propose(component, Role::kY, 0.5 * (shape.ny - 1));
    propose(component, Role::kHalfWidth, 0.5 * shape.nx);
    propose(component, Role::kHalfHeight, 0.5 * shape.ny);
    Scene alone;
    alone.components.push_back(component);
    const std::vector<Component> sky = alone.render_list();
    Image value(shape);
    Renderer(shape).render(sky, value.view());
    for (int row = 0; row < shape.ny; ++row) {
      for (int column = 0; column < shape.nx; ++column) light.value(row, column) -= value(row, column);
    }
  }
  return light;
}

/// Sizes and shape of the light around a place.
void measure(const Light& light, Object& object) {
  object.growth = curve_of_growth(light, object.place);
  object.shape = adaptive_moments(light, object.place, std::max(1.0, object.growth.half_radius));
}

void join(std::vector<Object>& objects, SceneComponent& component, Point place) {
  for (Object& object : objects) {
    if (std::hypot(object.place.x - place.x, object.place.y - place.y) > kSamePlace) continue;
    object.components.push_back(&component);
    return;
  }
  objects.push_back({place, {&component}, {}, {}});
}

/// Places of the components: those given, then the brightest peaks that these leave.
std::vector<Object> find_objects(const Light& light, Scene& scene) {
  std::vector<Object> objects;
  std::vector<SceneComponent*> without_place;
  for (SceneComponent& component : scene.components) {
    if (!is_source(component.kind->family)) continue;
    if (has_unknown_place(component)) {
      without_place.push_back(&component);
    } else {
      join(objects, component, {component.parameter(Role::kX).value, component.parameter(Role::kY).value});
    }
  }
  if (without_place.empty()) return objects;

  Light rest = light;
  for (Object& object : objects) {
    measure(rest, object);
    remove_object(rest, object.place, object.shape);
  }
  double first_brightness = 0.0;
  constexpr double kSignificant = 5.0;
  constexpr double kShare =
      0.1;  // of the first peak's brightness: fainter ones may be structure of another object
  for (SceneComponent* component : without_place) {
    const std::optional<Peak> peak = brightest(rest);
    const bool object =
        peak && peak->significance > kSignificant && peak->brightness > kShare * first_brightness;
    if (!object && objects.empty()) throw FitError(kNoLight);
    // Without a peak of its own a component starts as a part of the first object.
    const Point place = object ? peak->place : objects.front().place;
    first_brightness = std::max(first_brightness, object ? peak->brightness : 0.0);
    propose(*component, Role::kX, place.x);
    propose(*component, Role::kY, place.y);
    join(objects, *component, {component->parameter(Role::kX).value, component->parameter(Role::kY).value});
    if (!object) continue;
    Object taken{place, {}, {}, {}};
    measure(rest, taken);
    remove_object(rest, place, taken.shape);
  }
  return objects;
}

/// The light nearer to this object than to any other.
Light share_of(const Light& light, const std::vector<Object>& objects, std::size_t which) {
  Light share = light;
  const Shape shape = light.value.shape();
  const auto distance = [&](const Object& object, int row, int column) {
    return std::hypot(column - object.place.x, row - object.place.y);
  };
  std::size_t index = 0;
  for (int row = 0; row < shape.ny; ++row) {
    for (int column = 0; column < shape.nx; ++column, ++index) {
      const double own = distance(objects[which], row, column);
      const bool nearest = std::ranges::all_of(
          objects, [&](const Object& other) { return distance(other, row, column) >= own; });
      if (!nearest) share.used[index] = 0;
    }
  }
  return share;
}

/// Square of the width of a star's core, in data pixels; 0 without a PSF. Of several PSFs the first is taken.
double psf_mean_square(const Observation& observation) {
  if (observation.psfs.empty()) return 0.0;
  constexpr int kSide = 65;
  constexpr double kMiddle = kSide / 2;
  Image star(Shape{kSide, kSide});
  const Component point{&component_kind("pointsource"), {kMiddle, kMiddle, 1.0}};
  Renderer(star.shape(), observation.psfs.front(), {{1e-3, 1e-6}, false, 1}).render({&point, 1}, star.view());
  const Image sigma(star.shape(), 1.0);
  const Light light{star, &sigma, std::vector<std::uint8_t>(star.size(), 1)};
  return adaptive_moments(light, {kMiddle, kMiddle}, 1.5).mean_square();
}

bool is_shape(const ParameterSpec& spec) {
  return !std::isnan(spec.start);
}

/// Where a shape parameter starts at this scale radius.
double starting_value(const ParameterSpec& spec, double re) {
  return spec.start * (spec.unit == "pixel" ? re : spec.unit == "1/pixel" ? 1.0 / re : 1.0);
}

/// The component with which a scene's one starts, as far as its shape is known without its size: at a scale
/// radius of 1, unless that is known.
Component starting_shape(const SceneComponent& component) {
  const ComponentKind& kind = *component.kind;
  Component trial{&kind, std::vector<double>(kind.parameters.size(), 1.0)};
  const bool size_known = !unknown(component, Role::kRe);
  const double re = size_known ? component.parameter(Role::kRe).value : 1.0;
  for (std::size_t i = 0; i < kind.parameters.size(); ++i) {
    const ParameterSpec& spec = kind.parameters[i];
    const double value = component.parameters[i].value;
    const bool is_length = spec.unit == "pixel" || spec.unit == "1/pixel";
    const bool known = !std::isnan(value) && (size_known || !is_length);
    if (known && (is_shape(spec) || spec.role == Role::kRe)) trial.values[i] = value;
    if (!known && is_shape(spec)) trial.values[i] = starting_value(spec, re);
  }
  return trial;
}

/// Radius, in scale radii, that encloses a share of the flux of a component with which a scene's one starts.
double starting_radius(const SceneComponent& component, double share) {
  const Component trial = starting_shape(component);
  if (trial.kind->family == Family::kElliptical) return flux_radius(*make_law(trial), share);
  return flux_radius(*trial.kind->make_surface_law(law_shapes(trial).values), share);
}

/// Components of one object in the order of size in which they start: the least concentrated outside.
std::vector<SceneComponent*> by_size(const std::vector<SceneComponent*>& components) {
  std::vector<SceneComponent*> extended;
  for (SceneComponent* component : components) {
    const bool free_form = component->kind->index_of(Role::kKnot) >= 0;
    if (is_integrated(component->kind->family) && !free_form) extended.push_back(component);
  }
  const auto concentration = [](const SceneComponent* component) {
    return starting_radius(*component, 0.8) / starting_radius(*component, 0.2);
  };
  if (extended.size() > 1) std::ranges::stable_sort(extended, std::ranges::greater(), concentration);
  return extended;
}

/// Throws unless what the components lack can be guessed without light: axis ratio, direction and index can.
void check_without_light(const std::vector<Object>& objects) {
  for (const Object& object : objects) {
    for (const SceneComponent* component : object.components) {
      if (!unknown(*component, Role::kFlux) && !unknown(*component, Role::kBrightness) &&
          !unknown(*component, Role::kRe))
        continue;
      throw FitError(fmt::format(
          "{}: no light above the noise to start from around its position, x = {:.6g}, y = {:.6g} "
          "(0-based pixels of the fitted image): give its flux and size, or another position",
          component->name, object.place.x, object.place.y));
    }
  }
}

/// An exponential profile, whatever the noise.
void propose_knots(SceneComponent& component, double flux, double half_radius, double q) {
  const double r_min = component.parameter(Role::kRe).value;
  const double r_max = component.parameter(Role::kShape1).value;
  int knot = 0;
  for (std::size_t i = 0; i < component.parameters.size(); ++i) {
    if (component.kind->parameters[i].role != Role::kKnot) continue;
    propose(component, i,
            exponential_knot(knot++, component.kind->count, r_min, r_max, flux, half_radius, q));
  }
}

void start_object(const Object& object, double psf_square) {
  constexpr double kHalfLight = 1.1774;  // half-light radius of a circular Gaussian of sigma 1
  const double blur = kHalfLight * kHalfLight * psf_square;
  const double measured = std::max(object.growth.half_radius, 0.5);
  const double radius = std::sqrt(std::max(measured * measured - blur, 0.1 * measured * measured));
  // The PSF adds to both axes alike; what is left may not be thinner than the pixels tell.
  const double least = 0.1 * object.shape.mean_square();
  Ellipse shape = object.shape;
  shape.xx = std::max(shape.xx - psf_square, least);
  shape.yy = std::max(shape.yy - psf_square, least);
  const double limit = 0.95 * std::sqrt(shape.xx * shape.yy);
  shape.xy = std::clamp(shape.xy, -limit, limit);
  // In the dark nearly round, at the position angle 0: +y.
  const double q = object.is_lit() ? std::clamp(shape.axis_ratio(), 0.1, 0.95) : 0.9;
  const double theta = object.is_lit() ? shape.direction() : 0.5 * std::numbers::pi;

  const double flux = std::max(object.growth.flux, std::max(object.growth.flux_error, 1e-300));
  const std::vector<SceneComponent*> extended = by_size(object.components);
  const auto n_parts = static_cast<double>(object.components.size());
  for (std::size_t k = 0; k < extended.size(); ++k) {
    SceneComponent& component = *extended[k];
    const double rank = static_cast<double>(k) - 0.5 * static_cast<double>(extended.size() - 1);
    propose(component, Role::kQ, q);
    propose(component, Role::kTheta, theta);
    const bool outermost = extended.size() > 1 && k + 1 == extended.size();
    if (outermost) propose(component, Role::kN, 1.0);
    const double half_light = starting_radius(component, 0.5);
    propose(component, Role::kRe, radius / (half_light * std::sqrt(q)) * std::pow(3.0, rank));
    const auto specs = component.kind->parameters;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (is_shape(specs[i]))
        propose(component, i, starting_value(specs[i], component.parameter(Role::kRe).value));
      if (specs[i].role == Role::kOption && !std::isnan(specs[i].fallback)) {
        propose(component, i, specs[i].fallback);
      }
    }
    // The fit solves for it before its first step; what counts is the order of magnitude.
    const double area = std::numbers::pi * q * radius * radius;
    propose(component, Role::kBrightness, 0.5 * flux / (n_parts * std::max(area, 1.0)));
  }
  for (SceneComponent* component : object.components) {
    propose(*component, Role::kFlux, flux / n_parts);
    for (std::size_t i = 0; i < component->parameters.size(); ++i) {
      const ParameterSpec& spec = component->kind->parameters[i];
      if (rests_unless_given(spec.role)) propose(*component, i, spec.fallback);
    }
    const auto n_terms =
        std::ranges::count(component->kind->parameters, Role::kCoefficient, &ParameterSpec::role);
    const bool has_knots = component->kind->index_of(Role::kKnot) >= 0;
    if (n_terms == 0 && !has_knots) continue;
    if (has_knots) propose_knots(*component, flux / n_parts, radius / std::sqrt(q), q);
    propose_all(*component, Role::kCoefficient,
                flux / (n_parts * static_cast<double>(std::max(n_terms, 1L))));
    propose(*component, Role::kQ, q);
    propose(*component, Role::kTheta, theta);
  }
}

// A truncation has no light of its own to be measured: its place and radii must be given.
void start_truncations(Scene& scene) {
  for (SceneComponent& component : scene.components) {
    if (component.kind->family != Family::kTruncation) continue;
    for (std::size_t i = 0; i < component.parameters.size(); ++i) {
      const ParameterSpec& spec = component.kind->parameters[i];
      double& value = component.parameters[i].value;
      if (std::isnan(value)) value = spec.fallback;
      if (std::isnan(value)) {
        throw InputError({"fit", fmt::format("{}.{}", component.name, spec.name), "",
                          "not given, and a truncation has no light to estimate it from", "a value"});
      }
    }
  }
}

}  // namespace

void estimate_starting_values(const Observation& observation, Scene& scene) {
  start_truncations(scene);
  const Light light = above_sky(observation, scene);
  if (!std::ranges::any_of(scene.components, has_unknown_value)) return;
  const bool places_given = std::ranges::none_of(scene.components, [](const SceneComponent& component) {
    return is_source(component.kind->family) && has_unknown_place(component);
  });
  std::vector<Object> objects = find_objects(light, scene);
  for (std::size_t i = 0; i < objects.size(); ++i) measure(share_of(light, objects, i), objects[i]);
  if (std::ranges::none_of(objects, &Object::is_lit)) {
    if (!places_given) throw FitError(kNoLight);
    check_without_light(objects);
  }
  const double psf_square = psf_mean_square(observation);
  for (const Object& object : objects) start_object(object, psf_square);
}

}  // namespace gaxel
