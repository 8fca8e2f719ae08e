#include "io/psf_input.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "io/psfex_file.hpp"

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 3> kKeys{"file", "oversample", "center"};
constexpr std::array<std::string_view, 2> kGridKeys{"grid", "oversample"};
constexpr std::array<std::string_view, 3> kPointKeys{"file", "x", "y"};
constexpr std::array<std::string_view, 1> kModelKeys{"file"};

double read_oversample(const TomlTable& table) {
  return table.number("oversample", {kLeastOversample, kMostOversample}).value_or(1.0);
}

Psf read_image(const TomlTable& table, const FitsName& name) {
  FitsImage image;
  table.relate("file", [&] { image = read_fits_image(name); });
  PsfOptions options;
  options.oversample = read_oversample(table);
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
  std::optional<Psf> psf;
  table.relate("file", [&] { psf.emplace(std::move(image.pixels), options); });
  return *std::move(psf);
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
  options.oversample = read_oversample(table);
  std::optional<VaryingPsf> psf;
  table.relate("grid", [&] { psf.emplace(std::move(grid), options); });
  return *std::move(psf);
}

void warn(const Psf& psf, const char* key, Shape region, std::vector<std::string>& warnings) {
  for (const std::string& warning : psf.warnings())
    warnings.push_back(fmt::format("psf.{}: {}", key, warning));
  if (const std::string warning = psf.size_warning(region); !warning.empty()) {
    warnings.push_back(fmt::format("psf.{}: {}", key, warning));
  }
}

}  // namespace

void read_psf(const TomlTable& table, const std::string& folder, Shape region, const Placement& placement,
              Observation& observation, std::vector<std::string>& warnings) {
  const bool grid = table.has("grid");
  if (grid) {
    observation.varying_psf = read_grid(table, folder, placement);
  } else {
    table.allow_only(kKeys);
    const FitsName name = scene_fits_name(table, "file", folder);
    bool model = false;
    table.relate("file", [&] { model = is_psfex_file(name.path); });
    if (!model) {
      observation.psf = read_image(table, name);
      warn(*observation.psf, "file", region, warnings);
      return;
    }
    table.allow_only(kModelKeys);
    table.relate("file", [&] { observation.varying_psf = read_psfex(name.path, placement); });
  }
  const char* key = grid ? "grid" : "file";
  table.relate(key, [&] {
    warn(observation.varying_psf->at(0.5 * (region.nx - 1), 0.5 * (region.ny - 1)), key, region, warnings);
  });
}

}  // namespace gaxel::io
