#include "io/psf_input.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 3> kKeys{"file", "oversample", "center"};

}  // namespace

Psf read_psf(const TomlTable& table, const std::string& folder, Shape region,
             std::vector<std::string>& warnings) {
  table.allow_only(kKeys);
  const FitsName name = scene_fits_name(table, "file", folder);
  FitsImage image;
  table.relate("file", [&] { image = read_fits_image(name); });
  PsfOptions options;
  options.oversample = table.number("oversample", {kLeastOversample, kMostOversample}).value_or(1.0);
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
  for (const std::string& warning : psf->warnings()) warnings.push_back(fmt::format("psf.file: {}", warning));
  if (const std::string warning = psf->size_warning(region); !warning.empty()) {
    warnings.push_back(fmt::format("psf.file: {}", warning));
  }
  return *std::move(psf);
}

}  // namespace gaxel::io
