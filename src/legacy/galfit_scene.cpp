#include "legacy/galfit_scene.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <utility>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/galfit_scene_objects.hpp"
#include "legacy/sky_level.hpp"

namespace gaxel::legacy {

namespace {

namespace fs = std::filesystem;

std::string folder_of(const std::string& path) {
  return fs::path(path).parent_path().string();
}

/// What the data's file tells.
struct DataFacts {
  std::optional<Shape> shape;
  io::HeaderCards header;
};

class SceneMaker {
 public:
  SceneMaker(const GalfitDocument& document, std::size_t band, std::string target, Purpose purpose)
      : document_(document), writer_(folder_of(document.text.path()), std::move(target)), purpose_(purpose) {
    frame_.band = band;
  }

  MappedGalfit make() {
    LegacyScene& scene = writer_.scene();
    scene.warnings = document_.remarks;
    if (document_.objects.empty()) {
      throw InputError(
          {document_.text.path(), "0)", "", "the file has no component", "at least one 0) type"});
    }
    image_ = document_.names("A")[frame_.band];
    if (image_.empty() && purpose_ == Purpose::kFit)
      text().fail(line_of("A"), "A)", document_.word("A"), "a fit needs an image", "the name of a FITS file");
    read_facts();
    const std::optional<GalfitConstraints> constraints = read_constraints(document_);
    read_frame();
    std::vector<MappedObject> objects =
        scene_objects(document_, constraints ? &*constraints : nullptr, frame_, scene, constraints_kept_);
    shift(objects);
    write_image();
    if (!image_.empty()) write_noise();
    write_mask();
    write_psf(objects);
    write_kept();
    for (const MappedObject& mapped : objects)
      writer_.component(mapped.object, document_.text.place(mapped.object.line));
    tell_of_the_rest();
    const auto [dx, dy] = offset();
    return {std::move(scene), frame_, dx, dy, std::move(objects)};
  }

 private:
  const TextDocument& text() const { return document_.text; }

  std::size_t line_of(const char* key) const {
    const GalfitControl* control = document_.control(key);
    return control == nullptr ? 0 : control->line;
  }

  void note(const std::string& what) { writer_.scene().notes.push_back(what); }
  void warn(const std::string& what) { writer_.scene().warnings.push_back(what); }

  void read_facts() {
    if (image_.empty()) return;
    try {
      const io::FitsName name = io::parse_fits_name(writer_.path_of(image_));
      const io::FitsReader reader(name.path);
      const io::HduInfo& hdu = reader.find(name);
      facts_.shape = name.section ? name.section->shape() : reader.shape(hdu);
      section_ = name.section;
      facts_.header = reader.header(hdu);
    } catch (const InputError& error) {
      if (purpose_ == Purpose::kFit)
        text().fail(line_of("A"), "A)", image_, error.problem().what, error.problem().allowed);
      warn(fmt::format("{}: {}: {}; EXPTIME is taken as 1", text().place(line_of("A")), image_,
                       error.problem().what));
    }
  }

  /// A number of a control line, or the fallback where the line or the number is missing.
  double control_number(const char* key, std::size_t index, double fallback) const {
    const GalfitControl* control = document_.control(key);
    if (control == nullptr || index >= control->tokens.size()) return fallback;
    const std::string& word = control->tokens[index].text;
    if (lower(word) == "none") return fallback;
    const std::vector<std::string> list = split_list(word);
    const std::optional<double> value = parse_number(list[std::min(frame_.band, list.size() - 1)]);
    if (!value) text().fail(control->line, fmt::format("{})", key), word, "not a number", "a number");
    return *value;
  }

  void read_frame() {
    frame_.zeropoint = control_number("J", 0, 0.0);
    if (document_.control("J") == nullptr) warn("J) is missing: the magnitude zero point is taken as 0");
    frame_.pixel_area = control_number("K", 0, 1.0) * control_number("K", 1, control_number("K", 0, 1.0));
    if (!(frame_.pixel_area > 0.0))
      text().fail(line_of("K"), "K)", document_.word("K"), "no size of a pixel", "arcsec per pixel, above 0");
    frame_.has_psf = !document_.names("D")[frame_.band].empty();
    read_exptime();
    read_region();
    frame_.x_pivot = 0.5 * (asked_.x1 + asked_.x2);
    frame_.y_pivot = 0.5 * (asked_.y1 + asked_.y2);
  }

  void read_exptime() {
    if (image_.empty() || facts_.header.empty()) return;
    const std::optional<double> exptime = io::header_number(facts_.header, "EXPTIME");
    if (exptime && *exptime > 0.0) {
      frame_.exptime = *exptime;
    } else {
      warn(fmt::format("{}: the header's EXPTIME is {}: it is taken as 1 s", image_,
                       exptime ? "not above 0" : "missing"));
    }
  }

  void read_region() {
    const GalfitControl* control = document_.control("H");
    const std::string allowed = "x1 x2 y1 y2, FITS pixels, both ends included";
    if (control == nullptr || control->tokens.empty()) {
      if (!facts_.shape)
        throw InputError(
            {text().path(), "H)", "", "missing, and there is no image that has a size", allowed});
      asked_ = io::whole(*facts_.shape);
    } else {
      std::array<int, 4> ends{};
      for (std::size_t i = 0; i < ends.size(); ++i) {
        const std::string word = i < control->tokens.size() ? control->tokens[i].text : "";
        const std::optional<int> value = parse_whole(word);
        if (!value)
          text().fail(control->line, "H)", word, word.empty() ? "a number is missing" : "not a pixel",
                      allowed);
        ends[i] = *value;
      }
      asked_ = {ends[0], ends[1], ends[2], ends[3]};
      if (asked_.x1 > asked_.x2 || asked_.y1 > asked_.y2)
        text().fail(control->line, "H)", "", "an end lies before its beginning", allowed);
    }
    region_ = asked_;
    if (!facts_.shape) return;
    const io::Section all = io::whole(*facts_.shape);
    region_ = {std::max(asked_.x1, all.x1), std::min(asked_.x2, all.x2), std::max(asked_.y1, all.y1),
               std::min(asked_.y2, all.y2)};
    if (region_.x1 > region_.x2 || region_.y1 > region_.y2) {
      text().fail(line_of("H"), "H)", "", "the region lies outside the image",
                  fmt::format("x 1 to {}, y 1 to {}", all.x2, all.y2));
    }
    if (region_ != asked_)
      warn(fmt::format("{}: H) reaches beyond the image and is cut to it", text().place(line_of("H"))));
  }

  /// GALFIT counts pixels of the section that A) names, scenes those of the file.
  std::pair<int, int> offset() const {
    return section_ ? std::pair(section_->x1 - 1, section_->y1 - 1) : std::pair(0, 0);
  }

  void shift(std::vector<MappedObject>& objects) const {
    const auto [dx, dy] = offset();
    for (MappedObject& mapped : objects) {
      for (const auto& [key, by] : {std::pair("x", dx), std::pair("y", dy)}) {
        SceneValue* value = mapped.object.find(key);
        if (value == nullptr) continue;
        value->value += by;
        if (value->min) *value->min += by;
        if (value->max) *value->max += by;
      }
    }
  }

  void write_image() {
    const std::size_t line = line_of("A");
    writer_.table("[image]", line);
    if (!image_.empty()) {
      writer_.file("file", image_, line);
    } else {
      writer_.raw("shape", fmt::format("[{}, {}]", region_.x2, region_.y2), line_of("H"));
    }
    const auto [dx, dy] = offset();
    writer_.raw(
        "region",
        fmt::format("[{}, {}, {}, {}]", region_.x1 + dx, region_.x2 + dx, region_.y1 + dy, region_.y2 + dy),
        line_of("H"));
    writer_.number("zeropoint", frame_.zeropoint, line_of("J"));
    writer_.number("exptime", frame_.exptime, line);
  }

  double header_number(const char* first, const char* second, double fallback) {
    for (const char* key : {first, second}) {
      const std::optional<double> value = io::header_number(facts_.header, key);
      if (value && *value > 0.0) return *value;
    }
    warn(fmt::format("{}: no {} in the header: the noise is made with GALFIT's {}, which may be far off",
                     image_, first, fallback));
    return fallback;
  }

  void write_noise() {
    const std::string sigma = document_.names("C")[frame_.band];
    const std::size_t line = line_of("C");
    if (!sigma.empty()) {
      writer_.table("[noise]", line);
      writer_.file("sigma", sigma, line);
      return;
    }
    if (purpose_ == Purpose::kRender) return;
    if (!facts_.shape) {
      note(fmt::format("{}: the image is not there to make a sigma image from: the noise is not told",
                       image_));
      return;
    }
    if (control_number("C", 1, 0.0) > 0.0)
      writer_.scene().losses.push_back(
          fmt::format("{}: C) asks for a least sigma, as a fraction of the data", text().place(line)));
    const double gain = header_number("GAIN", "ATODGAIN", 7.0) * header_number("NCOMBINE", "NCOMBINE", 1.0);
    const SkyLevel sky =
        sky_level(io::read_fits_image(io::parse_fits_name(writer_.path_of(image_))).pixels.view());
    if (!(sky.rms > 0.0)) {
      text().fail(line, "C)", document_.word("C"), "a sigma image cannot be made: the sky has no noise",
                  "the name of a sigma image");
    }
    writer_.table("[noise]", line);
    writer_.number("rms", sky.rms, line);
    writer_.number("background", sky.level, line);
    writer_.number("gain", gain, line);
    writer_.number("smooth", 2.0, line);
    note(fmt::format(
        "C): no sigma image; made as GALFIT does, from a sky of {:.6g} with rms {:.4g} and a gain of {:.6g}",
        sky.level, sky.rms, gain));
  }

  void write_mask() {
    const std::string mask = document_.names("F")[frame_.band];
    if (mask.empty()) return;
    writer_.table("[mask]", line_of("F"));
    writer_.file("file", mask, line_of("F"));
  }

  void write_psf(const std::vector<MappedObject>& objects) {
    const std::string psf = document_.names("D")[frame_.band];
    const std::size_t line = line_of("D");
    const std::string kernel = document_.word("D", 1);
    if (psf.empty()) {
      if (!kernel.empty() && lower(kernel) != "none")
        warn("D): a diffusion kernel without a PSF is not used");
      return;
    }
    const bool points =
        std::ranges::any_of(objects, [](const MappedObject& m) { return m.object.psf == "points"; });
    const bool light = std::ranges::any_of(
        objects, [](const MappedObject& m) { return m.object.psf.empty() && m.object.type != "sky"; });
    const double oversample = control_number("E", 0, 1.0);
    // GALFIT convolves pixels with the PSF's as if it held none; what it draws of point sources is the PSF.
    for (const bool point : {false, true}) {
      if (point ? !points : !light && points) continue;
      writer_.table("[[psf]]", line);
      writer_.text("name", point ? "points" : "psf", line);
      writer_.file("file", psf, line);
      writer_.number("oversample", oversample, line_of("E"));
      writer_.text("pixel_in_psf", point ? "own" : "none", line);
      if (!kernel.empty() && lower(kernel) != "none") write_kernel(kernel, line);
    }
  }

  void write_kernel(const std::string& name, std::size_t line) {
    const TextDocument kernel = TextDocument::read(writer_.path_of(name));
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < kernel.size(); ++i) {
      for (const Token& token : split(kernel.line(i))) {
        const std::optional<double> value = parse_number(token.text);
        if (!value) kernel.fail(i, "", token.text, "not a number", "a square of numbers");
        numbers.push_back(toml_number(*value));
      }
    }
    writer_.raw("diffusion", fmt::format("[{}]", fmt::join(numbers, ", ")), line);
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
        line += " " + document_.labels[frame_.band];
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
    if (lines.empty() && constraints_kept_.empty() && skipped.empty()) return;
    writer_.table("[galfit]", 0);
    if (!lines.empty()) writer_.texts("lines", lines, 0);
    if (!skipped.empty()) writer_.raw("skip", "[" + skipped + "]", 0);
    if (!constraints_kept_.empty()) writer_.texts("constraints", constraints_kept_, line_of("G"));
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
  GalfitFrame frame_;
  std::string image_;
  std::optional<io::Section> section_;  ///< in the name of the image
  DataFacts facts_;
  io::Section asked_;   ///< by H)
  io::Section region_;  ///< what of it the image has
  std::vector<std::string> constraints_kept_;
};

}  // namespace

std::optional<GalfitConstraints> read_constraints(const GalfitDocument& document) {
  const GalfitControl* control = document.control("G");
  if (control == nullptr || control->tokens.empty() || lower(control->tokens.front().text) == "none")
    return std::nullopt;
  const std::string& name = control->tokens.front().text;
  const fs::path beside = fs::path(folder_of(document.text.path())) / name;
  const std::string path =
      fs::exists(beside) || !fs::exists(name) ? beside.lexically_normal().string() : name;
  std::optional<TextDocument> text;
  try {
    text = TextDocument::read(path);
  } catch (const InputError& error) {
    document.text.fail(control->line, "G)", name, error.problem().what, "a constraint file, or none");
  }
  return parse_constraints(*std::move(text), document);
}

std::size_t find_band(const GalfitDocument& document, const std::optional<std::string>& band) {
  const GalfitControl* images = document.control("A");
  const std::size_t line = images == nullptr ? 0 : images->line;
  const std::string labels =
      document.labels.empty() ? "" : fmt::format("{}, or ", fmt::join(document.labels, ", "));
  const std::string allowed = fmt::format("--band with {}1 to {}", labels, document.n_bands);
  if (!band) {
    if (document.n_bands == 1) return 0;
    document.text.fail(line, "A)", document.word("A"),
                       "several bands: gaxel does not fit them together yet; choose one", allowed);
  }
  const auto label =
      std::ranges::find(document.labels, upper(*band), [](const std::string& l) { return upper(l); });
  if (label != document.labels.end()) return static_cast<std::size_t>(label - document.labels.begin());
  const std::optional<int> number = parse_whole(*band);
  if (!number || *number < 1 || *number > static_cast<int>(document.n_bands))
    document.text.fail(line, "--band", *band, "there is no such band", allowed);
  return static_cast<std::size_t>(*number - 1);
}

LegacyScene galfit_scene(const GalfitDocument& document, std::size_t band, const std::string& target,
                         Purpose purpose) {
  return map_galfit(document, band, target, purpose).scene;
}

MappedGalfit map_galfit(const GalfitDocument& document, std::size_t band, const std::string& target,
                        Purpose purpose) {
  return SceneMaker(document, band, target, purpose).make();
}

}  // namespace gaxel::legacy
