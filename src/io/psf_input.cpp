#include "io/psf_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>
#include <utility>

#include "io/header_facts.hpp"
#include "io/psfex_file.hpp"

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 7> kImageKeys{"type",   "name",         "weight",    "file",
                                                     "center", "pixel_in_psf", "oversample"};
constexpr std::array<std::string_view, 6> kGaussianKeys{"type", "name", "weight", "fwhm", "q", "pa"};
constexpr std::array<std::string_view, 7> kMoffatKeys{"type", "name", "weight", "fwhm", "q", "pa", "beta"};
constexpr std::array<std::string_view, 5> kGridKeys{"grid", "name", "oversample", "pixel_in_psf", "center"};
constexpr std::array<std::string_view, 3> kPointKeys{"file", "x", "y"};
constexpr std::array<std::string_view, 2> kModelKeys{"file", "name"};
constexpr double kScaleTolerance = 0.02;  // headers' pixel scales differ by distortion, too

template <std::size_t N>
void allow_only(const TomlTable& table, const std::array<std::string_view, N>& keys) {
  std::vector<std::string_view> all(keys.begin(), keys.end());
  all.emplace_back("diffusion");
  table.allow_only(all);
}

PixelInPsf pixel_in_psf(const TomlTable& table) {
  const std::string text = table.text("pixel_in_psf").value_or("own");
  if (text == "own") return PixelInPsf::kOwn;
  if (text == "data") return PixelInPsf::kData;
  if (text == "none") return PixelInPsf::kNone;
  table.fail(
      "pixel_in_psf", "not a pixel",
      "\"own\" (the PSF's values are integrals over its own pixels), \"data\" (over the data's pixels), "
      "\"none\" (samples)");
}

// Where both headers tell the size of a pixel, the PSF's must be that of the data over the oversampling.
void check_scale(const TomlTable& table, const FitsImage& image, double oversample,
                 const HeaderCards* data_header) {
  if (data_header == nullptr) return;
  const std::optional<double> of_psf = pixel_scale_arcsec(image.header);
  const std::optional<double> of_data = pixel_scale_arcsec(*data_header);
  if (!of_psf || !of_data || !(*of_psf > 0.0)) return;
  const double expected = *of_data / *of_psf;
  if (std::abs(oversample / expected - 1.0) <= kScaleTolerance) return;
  table.fail(
      table.has("oversample") ? "oversample" : "file",
      fmt::format("the PSF's pixels are {:.6g} arcsec wide and the data's {:.6g} by their headers, but the "
                  "oversampling is {:.6g}",
                  *of_psf, *of_data, oversample),
      fmt::format("oversample = {:.6g}, or a PSF without that pixel scale in its header", expected));
}

Psf read_image(const TomlTable& table, const std::string& folder, const PsfFrame& frame,
               std::vector<std::string>& warnings) {
  allow_only(table, kImageKeys);
  const FitsName name = scene_fits_name(table, "file", folder);
  FitsImage image;
  table.relate("file", [&] { image = read_fits_image(name); });
  PsfOptions options;
  options.oversample = table.number("oversample", {kLeastOversample, kMostOversample}).value_or(1.0);
  options.pixel_in_psf = pixel_in_psf(table);
  if (const auto center = table.numbers("center", 2)) {
    const Section& section = image.section;
    options.x_center = (*center)[0] - section.x1;
    options.y_center = (*center)[1] - section.y1;
    if ((*center)[0] < section.x1 - 0.5 || (*center)[0] > section.x2 + 0.5 ||
        (*center)[1] < section.y1 - 0.5 || (*center)[1] > section.y2 + 0.5) {
      table.fail("center", "outside the PSF's image",
                 fmt::format("FITS pixels [x, y], x {} to {}, y {} to {}", section.x1, section.x2, section.y1,
                             section.y2));
    }
  }
  check_scale(table, image, options.oversample, frame.header);
  std::optional<Psf> psf;
  table.relate("file", [&] { psf.emplace(std::move(image.pixels), options); });
  const auto warn = [&](const std::string& warning) {
    if (!warning.empty()) warnings.push_back(fmt::format("{}.file: {}", table.name(), warning));
  };
  for (const std::string& warning : psf->warnings()) warn(warning);
  warn(psf->size_warning(frame.region));
  return *std::move(psf);
}

// The ranges are told by Psf.
Psf read_analytic(const TomlTable& table, bool moffat) {
  if (moffat) {
    allow_only(table, kMoffatKeys);
  } else {
    allow_only(table, kGaussianKeys);
  }
  const auto needed = [&](const char* key) {
    const std::optional<double> value = table.number(key);
    if (!value) table.fail(key, "missing", "a number");
    return *value;
  };
  const PsfShape shape{.fwhm = needed("fwhm"),
                       .q = table.number("q").value_or(1.0),
                       .theta = (table.number("pa").value_or(0.0) + 90.0) * std::numbers::pi / 180.0};
  std::optional<Psf> psf;
  table.relate("", [&] { psf = moffat ? Psf::moffat(shape, needed("beta")) : Psf::gaussian(shape); });
  return *std::move(psf);
}

Psf diffused(const TomlTable& table, const Psf& psf) {
  const std::optional<std::vector<double>> values = table.numbers("diffusion", 0);
  if (!values) return psf;
  const auto side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(values->size()))));
  if (static_cast<std::size_t>(side) * static_cast<std::size_t>(side) != values->size()) {
    table.fail("diffusion", fmt::format("{} numbers are no square", values->size()),
               "9, 25, 49, ... numbers, row by row");
  }
  Image kernel(Shape{side, side});
  std::ranges::copy(*values, kernel.pixels().begin());
  std::optional<Psf> result;
  table.relate("diffusion", [&] { result = psf.diffused(std::move(kernel)); });
  return *std::move(result);
}

Psf read_one(const TomlTable& table, const std::string& folder, const PsfFrame& frame,
             std::vector<std::string>& warnings) {
  const std::string type = table.text("type").value_or("image");
  if (type == "image") return diffused(table, read_image(table, folder, frame, warnings));
  if (type == "gaussian") return diffused(table, read_analytic(table, false));
  if (type == "moffat") return diffused(table, read_analytic(table, true));
  table.fail("type", "not a kind of PSF", "\"image\", \"gaussian\", \"moffat\"");
}

/// grid = [{ file = "a.fits", x = 100, y = 100 }, ...]
VaryingPsf read_grid(const TomlTable& table, const std::string& folder, const Placement& placement) {
  table.allow_only(kGridKeys);
  std::vector<PsfAtPosition> grid;
  for (const TomlTable& point : table.tables("grid")) {
    point.allow_only(kPointKeys);
    PsfAtPosition& node = grid.emplace_back();
    const FitsName name = scene_fits_name(point, "file", folder);
    point.relate("file", [&] { node.kernel = read_fits_image(name).pixels; });
    for (const char* key : {"x", "y"}) {
      if (!point.has(key)) point.fail(key, "missing", "a position in FITS pixels");
    }
    node.x = placement.inner_x(*point.number("x"));
    node.y = placement.inner_y(*point.number("y"));
  }
  PsfOptions options;
  options.oversample = table.number("oversample", {kLeastOversample, kMostOversample}).value_or(1.0);
  options.pixel_in_psf = pixel_in_psf(table);
  if (const auto center = table.numbers("center", 2)) {
    options.x_center = (*center)[0] - 1.0;
    options.y_center = (*center)[1] - 1.0;
  }
  std::optional<VaryingPsf> psf;
  table.relate("grid", [&] { psf.emplace(std::move(grid), options); });
  return *std::move(psf);
}

bool is_psfex(const TomlTable& table, const std::string& folder) {
  if (!table.is_text("file") || table.text("type").value_or("image") != "image") return false;
  const FitsName name = scene_fits_name(table, "file", folder);
  bool psfex = false;
  table.relate("file", [&] { psfex = is_psfex_file(name.path); });
  return psfex;
}

}  // namespace

std::optional<VaryingPsf> read_varying_psf(const std::vector<PsfTables>& psfs, const std::string& folder,
                                           const Placement& placement) {
  for (const PsfTables& psf : psfs) {
    for (const TomlTable& table : psf.tables) {
      const bool grid = table.has("grid");
      if (!grid && !is_psfex(table, folder)) continue;
      const char* key = grid ? "grid" : "file";
      if (psfs.size() > 1 || psf.tables.size() > 1)
        table.fail(key, "a PSF that changes over the image stands alone", "one [psf]");
      if (grid) return read_grid(table, folder, placement);
      table.allow_only(kModelKeys);
      std::optional<VaryingPsf> model;
      table.relate("file",
                   [&] { model = read_psfex(scene_fits_name(table, "file", folder).path, placement); });
      return model;
    }
  }
  return std::nullopt;
}

std::vector<PsfTables> psf_tables(const TomlTable& root) {
  std::vector<TomlTable> tables;
  if (root.is_table("psf")) {
    tables.push_back(*root.table("psf"));
  } else {
    tables = root.tables("psf");
  }
  std::vector<PsfTables> psfs;
  for (const TomlTable& table : tables) {
    const std::string name = table.text("name").value_or("psf");
    auto place = std::ranges::find(psfs, name, &PsfTables::name);
    if (place == psfs.end()) place = psfs.insert(psfs.end(), {name, {}});
    place->tables.push_back(table);
  }
  return psfs;
}

Psf read_psf(const PsfTables& psf, const std::string& folder, const PsfFrame& frame,
             std::vector<std::string>& warnings) {
  std::vector<Psf::Weighted> terms;
  for (const TomlTable& table : psf.tables) {
    const NumberRange positive{.min = 0.0, .above = true};
    const double weight = table.number("weight", positive).value_or(1.0);
    terms.push_back({read_one(table, folder, frame, warnings), weight});
  }
  return terms.size() == 1 ? terms.front().psf : Psf::sum(terms);
}

}  // namespace gaxel::io
