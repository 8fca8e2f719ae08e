#include "io/mask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>

#include "io/pixel_list.hpp"

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 5> kKeys{"file", "bits", "good_value", "segmentation", "label"};
constexpr int kHighestBit = 31;

using IsBad = std::function<bool(double)>;

/// Pixels of data-quality images are whole numbers; anything else is no such image.
std::int64_t flags_of(const TomlTable& mask, double value) {
  if (std::isnan(value)) return -1;  // blank: all bits set
  if (value != std::floor(value) || std::abs(value) > 9.0e15) {
    mask.fail("bits", fmt::format("the mask holds {}, which has no bits", value),
              "an image of whole numbers");
  }
  return static_cast<std::int64_t>(value);
}

IsBad file_rule(const TomlTable& mask) {
  if (const auto bits = mask.integers("bits", 0, 0, kHighestBit)) {
    std::int64_t pattern = 0;
    for (const int bit : *bits) pattern |= std::int64_t{1} << bit;
    return [&mask, pattern](double value) { return (flags_of(mask, value) & pattern) != 0; };
  }
  if (const auto good = mask.number("good_value")) return [good](double value) { return value != *good; };
  return [](double value) { return value != 0.0; };
}

/// Applies one rule; returns the number of pixels it says are bad.
std::size_t mask_where(const Image& image, const IsBad& bad, std::vector<std::uint8_t>& used) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!bad(image.pixels()[i])) continue;
    used[i] = 0;
    ++count;
  }
  return count;
}

/// Masks the pixels of a list that lie in the region; returns how many.
std::size_t mask_listed(const TomlTable& mask, const std::string& path, const Region& region,
                        std::vector<std::uint8_t>& used) {
  for (const std::string_view key : {"bits", "good_value"}) {
    if (mask.has(key)) mask.fail(key, "the file is a list of bad pixels", "leave it out");
  }
  std::size_t count = 0;
  const Section& section = region.section;
  for (const ListedPixel& pixel : read_pixel_list(path)) {
    if (pixel.x < section.x1 || pixel.x > section.x2 || pixel.y < section.y1 || pixel.y > section.y2)
      continue;
    const std::size_t row = static_cast<std::size_t>(pixel.y - section.y1);
    const std::size_t place =
        row * static_cast<std::size_t>(region.shape().nx) + static_cast<std::size_t>(pixel.x - section.x1);
    count += std::exchange(used[place], std::uint8_t{0}) != 0;
  }
  return count;
}

void require_pixels(const TomlTable& mask, std::string_view key, const std::vector<std::uint8_t>& used) {
  if (std::find(used.begin(), used.end(), 1) == used.end()) {
    mask.fail(key, "the mask leaves no pixel to fit",
              "0 in good pixels; good_value = 1 for masks that mark them so, bits for data-quality images");
  }
}

}  // namespace

void check_mask_keys(const TomlTable& mask) {
  mask.allow_only(kKeys);
  if (!mask.has("file") && !mask.has("segmentation")) mask.fail("", "names no image", "file or segmentation");
  for (const std::string_view key : {"bits", "good_value"}) {
    if (mask.has(key) && !mask.has("file")) mask.fail(key, "\"file\" is missing", "the image it belongs to");
  }
  if (mask.has("bits") && mask.has("good_value"))
    mask.fail("good_value", "\"bits\" is given too", "one of them");
  if (mask.has("segmentation") != mask.has("label")) {
    mask.fail(mask.has("label") ? "label" : "segmentation", "\"segmentation\" and \"label\" go together",
              "both: the segmentation map and the label of the object to keep");
  }
}

void apply_mask(const TomlTable& mask, const std::string& folder, const Region& region,
                std::vector<std::uint8_t>& used, std::vector<std::string>& notes,
                std::vector<std::string>& warnings) {
  check_mask_keys(mask);
  const auto total = static_cast<double>(used.size());
  if (mask.has("file")) {
    const std::string path = scene_fits_name(mask, "file", folder).path;
    const std::size_t count =
        is_pixel_list(path) ? mask_listed(mask, path, region, used)
                            : mask_where(read_region(mask, "file", folder, region), file_rule(mask), used);
    require_pixels(mask, "file", used);
    if (count == 0) {
      warnings.push_back("mask.file masks no pixel of the region");
    } else {
      notes.push_back(fmt::format("mask.file: {} pixels masked ({:.1f} %)", count,
                                  100.0 * static_cast<double>(count) / total));
    }
    if (static_cast<double>(count) > 0.9 * total) {
      warnings.push_back(
          "mask.file hides more than 90 % of the pixels; if it marks the good ones, give good_value");
    }
  }
  if (mask.has("segmentation")) {
    const Image image = read_region(mask, "segmentation", folder, region);
    const double label = *mask.integer("label", 1, std::numeric_limits<int>::max());
    const auto other = [label](double value) { return value != 0.0 && value != label; };
    const std::size_t count = mask_where(image, other, used);
    require_pixels(mask, "segmentation", used);
    notes.push_back(fmt::format("mask.segmentation: {} pixels of other objects masked", count));
    if (std::find(image.pixels().begin(), image.pixels().end(), label) == image.pixels().end()) {
      warnings.push_back(fmt::format("mask.segmentation has no pixel of label {} in the region", label));
    }
  }
}

}  // namespace gaxel::io
