#include "io/image_input.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>
#include <string_view>

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 6> kKeys{"file",      "shape",   "region",
                                                "zeropoint", "exptime", "pixel_scale"};
constexpr int kMaxInt = std::numeric_limits<int>::max();

void check_size(const TomlTable& image, std::string_view key, Shape shape) {
  const auto pixels = static_cast<std::int64_t>(shape.ny) * shape.nx;
  if (pixels > kMaxPixels) {
    image.fail(key, fmt::format("{} pixels are too many", pixels),
               fmt::format("at most {}; give a region", kMaxPixels));
  }
}

/// `named`: the section in the file's name.
Section choose_region(const TomlTable& image, const std::optional<Section>& named, Shape full) {
  const Section available = named.value_or(whole(full));
  if (!available.inside(whole(full))) {
    image.fail("file", "the section is not inside the image", fmt::format("[1:{},1:{}]", full.nx, full.ny));
  }
  const auto ends = image.integers("region", 4, -kMaxInt, kMaxInt);
  if (!ends) return available;
  const Section region{(*ends)[0], (*ends)[1], (*ends)[2], (*ends)[3]};
  const std::string allowed =
      fmt::format("[x1, x2, y1, y2] in FITS pixels of the file, x {} to {}, y {} to {}", available.x1,
                  available.x2, available.y1, available.y2);
  if (region.x2 < region.x1 || region.y2 < region.y1)
    image.fail("region", "an end lies before its beginning", allowed);
  if (!region.inside(available)) {
    const bool apart = region.x1 > available.x2 || region.x2 < available.x1 || region.y1 > available.y2 ||
                       region.y2 < available.y1;
    image.fail("region", apart ? "the region lies outside the image" : "the region reaches beyond the image",
               allowed);
  }
  return region;
}

Region shape_only(const TomlTable& image) {
  const auto sides = *image.integers("shape", 2, 1, kMaxInt);
  const Shape shape{sides[1], sides[0]};
  const Region region{shape, choose_region(image, std::nullopt, shape)};
  check_size(image, image.has("region") ? "region" : "shape", region.shape());
  return region;
}

void read_file(const TomlTable& image, const FitsName& name, bool need_data, ImageInput& input,
               std::vector<std::string>& notes) {
  const FitsReader reader(name.path);
  const HduInfo& hdu = reader.find(name);
  input.region.full = reader.shape(hdu);
  input.region.section = choose_region(image, name.section, input.region.full);
  check_size(image, image.has("region") ? "region" : "file", input.region.shape());
  input.header = reader.header(hdu);
  if (hdu.number != 0) input.primary = reader.header(reader.hdus().front());
  if (hdu.number != 0 && name.extension_text().empty()) {
    notes.push_back(fmt::format("image.file: no extension given; the first image is taken, [{}]{}",
                                hdu.number, hdu.extname.empty() ? "" : " " + hdu.extname));
  }
  if (need_data) input.data = reader.read(hdu, input.region.section);
}

}  // namespace

std::optional<double> stated_pixel_scale(const TomlTable& image) {
  return image.number("pixel_scale", {0.0, std::numeric_limits<double>::infinity(), true});
}

ImageInput read_image_input(const TomlTable& image, const std::string& folder, bool need_data,
                            std::vector<std::string>& notes) {
  image.allow_only(kKeys);
  ImageInput input;
  if (image.has("shape")) {
    if (image.has("file")) image.fail("shape", "\"file\" is given too", "one of them");
    if (need_data) image.fail("shape", "a fit needs pixels", "\"file\": shape serves rendering only");
    input.region = shape_only(image);
    return input;
  }
  if (!image.has("file")) {
    image.fail("file", "missing",
               need_data ? "the name of a FITS file" : "the name of a FITS file, or shape = [nx, ny]");
  }
  const FitsName name = scene_fits_name(image, "file", folder);
  input.file = *image.text("file");
  image.relate("file", [&] { read_file(image, name, need_data, input, notes); });
  return input;
}

}  // namespace gaxel::io
