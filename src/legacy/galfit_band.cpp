#include "legacy/galfit_band.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gaxel/error.hpp"
#include "io/header_facts.hpp"
#include "io/toml_table.hpp"
#include "legacy/sky_level.hpp"

namespace gaxel::legacy {

GalfitBand::GalfitBand(const GalfitDocument& document, std::size_t band, bool among_several,
                       SceneWriter& writer, Purpose purpose)
    : document_(document), among_several_(among_several), writer_(writer), purpose_(purpose) {
  frame_.band = band;
  image_ = document.names("A")[band];
  if (image_.empty() && purpose == Purpose::kFit)
    text().fail(line_of("A"), "A)", document.word("A"), "a fit needs an image", "the name of a FITS file");
  read_facts();
}

std::size_t GalfitBand::line_of(const char* key) const {
  const GalfitControl* control = document_.control(key);
  return control == nullptr ? 0 : control->line;
}

void GalfitBand::read_facts() {
  if (image_.empty()) return;
  try {
    const io::FitsName name = io::parse_fits_name(writer_.path_of(image_));
    const io::FitsReader reader(name.path);
    const io::HduInfo& hdu = reader.find(name);
    shape_ = name.section ? name.section->shape() : reader.shape(hdu);
    section_ = name.section;
    header_ = reader.header(hdu);
  } catch (const InputError& error) {
    if (purpose_ == Purpose::kFit)
      text().fail(line_of("A"), "A)", image_, error.problem().what, error.problem().allowed);
    warn(fmt::format("{}: {}: {}; EXPTIME is taken as 1", text().place(line_of("A")), image_,
                     error.problem().what));
  }
}

/// A number of a control line, or the fallback where the line or the number is missing.
double GalfitBand::control_number(const char* key, std::size_t index, double fallback) const {
  const GalfitControl* control = document_.control(key);
  if (control == nullptr || index >= control->tokens.size()) return fallback;
  const std::string& word = control->tokens[index].text;
  if (lower(word) == "none") return fallback;
  const std::vector<std::string> list = split_list(word);
  const std::optional<double> value = parse_number(list[std::min(frame_.band, list.size() - 1)]);
  if (!value) text().fail(control->line, fmt::format("{})", key), word, "not a number", "a number");
  return *value;
}

void GalfitBand::read_frame() {
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

void GalfitBand::read_exptime() {
  if (image_.empty() || header_.empty()) return;
  const std::optional<double> exptime = io::header_number(header_, "EXPTIME");
  if (exptime && *exptime > 0.0) {
    frame_.exptime = *exptime;
  } else {
    warn(fmt::format("{}: the header's EXPTIME is {}: it is taken as 1 s", image_,
                     exptime ? "not above 0" : "missing"));
  }
}

void GalfitBand::read_region() {
  const GalfitControl* control = document_.control("H");
  const std::string allowed = "x1 x2 y1 y2, FITS pixels, both ends included";
  if (control == nullptr || control->tokens.empty()) {
    if (!shape_)
      throw InputError({text().path(), "H)", "", "missing, and there is no image that has a size", allowed});
    asked_ = io::whole(*shape_);
  } else {
    std::array<int, 4> ends{};
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const std::string word = i < control->tokens.size() ? control->tokens[i].text : "";
      const std::optional<int> value = parse_whole(word);
      if (!value)
        text().fail(control->line, "H)", word, word.empty() ? "a number is missing" : "not a pixel", allowed);
      ends[i] = *value;
    }
    asked_ = {ends[0], ends[1], ends[2], ends[3]};
    if (asked_.x1 > asked_.x2 || asked_.y1 > asked_.y2)
      text().fail(control->line, "H)", "", "an end lies before its beginning", allowed);
  }
  region_ = asked_;
  if (!shape_) return;
  const io::Section all = io::whole(*shape_);
  region_ = {std::max(asked_.x1, all.x1), std::min(asked_.x2, all.x2), std::max(asked_.y1, all.y1),
             std::min(asked_.y2, all.y2)};
  if (region_.x1 > region_.x2 || region_.y1 > region_.y2) {
    text().fail(line_of("H"), "H)", "", "the region lies outside the image",
                fmt::format("x 1 to {}, y 1 to {}", all.x2, all.y2));
  }
  if (region_ != asked_)
    warn(fmt::format("{}: H) reaches beyond the image and is cut to it", text().place(line_of("H"))));
}

std::pair<int, int> GalfitBand::offset() const {
  return section_ ? std::pair(section_->x1 - 1, section_->y1 - 1) : std::pair(0, 0);
}

void GalfitBand::write(const PsfUse& use) {
  write_image();
  if (!image_.empty()) write_noise();
  write_mask();
  write_psf(use);
}

void GalfitBand::table(const char* name, std::size_t line, bool one_of_many) {
  const std::string full = (among_several_ ? "band." : "") + std::string(name);
  writer_.table(one_of_many ? "[[" + full + "]]" : "[" + full + "]", line);
}

void GalfitBand::write_image() {
  const std::size_t line = line_of("A");
  table("image", line);
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
  if (document_.control("K") != nullptr && !io::pixel_scale_arcsec(header_))
    writer_.number("pixel_scale", std::sqrt(frame_.pixel_area), line_of("K"));
}

double GalfitBand::header_number(const char* first, const char* second, double fallback) {
  for (const char* key : {first, second}) {
    const std::optional<double> value = io::header_number(header_, key);
    if (value && *value > 0.0) return *value;
  }
  warn(fmt::format("{}: no {} in the header: the noise is made with GALFIT's {}, which may be far off",
                   image_, first, fallback));
  return fallback;
}

void GalfitBand::write_noise() {
  const std::string sigma = document_.names("C")[frame_.band];
  const std::size_t line = line_of("C");
  if (!sigma.empty()) {
    table("noise", line);
    writer_.file("sigma", sigma, line);
    return;
  }
  if (purpose_ == Purpose::kRender) return;
  if (!shape_) {
    note(fmt::format("{}: the image is not there to make a sigma image from: the noise is not told", image_));
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
  table("noise", line);
  writer_.number("rms", sky.rms, line);
  writer_.number("background", sky.level, line);
  writer_.number("gain", gain, line);
  writer_.number("smooth", 2.0, line);
  note(fmt::format(
      "C): no sigma image; made as GALFIT does, from a sky of {:.6g} with rms {:.4g} and a gain of {:.6g}",
      sky.level, sky.rms, gain));
}

void GalfitBand::write_mask() {
  const std::string mask = document_.names("F")[frame_.band];
  if (mask.empty()) return;
  table("mask", line_of("F"));
  writer_.file("file", mask, line_of("F"));
}

void GalfitBand::write_psf(const PsfUse& use) {
  const std::string psf = document_.names("D")[frame_.band];
  const std::size_t line = line_of("D");
  const std::string kernel = document_.word("D", 1);
  if (psf.empty()) {
    if (!kernel.empty() && lower(kernel) != "none") warn("D): a diffusion kernel without a PSF is not used");
    return;
  }
  const double oversample = control_number("E", 0, 1.0);
  // GALFIT convolves pixels with the PSF's as if it held none; what it draws of point sources is the PSF.
  for (const bool point : {false, true}) {
    if (point ? !use.points : !use.light && use.points) continue;
    table("psf", line, true);
    writer_.text("name", point ? "points" : "psf", line);
    writer_.file("file", psf, line);
    writer_.number("oversample", oversample, line_of("E"));
    writer_.text("pixel_in_psf", point ? "own" : "none", line);
    if (!kernel.empty() && lower(kernel) != "none") write_kernel(kernel, line);
  }
}

void GalfitBand::write_kernel(const std::string& name, std::size_t line) {
  const TextDocument kernel = [&] {
    try {
      return TextDocument::read(writer_.path_of(name));
    } catch (const InputError& error) {
      text().fail(line, "D)", name, error.problem().what, "a file with the numbers of a diffusion kernel");
    }
  }();
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < kernel.size(); ++i) {
    for (const Token& token : split(kernel.line(i))) {
      const std::optional<double> value = parse_number(token.text);
      if (!value) kernel.fail(i, "", token.text, "not a number", "a square of numbers");
      numbers.push_back(io::toml_float(*value));
    }
  }
  writer_.raw("diffusion", fmt::format("[{}]", fmt::join(numbers, ", ")), line);
}

}  // namespace gaxel::legacy
