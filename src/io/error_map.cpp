#include "io/error_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <vector>

#include "io/convention.hpp"
#include "io/fits_file.hpp"
#include "io/report/paint.hpp"
#include "io/report/pixel_text.hpp"

namespace gaxel::io {
namespace {

using report::ColorMap;
using report::Picture;

// Lengths in the picture's pixels.
constexpr int kPanelSide = 280;  // the longest side of a panel is this or a little more
constexpr int kGap = 16;
constexpr int kTextScale = 2;
constexpr int kLine = report::kGlyphHeight * kTextScale + 4;
constexpr int kBarHeight = 16;
constexpr int kTick = 5;

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

std::vector<HeaderKey> subject_keys(const ErrorMapSubject& subject, std::string_view version) {
  const ComponentKind& kind = *subject.profile.kind;
  std::vector<HeaderKey> keys = {
      {"CREATOR", fmt::format("gaxel {}", version), "program that made this file"},
      {"CONTENT", std::string("(rule - exact) / flux"), "what the pixels are"},
      {"TRUTHBND", subject.truth_bound, "bound of the exact pixels' errors / flux"},
      {"PROFILE", std::string(kind.name), "the light; its keys as in scene files:"}};
  for (const ParameterSpec& spec : kind.parameters) {
    const std::string_view unit = file_unit(spec, false);
    keys.push_back({upper(file_key(spec, false)),
                    to_file(spec.role, false, subject.profile.value(spec.role), {}),
                    unit.empty() ? "" : fmt::format("[{}]", unit)});
  }
  return keys;
}

std::vector<HeaderKey> map_keys(const ErrorMap& map) {
  return {{"RULE", map.rule, "rule of integration"},
          {"METHOD", map.method, ""},
          {"MAXERR", map.max_error, "largest |error| / flux"}};
}

/// The decades that the colours span.
struct Decades {
  int low = 0;
  int high = 0;

  double place(double error) const { return (std::log10(error) - low) / (high - low); }
};

Decades decades_of(const ErrorMapSubject& subject, std::span<const ErrorMap> maps) {
  constexpr double kSmallest = 1e-16;
  double largest = kSmallest;
  for (const ErrorMap& map : maps) {
    for (const double error : map.error.pixels()) {
      if (std::isfinite(error)) largest = std::max(largest, std::abs(error));
    }
  }
  const int high = static_cast<int>(std::ceil(std::log10(largest)));
  const int floor = static_cast<int>(std::floor(std::log10(std::max(subject.truth_bound, kSmallest))));
  return {std::clamp(floor, high - 16, high - 1), high};
}

Picture panel_of(const ErrorMap& map, const Decades& decades) {
  Image size(map.error.shape());
  std::ranges::transform(map.error.pixels(), size.pixels().begin(), [](double e) { return std::abs(e); });
  const Picture picture = report::paint(size.view(), {}, ColorMap::sequential(),
                                        [&decades](double error) { return decades.place(error); });
  const int longest = std::max(picture.width(), picture.height());
  return report::enlarge(picture, (kPanelSide + longest - 1) / longest);
}

void paste(Picture& picture, const Picture& part, int top, int left) {
  for (int row = 0; row < part.height(); ++row) {
    for (int col = 0; col < part.width(); ++col) picture.at(top + row, left + col) = part.at(row, col);
  }
}

void draw_bar(Picture& picture, const Decades& decades, int top, int left, int width) {
  report::draw_text(picture, top, left, "|error| / flux", kTextScale);
  const int room = report::text_width("1e-00 ", kTextScale);
  top += kLine;
  left += room / 2;
  width -= room;
  for (int col = 0; col < width; ++col) {
    const report::Rgb color = ColorMap::sequential()(col / (width - 1.0));
    for (int row = 0; row < kBarHeight; ++row) picture.at(top + row, left + col) = color;
  }
  top += kBarHeight;
  const int n = decades.high - decades.low;
  const int stride = std::max(1, (room * n + width - 1) / width);
  for (int decade = decades.high; decade >= decades.low; decade -= stride) {
    const int col = left + static_cast<int>(std::lround((decade - decades.low) * (width - 1.0) / n));
    for (int row = 0; row < kTick; ++row) picture.at(top + row, col) = {40, 40, 40};
    const std::string label = decade == 0 ? "1" : fmt::format("1e{}", decade);
    const int label_col = col - report::text_width(label, kTextScale) / 2;
    report::draw_text(picture, top + kTick + 3, label_col, label, kTextScale);
  }
}

/// About as many columns as rows, whichever leaves fewer places empty.
int columns_for(int n) {
  const int few = static_cast<int>(std::ceil(std::sqrt(n)));
  const auto empty = [n](int columns) { return (columns - n % columns) % columns; };
  return empty(few + 1) < empty(few) ? few + 1 : few;
}

}  // namespace

PartialFile write_error_maps(const std::string& path, const ErrorMapSubject& subject,
                             std::span<const ErrorMap> maps, std::string_view version) {
  const std::vector<HeaderKey> common = subject_keys(subject, version);
  FitsWriter writer(path);
  if (maps.size() > 1) writer.add_empty(common);
  for (const ErrorMap& map : maps) {
    std::vector<HeaderKey> keys = map_keys(map);
    keys.insert(keys.end(), common.begin(), common.end());
    writer.add_image(map.error.view(), upper(map.rule), keys);
  }
  return writer.finish();
}

report::Picture error_picture(const ErrorMapSubject& subject, std::span<const ErrorMap> maps) {
  const Decades decades = decades_of(subject, maps);
  std::vector<Picture> panels;
  std::vector<std::string> titles;
  int cell_width = 0;
  for (const ErrorMap& map : maps) {
    panels.push_back(panel_of(map, decades));
    titles.push_back(fmt::format("{}  max {:.1e}", map.rule, map.max_error));
    cell_width = std::max({cell_width, panels.back().width(), report::text_width(titles.back(), kTextScale)});
  }
  const int n = static_cast<int>(maps.size());
  const int columns = columns_for(n);
  const int rows = (n + columns - 1) / columns;
  const int cell_height = kLine + panels.front().height() + kGap;
  const int width = columns * (cell_width + kGap) - kGap;
  const int bar_height = kLine + kBarHeight + kTick + kLine;
  Picture picture(width + 2 * kGap, kGap + rows * cell_height + bar_height + kGap);
  for (int k = 0; k < n; ++k) {
    const auto index = static_cast<std::size_t>(k);
    const int top = kGap + k / columns * cell_height;
    const int left = kGap + k % columns * (cell_width + kGap);
    report::draw_text(picture, top, left, titles[index], kTextScale);
    paste(picture, panels[index], top + kLine, left);
  }
  draw_bar(picture, decades, kGap + rows * cell_height, kGap, width);
  return picture;
}

}  // namespace gaxel::io
