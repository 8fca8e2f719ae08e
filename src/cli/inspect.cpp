// gaxel inspect: what is in a FITS file or a scene, before anything is fitted.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inspect_scene.hpp"
#include "cli/legacy_options.hpp"
#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "io/fits_name.hpp"
#include "io/header_facts.hpp"
#include "io/pixel_summary.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {
namespace {

struct InspectArguments {
  std::vector<std::string> files;
  legacy::LegacyOptions legacy;
  bool header = false;
};

/// Keywords that decide how an image is fitted, in the order in which they are shown.
constexpr std::array kKeywords = {"OBJECT",  "TELESCOP", "INSTRUME", "FILTER",    "BUNIT",    "EXPTIME",
                                  "GAIN",    "CCDGAIN",  "RDNOISE",  "READNOIS",  "NCOMBINE", "SKY",
                                  "MAGZERO", "MAGZPT",   "MAGZP",    "ZEROPOINT", "PHOTFLAM", "PHOTPLAM",
                                  "PHOTZPT", "PIXAR_SR", "CTYPE1",   "CTYPE2",    "CRVAL1",   "CRVAL2",
                                  "CRPIX1",  "CRPIX2",   "EQUINOX",  "RADESYS"};

std::string size_text(const io::HduInfo& hdu) {
  std::string text;
  for (const std::int64_t axis : hdu.axes) text += fmt::format("{}{}", text.empty() ? "" : " x ", axis);
  return text;
}

std::string_view pixel_type(int bitpix) {
  switch (bitpix) {
    case 8:
      return "8-bit integers";
    case 16:
      return "16-bit integers";
    case 32:
      return "32-bit integers";
    case 64:
      return "64-bit integers";
    case -32:
      return "32-bit floats";
    case -64:
      return "64-bit floats";
    default:
      return "unknown pixels";
  }
}

std::string kind_text(const io::HduInfo& hdu) {
  if (!hdu.is_image) return "table";
  if (!hdu.has_pixels()) return "no pixels";
  return fmt::format("{} pixels, {}{}", size_text(hdu), pixel_type(hdu.bitpix),
                     hdu.compressed ? ", compressed" : "");
}

void print_pixels(const io::FitsReader& reader, const io::HduInfo& hdu,
                  const std::optional<io::Section>& section) {
  Image image;
  try {
    image = reader.read(hdu, section ? *section : io::whole(reader.shape(hdu)));
  } catch (const InputError& error) {
    if (section) throw;  // it was asked for
    fmt::print("      pixels not shown: {}\n", error.problem().what);
    return;
  }
  const io::PixelSummary summary = io::summarise(image.view());
  const double percent = 100.0 * static_cast<double>(summary.n_nan) / static_cast<double>(image.size());
  if (summary.n_finite > 0) {
    fmt::print("      min {:.6g}  median {:.6g}  max {:.6g}  noise about {:.3g}\n", summary.min,
               summary.median, summary.max, summary.noise);
    fmt::print("      sum {:.8g}  brightest pixel x {} y {}\n", summary.sum, summary.peak_col + 1,
               summary.peak_row + 1);
  }
  fmt::print("      NaN {} ({:.2g} %)  zero {}  negative {}\n", summary.n_nan, percent, summary.n_zero,
             summary.n_negative);
}

void print_keywords(const io::HeaderCards& header) {
  std::string line;
  const auto flush = [&] {
    if (!line.empty()) fmt::print("      {}\n", line);
    line.clear();
  };
  for (const char* keyword : kKeywords) {
    const std::optional<std::string> value = io::header_value(header, keyword);
    if (!value) continue;
    const std::string entry = fmt::format("{} {}", keyword, *value);
    if (line.size() + entry.size() > 90) flush();
    line += (line.empty() ? "" : "  ") + entry;
  }
  flush();
  if (const auto scale = io::pixel_scale_arcsec(header))
    fmt::print("      pixel scale {:.6g} arcsec\n", *scale);
  if (const auto zeropoint = io::ab_zeropoint(header)) fmt::print("      AB zero point {:.4f}\n", *zeropoint);
}

void inspect_fits(const io::FitsName& name, bool whole_header) {
  const io::FitsReader reader(name.path);
  // A section without an extension is one of the first image, as in scenes.
  const bool one = name.hdu || !name.extname.empty() || name.section;
  const io::HduInfo* asked = one ? &reader.find(name) : nullptr;
  for (const io::HduInfo& hdu : reader.hdus()) {
    if (asked != nullptr && asked->number != hdu.number) continue;
    fmt::print("  [{}] {}{}\n", hdu.number, hdu.extname.empty() ? "" : hdu.extname + ": ", kind_text(hdu));
    if (hdu.has_pixels() || name.section) print_pixels(reader, hdu, name.section);
    const io::HeaderCards header = reader.header(hdu);
    if (whole_header) {
      for (const std::string& card : header) fmt::print("      {}\n", card);
    } else {
      print_keywords(header);
    }
  }
  if (!reader.unreadable().empty()) fmt::print("  {}\n", reader.unreadable());
}

io::FitsName name_of(const std::string& text) {
  io::FitsName name;
  name.path = text;  // a file's own name may end in brackets
  return std::filesystem::exists(text) ? name : io::parse_fits_name(text);
}

int run_inspect(const InspectArguments& arguments) {
  for (const std::string& file : arguments.files) {
    fmt::print("{}\n", file);
    std::fflush(stdout);  // before what stderr may say of it
    if (std::filesystem::path(file).extension() == ".toml" ||
        legacy::detect_format(file) != legacy::Format::kScene) {
      inspect_scene(file, arguments.legacy);
    } else {
      inspect_fits(name_of(file), arguments.header);
    }
  }
  return kSuccess;
}

}  // namespace

void add_inspect(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<InspectArguments>();
  CLI::App* command = app.add_subcommand("inspect", "Show what is in FITS files or scene files");
  command
      ->add_option("files", arguments->files,
                   "FITS files, all or one extension or section as in scenes ([SCI], [1][1:20,1:20]); or "
                   "scenes (.toml, or files of GALFIT and Imfit)")
      ->required()
      ->type_name("FILE");
  command->add_flag("--header", arguments->header,
                    "Show all header cards instead of those that matter for fits");
  add_legacy_options(*command, arguments->legacy);
  command->footer(
      "Pixels are counted from 1, as in FITS. The noise is 1.48 times the median distance from the median.\n"
      "Examples:\n"
      "  gaxel inspect image.fits psf.fits\n"
      "  gaxel inspect galaxy.toml");
  command->callback([arguments, &exit_code] { exit_code = run_inspect(*arguments); });
}

}  // namespace gaxel::cli
