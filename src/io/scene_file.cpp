#include "io/scene_file.hpp"
#include "io/limit_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>

#include "gaxel/error.hpp"
#include "gaxel/light_image.hpp"
#include "io/component_keys.hpp"
#include "io/parameter_keys.hpp"
#include "io/scene_image.hpp"
#include "io/tie_keys.hpp"
#include "io/wcs.hpp"
#include "profile/check_shapes.hpp"
#include "profile/kind_options.hpp"

namespace gaxel::io {

namespace {

constexpr std::size_t kLongestName = 40;

/// Reads one [[component]].
class ComponentReader {
 public:
  ComponentReader(TomlTable table, const SceneFrame& frame) : table_(std::move(table)), frame_(frame) {}

  SceneComponent read() {
    const std::optional<std::string> type = table_.text("type");
    if (!type) table_.fail("type", "missing", kinds_text());
    read_name();
    read_kind(*type);
    table_.allow_only(component_keys(*component_.kind));
    read_psf();
    component_.flux_is_magnitude = table_.has("mag");
    if (component_.flux_is_magnitude && !frame_.file.photometry.zeropoint) {
      table_.fail("mag", "a magnitude needs a zero point", "zeropoint in [image], or flux in counts");
    }
    for (const ParameterSpec& spec : component_.kind->parameters) {
      component_.parameters.push_back(parameter(spec));
    }
    if (table_.has("ra") || table_.has("dec")) read_sky_position();
    if (component_.kind->family == Family::kImage) read_light();
    return component_;
  }

 private:
  void read_kind(const std::string& type) {
    table_.relate("type", [&] { component_.kind = &component_kind(type); });
    std::vector<std::string_view> norms = norm_keys(*component_.kind);
    if (std::ranges::find(norms, "flux") != norms.end()) norms.emplace_back("mag");
    std::erase_if(norms, [&](std::string_view key) { return !table_.has(key); });
    if (norms.size() > 1) table_.fail(norms[1], fmt::format("\"{}\" is given too", norms[0]), "one of them");
    const std::vector<std::string> keys = table_.keys();
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    try {
      component_.kind = &component_kind(type, views);
    } catch (const InputError& error) {
      const InputProblem& problem = error.problem();
      table_.fail(problem.key, problem.what, problem.allowed);
    }
  }

  void read_name() {
    const std::optional<std::string> name = table_.text("name");
    if (!name) return;
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\'; };
    if (name->empty() || name->size() > kLongestName || !std::all_of(name->begin(), name->end(), plain)) {
      table_.fail("name", "not a usable name",
                  fmt::format("1 to {} plain characters without quotes or backslashes", kLongestName));
    }
    component_.name = *name;
    table_.rename(*name);
  }

  // The name of a PSF, or false.
  void read_psf() {
    if (!table_.has("psf")) return;
    const std::string allowed = frame_.psfs.empty()
                                    ? "false: the scene has no PSF"
                                    : fmt::format("false, \"{}\"", fmt::join(frame_.psfs, "\", \""));
    if (!table_.is_text("psf")) {
      if (table_.boolean("psf") != false) table_.fail("psf", "not the name of a PSF", allowed);
      component_.psf = kNoPsf;
      return;
    }
    const auto place = std::ranges::find(frame_.psfs, *table_.text("psf"));
    if (place == frame_.psfs.end()) table_.fail("psf", "there is no PSF of that name", allowed);
    component_.psf = static_cast<int>(place - frame_.psfs.begin());
  }

  Parameter parameter(const ParameterSpec& spec) const {
    const std::string_view key = file_key(spec, component_.flux_is_magnitude);
    if (!table_.has(key)) return missing(spec, key);
    return ParameterReader(table_, spec, component_.flux_is_magnitude, frame_).read();
  }

  /// A parameter that the scene does not give.
  Parameter missing(const ParameterSpec& spec, std::string_view key) const {
    Parameter result;
    if (!spec.fittable || rests_unless_given(spec.role)) {
      result.free = false;  // a sky without slopes is flat, about the middle of the region
      result.value = spec.role == Role::kX            ? 0.5 * (frame_.shape.nx - 1)
                     : spec.role == Role::kY          ? 0.5 * (frame_.shape.ny - 1)
                     : spec.role == Role::kHalfWidth  ? 0.5 * frame_.shape.nx
                     : spec.role == Role::kHalfHeight ? 0.5 * frame_.shape.ny
                                                      : spec.fallback;
      if (std::isnan(result.value)) table_.fail(key, "missing", range_of(spec, false).text());
      return result;
    }
    if (is_light(spec.role) && frame_.bands.size() > 1) {
      result.basis = Basis::kBands;
      result.coefficients.assign(frame_.bands.size(), kNoValue);
      result.free_coefficients.assign(frame_.bands.size(), 1);
    }
    if (frame_.estimate) return result;
    const bool position = (spec.role == Role::kX || spec.role == Role::kY) && table_.has("ra");
    result.value = spec.fallback;
    const bool tilted = spec.role == Role::kTheta && table_.has("q");  // an ellipse has a direction
    if ((std::isnan(spec.fallback) && !position) || tilted) {
      const std::string allowed =
          spec.role == Role::kFlux ? "flux in counts, or mag" : range_of(spec, false).text();
      table_.fail(spec.role == Role::kFlux ? "flux" : key, "missing",
                  allowed + "; gaxel fit estimates it, and writes it to result.toml");
    }
    return result;
  }

  void read_light() {
    const FitsName name = scene_fits_name(table_, "file", frame_.folder);
    component_.image_file = absolute_name(*table_.text("file"), frame_.folder).text();
    table_.relate("file", [&] {
      const FitsReader reader(name.path);
      const HduInfo& hdu = reader.find(name);
      const Section section = name.section.value_or(whole(reader.shape(hdu)));
      LightImage::check_shape(section.shape());  // before any memory is asked for
      component_.image = std::make_shared<const LightImage>(reader.read(hdu, section));
    });
  }

  void read_sky_position() {
    for (const std::string_view key : {"x", "y"}) {
      if (table_.has(key))
        table_.fail(key, "\"ra\" and \"dec\" are given too", "either x and y or ra and dec");
    }
    if (!table_.has("dec")) table_.fail("ra", "\"dec\" is missing", "both, in degrees");
    if (!table_.has("ra")) table_.fail("dec", "\"ra\" is missing", "both, in degrees");
    if (frame_.header == nullptr)
      table_.fail("ra", "there is no image whose header tells the coordinates", "x and y");
    const SkyCoordinate ra = read_coordinate("ra", {-360.0, 360.0});
    const SkyCoordinate dec = read_coordinate("dec", {-90.0, 90.0});
    if (ra.fixed != dec.fixed) table_.fail("ra", "only one of ra and dec is fixed", "both or none");
    FitsPixel pixel;
    table_.relate("ra", [&] { pixel = Wcs(*frame_.header).pixel(ra.degrees, dec.degrees); });
    Parameter& x = component_.parameter(Role::kX);
    Parameter& y = component_.parameter(Role::kY);
    x.value = frame_.file.placement.inner_x(pixel.x);
    y.value = frame_.file.placement.inner_y(pixel.y);
    x.free = y.free = !ra.fixed;
  }

  struct SkyCoordinate {
    double degrees;
    bool fixed;
  };

  /// A number, or { value, fixed }.
  SkyCoordinate read_coordinate(std::string_view key, const NumberRange& range) const {
    if (!table_.is_table(key)) return {*table_.number(key, range), false};
    const TomlTable table = *table_.table(key);
    const std::optional<double> value = table.number("value", range);
    const bool plain = std::ranges::all_of(
        table.keys(), [](const std::string& given) { return given == "value" || given == "fixed"; });
    if (!value || !plain) {
      table_.fail("ra", "sky coordinates take a value, fixed or not, and no bounds",
                  "bounds go with x and y");
    }
    return {*value, table.boolean("fixed").value_or(false)};
  }

  TomlTable table_;
  const SceneFrame& frame_;
  SceneComponent component_;
};

/// Sets the ties and limits of a component, which may name any other.
void read_ties(const TomlTable& table, std::size_t which, const SceneFrame& frame, Scene& scene) {
  SceneComponent& component = scene.components[which];
  for (std::size_t i = 0; i < component.parameters.size(); ++i) {
    const std::string_view key = file_key(component.kind->parameters[i], component.flux_is_magnitude);
    if (!table.is_table(key)) continue;
    const TomlTable own = *table.table(key);
    const std::optional<std::string> text = own.text("tie");
    if (text) component.parameters[i].tie = read_tie(table, key, *text, scene, which, i, frame);
    component.parameters[i].limit = read_limit(own, scene, which, i, frame.file);
  }
}

/// The truncations that a component names under a key.
std::vector<std::size_t> truncations(const TomlTable& table, std::string_view key, const Scene& scene) {
  std::vector<std::size_t> found;
  for (const std::string& name : table.texts(key)) {
    const auto named = std::ranges::find(scene.components, name, &SceneComponent::name);
    if (named == scene.components.end() || named->kind->family != Family::kTruncation) {
      table.fail(key, fmt::format("\"{}\" is no truncation of this scene", name),
                 "names of components of the type \"truncation\"");
    }
    found.push_back(static_cast<std::size_t>(named - scene.components.begin()));
  }
  return found;
}

/// Components without a name are called by their kind and a number that no other one has.
void name_the_rest(Scene& scene) {
  std::set<std::string> taken;
  for (const SceneComponent& component : scene.components) taken.insert(component.name);
  std::map<std::string_view, int> last;  // number of each kind
  for (SceneComponent& component : scene.components) {
    const std::string_view kind = component.kind->base().name;
    while (component.name.empty()) {
      const std::string name = fmt::format("{}{}", kind, ++last[kind]);
      if (taken.insert(name).second) component.name = name;
    }
  }
}

// Of a component whose constants and options have values; others a fit estimates, and in their place anything
// valid stands here.
void check_together(TomlTable table, const SceneComponent& component) {
  if (!component.name.empty()) table.rename(component.name);
  Component checked{.kind = component.kind, .values = {}};
  for (std::size_t i = 0; i < component.parameters.size(); ++i) {
    const ParameterSpec& spec = component.kind->parameters[i];
    const Parameter& parameter = component.parameters[i];
    const bool known = std::isfinite(parameter.value) && parameter.basis == Basis::kConstant;
    const bool has_fallback = !std::isnan(spec.fallback);
    if (!known && !has_fallback && (spec.role == Role::kOption || !spec.fittable)) return;
    checked.values.push_back(known          ? parameter.value
                             : has_fallback ? spec.fallback
                                            : std::clamp(1.0, spec.min, spec.max));
  }
  try {
    check_shapes(checked);
  } catch (const InputError& error) {
    const InputProblem& problem = error.problem();
    if (table.has(problem.key)) table.fail(problem.key, problem.what, problem.allowed);
    table.fail("", fmt::format("{} = {}: {}", problem.key, problem.value, problem.what), problem.allowed);
  }
}

void warn_if_outside(const SceneComponent& component, const SceneFrame& frame,
                     std::vector<std::string>& warnings) {
  if (component.kind->family == Family::kSky) return;
  const double x = component.parameter(Role::kX).value;
  const double y = component.parameter(Role::kY).value;
  const bool outside = x < -0.5 || x > frame.shape.nx - 0.5 || y < -0.5 || y > frame.shape.ny - 0.5;
  if (!outside) return;
  warnings.push_back(fmt::format("{}: its centre ({:.2f}, {:.2f}) lies outside the region", component.name,
                                 frame.file.placement.fits_x(x), frame.file.placement.fits_y(y)));
}

void warn_of_idle_truncations(const Scene& scene, std::vector<std::string>& warnings) {
  const auto is_truncation = [](const SceneComponent& component) {
    return component.kind->family == Family::kTruncation;
  };
  if (std::ranges::all_of(scene.components, is_truncation)) {
    warnings.emplace_back("the scene has truncations only, which have no light");
    return;
  }
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    const auto is_cut = [i](const SceneComponent& component) {
      return std::ranges::count(component.inner, i) + std::ranges::count(component.outer, i) > 0;
    };
    if (!is_truncation(scene.components[i]) || std::ranges::any_of(scene.components, is_cut)) continue;
    warnings.push_back(fmt::format("{}: cuts nothing, since no component names it as inner or outer",
                                   scene.components[i].name));
  }
}

}  // namespace

Scene read_scene(const TomlTable& root, const SceneFrame& frame, std::vector<std::string>& warnings) {
  Scene scene;
  const std::vector<TomlTable> tables = root.tables("component");
  if (tables.empty()) root.fail("component", "the scene has no components", "at least one [[component]]");
  std::set<std::string> names;
  for (const TomlTable& table : tables) {
    scene.components.push_back(ComponentReader(table, frame).read());
    check_together(table, scene.components.back());
    const std::string& name = scene.components.back().name;
    if (!name.empty() && !names.insert(name).second) {
      table.fail("name", "two components have the same name", "names must be unique");
    }
  }
  for (std::size_t i = 0; i < tables.size(); ++i) {
    scene.components[i].inner = truncations(tables[i], "inner", scene);
    scene.components[i].outer = truncations(tables[i], "outer", scene);
  }
  name_the_rest(scene);
  for (std::size_t i = 0; i < tables.size(); ++i) read_ties(tables[i], i, frame, scene);
  for (const SceneComponent& component : scene.components) warn_if_outside(component, frame, warnings);
  warn_of_idle_truncations(scene, warnings);
  return scene;
}

}  // namespace gaxel::io
