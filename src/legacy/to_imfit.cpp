#include "legacy/to_imfit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "io/psf_input.hpp"
#include "legacy/imfit_functions.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {

namespace {

class Writer {
 public:
  explicit Writer(const SceneSource& source) : source_(source), root_(source.root()) {}

  LegacyText write() {
    for (const char* key : {"title", "fit"}) {
      if (root_.has(key)) lose(fmt::format("\"{}\"", key));
    }
    if (const auto galfit = root_.table("galfit")) {
      for (const std::string& constraint : galfit->texts("constraints"))
        lose(fmt::format("the constraint \"{}\"", constraint));
    }
    write_command();
    write_noise();
    for (const SceneComponent& component : source_.scene.components) write_function(component);
    return std::move(result_);
  }

 private:
  void lose(const std::string& what) { result_.losses.push_back(what); }

  /// The files, as options of imfit.
  void write_command() {
    std::string command;
    if (const auto file = root_.table("image")->text("file")) {
      const io::Section& r = source_.region;
      command = io::parse_fits_name(*file).section || !source_.region_known
                    ? *file
                    : fmt::format("{}[{}:{},{}:{}]", *file, r.x1, r.x2, r.y1, r.y2);
    } else {
      result_.text += fmt::format("NCOLS {}\nNROWS {}\n", source_.region.x2, source_.region.y2);
    }
    int psfs = 0;
    for (const io::PsfTables& psf : io::psf_tables(root_)) {
      for (const io::TomlTable& table : psf.tables) {
        if (psf.name == "points" && psfs > 0) continue;
        const bool plain = table.is_text("file") && !table.has("diffusion") && !table.has("center") &&
                           table.number("oversample").value_or(1.0) == 1.0;
        if (!plain || ++psfs > 1) {
          lose(fmt::format("{}: Imfit's PSF is one image on the data's pixels", table.name()));
          continue;
        }
        const std::string pixel = table.text("pixel_in_psf").value_or("own");
        if (psf.name != "points" && pixel != "none")
          lose(fmt::format(
              "{}.pixel_in_psf = \"{}\": Imfit takes every PSF for one without a pixel (\"none\")",
              table.name(), pixel));
        command += " --psf " + *table.text("file");
      }
    }
    if (const auto mask = root_.table("mask")) {
      if (mask->has("bits") || mask->has("segmentation"))
        lose("mask: Imfit's masks are 0 in good pixels, or 1");
      if (mask->has("file")) command += " --mask " + *mask->text("file");
      if (mask->has("good_value")) command += " --mask-zero-is-bad";
    }
    if (const auto noise = root_.table("noise")) {
      const std::pair<const char*, const char*> kinds[] = {{"sigma", ""},
                                                           {"variance", " --errors-are-variances"},
                                                           {"weight", " --errors-are-weights"},
                                                           {"inverse_variance", " --errors-are-weights"}};
      for (const auto& [key, option] : kinds) {
        if (noise->is_text(key)) command += " --noise " + *noise->text(key) + option;
      }
    }
    if (!command.empty()) result_.text = fmt::format("# imfit -c THIS {}\n", command) + result_.text;
  }

  void write_noise() {
    const auto noise = root_.table("noise");
    if (!noise) return;
    const bool file = noise->is_text("sigma") || noise->is_text("variance") || noise->is_text("weight") ||
                      noise->is_text("inverse_variance");
    if (file) return;
    if (noise->has("rms") || !noise->has("gain")) {
      lose("noise: Imfit takes an image, or makes it from gain, read noise and sky");
      return;
    }
    for (const auto& [key, name] : {std::pair("gain", "GAIN"), std::pair("read_noise", "READNOISE"),
                                    std::pair("sky", "ORIGINAL_SKY")}) {
      if (const auto value = noise->number(key))
        result_.text += fmt::format("{} {}\n", name, number_text(*value));
    }
  }

  /// The function that has all of a component's parameters.
  static const ImfitKind* kind_of(const SceneComponent& component) {
    const std::string_view base = component.kind->base().name;
    const bool c0 = component.kind->index_of("c0") >= 0;
    for (const ImfitKind& kind : imfit_kinds()) {
      const bool has_c0 = std::ranges::any_of(kind.slots, [](const ImfitSlot& s) { return s.key == "c0"; });
      if (kind.kind == base && (has_c0 == c0 || base == "ferrers") && kind.name != "FlatSky" &&
          kind.name != "ModifiedKing2")
        return &kind;
    }
    return nullptr;
  }

  const Parameter* find(const SceneComponent& component, std::string_view key) const {
    for (std::size_t p = 0; p < component.parameters.size(); ++p) {
      if (io::file_key(component.kind->parameters[p], component.flux_is_magnitude) == key)
        return &component.parameters[p];
    }
    return nullptr;
  }

  void line(std::string_view name, double value, const Parameter& parameter, const ImfitSlot& slot) {
    std::string limits;
    if (parameter.prior) lose(fmt::format("{}: Imfit has no priors", name));
    if (parameter.limit) lose(fmt::format("{}: Imfit has no limits between parameters", name));
    if (parameter.tie) lose(fmt::format("{}: Imfit has no tie \"{}\"", name, parameter.tie->text));
    if (!parameter.free && !parameter.tie) {
      limits = " fixed";
    } else if (std::isfinite(parameter.min) && std::isfinite(parameter.max)) {
      const auto ends = std::minmax({back(parameter.min, slot), back(parameter.max, slot)});
      limits = fmt::format(" {},{}", number_text(ends.first), number_text(ends.second));
    } else if (std::isfinite(parameter.min) || std::isfinite(parameter.max)) {
      lose(fmt::format("{}: Imfit's limits have two ends", name));
    }
    result_.text += fmt::format("{:<10} {}{}\n", name, number_text(value), limits);
  }

  static double back(double value, const ImfitSlot& slot) { return (value - slot.offset) / slot.factor; }

  /// Whether a component is one more function at the centre of the one that the last set began with.
  bool shares(const SceneComponent& component) const {
    const auto follows = [&](const char* key) {
      const Parameter& parameter = *find(component, key);
      return parameter.tie && parameter.tie->text == fmt::format("{}.{}", set_, key);
    };
    return follows("x") && follows("y");
  }

  void write_function(const SceneComponent& component) {
    const auto lose_of = [&](const std::string& what) { lose(fmt::format("{}: {}", component.name, what)); };
    const ImfitKind* kind = kind_of(component);
    if (kind == nullptr)
      return lose_of(fmt::format("Imfit has no {}; the component is left out", component.kind->name));
    for (const std::string_view option : component.kind->options) {
      if (option != "central" && option != "scale" && option != "c0")
        lose_of(fmt::format("Imfit has no \"{}\"", option));
    }
    if (component.psf == kNoPsf) lose_of("Imfit convolves all light");
    const bool shares_centre = kind->kind != "sky" && shares(component);
    if (!shares_centre) set_ = component.name;
    for (const auto& [name, key] : {std::pair("X0", "x"), std::pair("Y0", "y")}) {
      if (shares_centre) break;
      const Parameter& parameter = *find(component, key);
      const int first = key[0] == 'x' ? source_.frame.placement.first_x : source_.frame.placement.first_y;
      if (kind->kind == "sky") {
        result_.text +=
            fmt::format("{:<10} {} fixed\n", name, number_text(*file_number(source_, component, key)));
      } else {
        line(name, *file_number(source_, component, key), parameter,
             {name, key, 1.0, -static_cast<double>(first)});
      }
    }
    result_.text += fmt::format("FUNCTION {}   # LABEL {}\n", kind->name, component.name);
    for (const ImfitSlot& slot : kind->slots) write_parameter(component, *kind, slot);
    result_.text += "\n";
  }

  void write_parameter(const SceneComponent& component, const ImfitKind& kind, const ImfitSlot& slot) {
    ImfitSlot own = slot;
    if (slot.key == "pa") {
      // Bounds are radians from +x inside.
      own.factor = std::acos(-1.0) / 180.0;
      own.offset = 90.0 * own.factor;
    }
    if (const Parameter* parameter = find(component, slot.key)) {
      const double value = *file_number(source_, component, slot.key);
      return line(slot.name, slot.key == "pa" ? value : back(value, slot), *parameter, own);
    }
    const auto lose_of = [&](const std::string& what) { lose(fmt::format("{}: {}", component.name, what)); };
    if (slot.key == "c0") return void(result_.text += fmt::format("{:<10} 0 fixed\n", slot.name));
    const Parameter* centre = find(component, "i0");
    if (kind.name == "EdgeOnDisk" && centre != nullptr) {
      const double length = find(component, "h")->value;
      if (std::isfinite(centre->min) || std::isfinite(centre->max)) lose_of("bounds of i0: Imfit has L_0");
      result_.text += fmt::format("{:<10} {}{}\n", slot.name, number_text(centre->value / (2.0 * length)),
                                  centre->free ? "" : " fixed");
      return;
    }
    // Fluxes and the other kind of brightness.
    if (slot.key == "flux") {
      const Parameter& flux = component.parameter(Role::kFlux);
      result_.text +=
          fmt::format("{:<10} {}{}\n", slot.name, number_text(flux.value), flux.free ? "" : " fixed");
      return;
    }
    const std::optional<double> value = brightness(component, slot.key == "i0");
    const int flux = component.kind->index_of(Role::kFlux);
    if (!value || flux < 0) {
      lose_of(fmt::format("Imfit's {} is not known for this shape; 1 is written", slot.name));
      result_.text += fmt::format("{:<10} 1\n", slot.name);
      return;
    }
    const Parameter& norm = component.parameters[static_cast<std::size_t>(flux)];
    if (std::isfinite(norm.min) || std::isfinite(norm.max) || !norm.free)
      lose_of(fmt::format("the flux is fixed or bounded; Imfit has {} in its place", slot.name));
    result_.text += fmt::format("{:<10} {}\n", slot.name, number_text(*value));
  }

  const SceneSource& source_;
  io::TomlTable root_;
  LegacyText result_;
  std::string set_;  ///< name of the component whose centre the functions of a set have
};

}  // namespace

LegacyText to_imfit(const SceneSource& source) {
  return Writer(source).write();
}

}  // namespace gaxel::legacy
