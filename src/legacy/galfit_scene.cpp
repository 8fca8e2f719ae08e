#include "legacy/galfit_scene.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "gaxel/error.hpp"
#include "legacy/galfit_band.hpp"
#include "legacy/galfit_scene_objects.hpp"

namespace gaxel::legacy {

namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

class SceneMaker {
 public:
  SceneMaker(const GalfitDocument& document, BandChoice choice, std::string target, Purpose purpose)
      : document_(document), writer_(folder_of(document.text.path()), std::move(target)), purpose_(purpose) {
    for (std::size_t b = 0; b < document.n_bands; ++b) {
      if (!choice || *choice == b) which_.push_back(b);
    }
  }

  MappedGalfit make() {
    LegacyScene& scene = writer_.scene();
    scene.warnings = document_.remarks;
    if (document_.objects.empty()) {
      throw InputError(
          {document_.text.path(), "0)", "", "the file has no component", "at least one 0) type"});
    }
    const bool several = which_.size() > 1;
    for (const std::size_t b : which_) bands_.emplace_back(document_, b, several, writer_, purpose_);
    const std::optional<GalfitConstraints> constraints = read_constraints(document_);
    std::vector<GalfitFrame> frames;
    for (GalfitBand& band : bands_) {
      band.read_frame();
      frames.push_back(band.frame());
    }
    MappedGalfit mapped;
    SceneObjects objects =
        scene_objects(document_, constraints ? &*constraints : nullptr, frames, scene, constraints_kept_);
    turned_ = objects.turned;
    const auto [dx, dy] = bands_.front().offset();
    shift(objects.objects, dx, dy);
    write_bands(objects.objects);
    write_kept();
    for (const SceneObject& object : objects.objects)
      writer_.component(object, document_.text.place(object.line));
    tell_of_the_rest();
    drop_repeated(scene);
    mapped.scene = std::move(scene);
    for (std::size_t b = 0; b < bands_.size(); ++b) {
      const auto [x, y] = bands_[b].offset();
      mapped.bands.push_back({frames[b], std::move(objects.in_bands[b]), x, y});
    }
    return mapped;
  }

 private:
  const TextDocument& text() const { return document_.text; }

  std::size_t line_of(const char* key) const {
    const GalfitControl* control = document_.control(key);
    return control == nullptr ? 0 : control->line;
  }

  void note(const std::string& what) { writer_.scene().notes.push_back(what); }

  static void shift(std::vector<SceneObject>& objects, int dx, int dy) {
    for (SceneObject& object : objects) {
      for (const auto& [key, by] : {std::pair("x", dx), std::pair("y", dy)}) {
        SceneValue* value = object.find(key);
        if (value != nullptr && by != 0) value->shift(by);
      }
    }
  }

  void write_bands(const std::vector<SceneObject>& objects) {
    GalfitBand::PsfUse use;
    for (const SceneObject& object : objects) {
      use.points = use.points || object.psf == "points";
      use.light = use.light || (object.psf.empty() && object.type != "sky");
    }
    const auto [dx, dy] = bands_.front().offset();
    for (std::size_t i = 0; i < bands_.size(); ++i) {
      if (bands_.size() > 1) {
        writer_.table("[[band]]", line_of("A"));
        writer_.text("name", band_label(document_, which_[i]), line_of("A1"));
        writer_.number("wavelength", document_.wavelengths[which_[i]], line_of("A2"));
        const auto [x, y] = bands_[i].offset();
        if (i > 0) writer_.raw("shift", fmt::format("[{}, {}]", x - dx, y - dy), line_of("A"));
      }
      bands_[i].write(use);
    }
  }

  /// What every band says.
  static void drop_repeated(LegacyScene& scene) {
    for (std::vector<std::string>* list : {&scene.notes, &scene.warnings, &scene.losses, &scene.unused}) {
      std::set<std::string> seen;
      std::erase_if(*list, [&](const std::string& what) { return !seen.insert(what).second; });
    }
  }

  /// What only GALFIT knows, as it stands: for the way back.
  void write_kept() {
    constexpr std::array<std::string_view, 10> kKept{"B", "I", "K", "O", "P", "S", "U", "V", "W", "A1"};
    std::vector<std::string> lines;
    for (const std::string_view key : kKept) {
      const GalfitControl* control = document_.control(key);
      if (control == nullptr || control->tokens.empty()) continue;
      std::string line = fmt::format("{})", key);
      if (key == "A1") {
        for (std::size_t i = 0; i < which_.size(); ++i)
          line += (i == 0 ? " " : ",") + document_.labels[which_[i]];
      } else {
        for (const Token& token : control->tokens) line += " " + token.text;
      }
      lines.push_back(std::move(line));
    }
    std::string skipped;
    for (const GalfitObject& object : document_.objects) {
      const GalfitRow* row = object.row("Z");
      if (row != nullptr && row->word() == "1")
        skipped += fmt::format("{}{}", skipped.empty() ? "" : ", ", object.number);
    }
    if (lines.empty() && constraints_kept_.empty() && turned_.empty() && skipped.empty()) return;
    writer_.table("[galfit]", 0);
    if (!lines.empty()) writer_.texts("lines", lines, 0);
    if (!skipped.empty()) writer_.raw("skip", "[" + skipped + "]", 0);
    if (!constraints_kept_.empty()) writer_.texts("constraints", constraints_kept_, line_of("G"));
    if (!turned_.empty()) writer_.texts("turned", turned_, line_of("G"));
  }

  void tell_of_the_rest() {
    if (document_.control("I") != nullptr)
      note("I): the convolution box is not needed: gaxel convolves everything");
    const std::string mode = document_.word("P");
    if (purpose_ == Purpose::kFit && !mode.empty() && mode != "0")
      note(fmt::format("P) {} asks GALFIT for no fit; gaxel fit fits all the same", mode));
    for (const char* key : {"U", "V"}) {
      const std::string word = split_list(document_.word(key)).front();
      if (!word.empty() && word != "0")
        writer_.scene().unused.push_back(
            fmt::format("{}: {}) is GALFITM's own and is not done", text().place(line_of(key)), key));
    }
  }

  const GalfitDocument& document_;
  SceneWriter writer_;
  Purpose purpose_;
  std::vector<std::size_t> which_;  ///< of the file's bands
  std::vector<GalfitBand> bands_;
  std::vector<std::string> constraints_kept_;
  std::vector<std::string> turned_;
};

}  // namespace

std::optional<GalfitConstraints> read_constraints(const GalfitDocument& document) {
  const GalfitControl* control = document.control("G");
  if (control == nullptr || control->tokens.empty() || lower(control->tokens.front().text) == "none")
    return std::nullopt;
  const std::string& name = control->tokens.front().text;
  const std::string path = find_file(name, folder_of(document.text.path()));
  std::optional<TextDocument> text;
  try {
    text = TextDocument::read(path);
  } catch (const InputError& error) {
    document.text.fail(control->line, "G)", name, error.problem().what, "a constraint file, or none");
  }
  return parse_constraints(*std::move(text), document);
}

std::string band_label(const GalfitDocument& document, std::size_t band) {
  return document.labels.empty() ? fmt::format("band{}", band + 1) : document.labels[band];
}

BandChoice find_band(const GalfitDocument& document, const std::optional<std::string>& band) {
  if (!band) return document.n_bands == 1 ? BandChoice(0) : std::nullopt;
  const GalfitControl* images = document.control("A");
  const std::size_t line = images == nullptr ? 0 : images->line;
  const std::string labels =
      document.labels.empty() ? "" : fmt::format("{}, or ", fmt::join(document.labels, ", "));
  const std::string allowed = fmt::format("--band with {}1 to {}", labels, document.n_bands);
  const auto label =
      std::ranges::find(document.labels, upper(*band), [](const std::string& l) { return upper(l); });
  if (label != document.labels.end()) return static_cast<std::size_t>(label - document.labels.begin());
  const std::optional<int> number = parse_whole(*band);
  if (!number || *number < 1 || *number > static_cast<int>(document.n_bands))
    document.text.fail(line, "--band", *band, "there is no such band", allowed);
  return static_cast<std::size_t>(*number - 1);
}

MappedGalfit map_galfit(const GalfitDocument& document, BandChoice band, const std::string& target,
                        Purpose purpose) {
  return SceneMaker(document, band, target, purpose).make();
}

}  // namespace gaxel::legacy
