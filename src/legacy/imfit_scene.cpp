#include "legacy/imfit_scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "gaxel/error.hpp"
#include "legacy/imfit_functions.hpp"

namespace gaxel::legacy {

namespace {

constexpr std::size_t kNoLine = static_cast<std::size_t>(-1);  // of what the command line says

SceneValue scene_value(const ImfitParameter& parameter, const ImfitSlot& slot) {
  SceneValue value{std::string(slot.key), slot.offset + slot.factor * parameter.value};
  value.fixed = parameter.fixed;
  value.line = parameter.line;
  if (parameter.min && parameter.max) {
    const double low = slot.offset + slot.factor * *parameter.min;
    const double high = slot.offset + slot.factor * *parameter.max;
    value.min = std::min(low, high);
    value.max = std::max(low, high);
  }
  return value;
}

class SceneMaker {
 public:
  SceneMaker(const ImfitDocument& document, const ImfitInputs& inputs, std::string target, Purpose purpose)
      : document_(document), inputs_(inputs), writer_("", std::move(target)), purpose_(purpose) {}

  LegacyScene make() {
    writer_.scene().warnings = document_.remarks;
    write_image();
    write_noise();
    if (inputs_.mask) {
      writer_.table("[mask]", kNoLine);
      writer_.file("file", *inputs_.mask, kNoLine);
      if (inputs_.mask_zero_is_bad) writer_.number("good_value", 1.0, kNoLine);
    }
    write_psf();
    if (inputs_.likelihood != Likelihood::kGaussian) {
      writer_.table("[fit]", kNoLine);
      writer_.text("likelihood", std::string(to_text(inputs_.likelihood)), kNoLine);
    }
    for (std::size_t i = 0; i < document_.functions.size(); ++i) write_function(i);
    return std::move(writer_.scene());
  }

 private:
  const TextDocument& text() const { return document_.text; }

  void write_image() {
    writer_.table("[image]", kNoLine);
    if (inputs_.image) {
      writer_.file("file", *inputs_.image, kNoLine);
      return;
    }
    const std::optional<double> columns = document_.number("NCOLS");
    const std::optional<double> rows = document_.number("NROWS");
    if (purpose_ == Purpose::kFit || !columns || !rows) {
      throw InputError({text().path(), "image", "", "an Imfit configuration names no image",
                        purpose_ == Purpose::kFit ? "--image IMAGE.fits"
                                                  : "--image IMAGE.fits, or NCOLS and NROWS in the file"});
    }
    writer_.raw("shape", fmt::format("[{:.0f}, {:.0f}]", *columns, *rows), document_.option("NCOLS")->line);
  }

  void write_noise() {
    const std::size_t line = document_.options.empty() ? kNoLine : document_.options.front().line;
    const bool photons = needs_counts(inputs_.likelihood);
    if (inputs_.noise && photons) {
      writer_.scene().warnings.push_back(
          fmt::format("--noise {}: not used: the likelihood \"{}\" counts photons", *inputs_.noise,
                      to_text(inputs_.likelihood)));
    }
    if (inputs_.noise && !photons) {
      writer_.table("[noise]", kNoLine);
      const char* key = inputs_.errors_are_weights     ? "weight"
                        : inputs_.errors_are_variances ? "variance"
                                                       : "sigma";
      writer_.file(key, *inputs_.noise, kNoLine);
      return;
    }
    if (!inputs_.image) return;
    // sigma^2 = (counts + sky) / g + N (read noise / g)^2, g = gain * exposure time * N frames that were
    // averaged (Erwin 2015, ApJ 799, 226).
    const double frames = document_.number("NCOMBINED").value_or(1.0);
    const double gain =
        document_.number("GAIN").value_or(1.0) * document_.number("EXPTIME").value_or(1.0) * frames;
    writer_.table("[noise]", line);
    writer_.number("gain", gain, line);
    writer_.number("read_noise", document_.number("READNOISE").value_or(0.0) * std::sqrt(frames), line);
    writer_.number("sky", document_.number("ORIGINAL_SKY").value_or(0.0), line);
    if (document_.option("GAIN") == nullptr && purpose_ == Purpose::kFit)
      writer_.scene().warnings.push_back(
          fmt::format("{}: no GAIN; the noise is made with 1 electron per count", text().path()));
  }

  bool has_points() const {
    return std::ranges::any_of(document_.functions,
                               [](const ImfitFunction& f) { return f.name == "PointSource"; });
  }

  void write_psf() {
    if (!inputs_.psf) return;
    const bool points = has_points();
    const bool light = std::ranges::any_of(document_.functions, [](const ImfitFunction& f) {
      return f.name != "PointSource" && f.name != "FlatSky" && f.name != "TiltedSkyPlane";
    });
    // Imfit convolves pixels with the PSF's as if it held none; what it draws of point sources is the PSF.
    for (const bool point : {false, true}) {
      if (point ? !points : !light && points) continue;
      writer_.table("[[psf]]", kNoLine);
      writer_.text("name", point ? "points" : "psf", kNoLine);
      writer_.file("file", *inputs_.psf, kNoLine);
      writer_.text("pixel_in_psf", point ? "own" : "none", kNoLine);
    }
  }

  std::string name_of(std::size_t index) {
    const ImfitFunction& function = document_.functions[index];
    constexpr std::size_t kLongest = 40;
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\'' && c != '\\'; };
    const std::string& label = function.label;
    if (!label.empty() && label.size() <= kLongest && std::ranges::all_of(label, plain) &&
        names_.insert(label).second)
      return label;
    std::string name = fmt::format("{} {}", index + 1, function.name);
    names_.insert(name);
    return name;
  }

  void write_function(std::size_t index) {
    const ImfitFunction& function = document_.functions[index];
    const ImfitKind& kind = *find_imfit_kind(function.name);
    if (kind.kind.empty())
      text().fail(function.line, "FUNCTION", function.name, "gaxel has no such light", imfit_kinds_text());
    SceneObject object;
    object.name = name_of(index);
    object.type = std::string(kind.kind);
    object.line = function.line;
    if (inputs_.psf && kind.name == "PointSource") object.psf = "points";
    const ImfitSet& set = document_.sets[function.set];
    if (object.type != "sky") add_centre(function, object);
    for (std::size_t p = 0; p < kind.slots.size(); ++p) {
      if (!kind.slots[p].key.empty())
        object.values.push_back(scene_value(function.parameters[p], kind.slots[p]));
    }
    add_derived(function, kind, object);
    if (kind.name == "TiltedSkyPlane") {
      for (const auto& [key, pivot] : {std::pair("x", &set.x0), std::pair("y", &set.y0)}) {
        SceneValue value{key, pivot->value};
        value.constant = value.fixed = true;
        value.line = pivot->line;
        object.values.push_back(std::move(value));
      }
    }
    writer_.component(std::move(object), text().place(function.line));
  }

  /// The centre of the set; that of the first of its functions, which the others follow.
  void add_centre(const ImfitFunction& function, SceneObject& object) {
    const ImfitSet& set = document_.sets[function.set];
    const auto [first, is_first] = first_of_set_.emplace(function.set, object.name);
    for (const auto& [parameter, slot] :
         {std::pair(&set.x0, ImfitSlot{"X0", "x"}), std::pair(&set.y0, ImfitSlot{"Y0", "y"})}) {
      SceneValue value = scene_value(*parameter, slot);
      if (!is_first && !value.fixed) value.tie = fmt::format("{}.{}", first->second, slot.key);
      object.values.push_back(std::move(value));
    }
  }

  /// Parameters that are products of Imfit's.
  void add_derived(const ImfitFunction& function, const ImfitKind& kind, SceneObject& object) {
    const auto product = [&](const char* key, std::size_t first, std::size_t second, double factor) {
      const ImfitParameter& a = function.parameters[first];
      const ImfitParameter& b = function.parameters[second];
      SceneValue value{key, factor * a.value * b.value};
      value.fixed = a.fixed && b.fixed;
      value.line = a.line;
      object.values.push_back(std::move(value));
      if (a.min || b.min || a.fixed != b.fixed) {
        writer_.scene().losses.push_back(
            fmt::format("{}: limits of {} are not applied: gaxel has \"{}\" in its place",
                        text().place(a.line), a.name, key));
      }
    };
    if (kind.name == "ModifiedKing2") product("rt", 4, 3, 1.0);  // c = r_t / r_c
    if (kind.name == "EdgeOnDisk") product("i0", 1, 2, 2.0);     // 2 h L_0 in the centre
    if (kind.name == "FerrersBar2D") {
      SceneValue beta{"beta", 0.0};
      beta.fixed = true;
      beta.line = function.line;
      object.values.push_back(std::move(beta));
    }
  }

  const ImfitDocument& document_;
  const ImfitInputs& inputs_;
  SceneWriter writer_;
  Purpose purpose_;
  std::set<std::string> names_;
  std::map<std::size_t, std::string> first_of_set_;  ///< the name of a component
};

}  // namespace

LegacyScene imfit_scene(const ImfitDocument& document, const ImfitInputs& inputs, const std::string& target,
                        Purpose purpose) {
  return SceneMaker(document, inputs, target, purpose).make();
}

}  // namespace gaxel::legacy
