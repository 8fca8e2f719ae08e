#include "io/scene_image.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace gaxel::io {

FitsName scene_fits_name(const TomlTable& table, std::string_view key, const std::string& folder) {
  const std::optional<std::string> text = table.text(key);
  if (!text) table.fail(key, "missing", "the name of a FITS file");
  FitsName name;
  table.relate(key, [&] { name = parse_fits_name(*text); });
  name.path = (std::filesystem::path(folder) / name.path).lexically_normal().string();
  return name;
}

FitsName absolute_name(const std::string& text, const std::string& folder) {
  FitsName name = parse_fits_name(text);
  name.path =
      std::filesystem::absolute(std::filesystem::path(folder) / name.path).lexically_normal().string();
  return name;
}

Image read_region(const TomlTable& table, std::string_view key, const std::string& folder,
                  const Region& region) {
  const FitsName name = scene_fits_name(table, key, folder);
  Image image;
  table.relate(key, [&] {
    const FitsReader reader(name.path);
    const HduInfo& hdu = reader.find(name);
    const Shape stored = reader.shape(hdu);
    const Shape given = name.section ? name.section->shape() : stored;
    if (given == region.shape()) {
      image = reader.read(hdu, name.section.value_or(whole(stored)));
    } else if (!name.section && stored == region.full) {
      image = reader.read(hdu, region.section);
    } else {
      const Shape want = region.shape();
      table.fail(key, fmt::format("its size is {} x {}", given.nx, given.ny),
                 fmt::format("the size of the image, {} x {}, or of the region, {} x {}", region.full.nx,
                             region.full.ny, want.nx, want.ny));
    }
  });
  return image;
}

}  // namespace gaxel::io
