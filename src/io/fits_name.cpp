#include "io/fits_name.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace {

constexpr std::string_view kForms =
    "\"file.fits\" with, at its end, an extension as [1], [SCI] or [SCI,2] and a section as [x1:x2,y1:y2]";

std::optional<int> to_int(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

[[noreturn]] void fail(const std::string& text, const std::string& what) {
  throw InputError({"", "", fmt::format("\"{}\"", text), what, std::string(kForms)});
}

Section parse_section(std::string_view group, const std::string& text) {
  std::vector<int> ends;
  const std::vector<std::string_view> ranges = split(group, ',');
  if (ranges.size() > 2)
    fail(text, fmt::format("[{}] has {} axes: planes of cubes are not read, save one as an image", group,
                           ranges.size()));
  if (group.find('*') != std::string_view::npos)
    fail(text, fmt::format("[{}]: whole axes (*) are not read, give first and last pixels", group));
  for (const std::string_view range : ranges) {
    if (split(range, ':').size() > 2) fail(text, fmt::format("[{}]: steps are not read", group));
    for (const std::string_view end : split(range, ':')) {
      const std::optional<int> value = to_int(end);
      if (!value) fail(text, fmt::format("[{}] is not a section", group));
      ends.push_back(*value);
    }
    if (ends.size() % 2 != 0) fail(text, fmt::format("[{}] is not a section", group));
  }
  if (ends.size() != 4) fail(text, fmt::format("[{}] is not a section of two axes", group));
  const Section section{ends[0], ends[1], ends[2], ends[3]};
  if (section.x1 < 1 || section.y1 < 1 || section.x2 < section.x1 || section.y2 < section.y1) {
    fail(text, fmt::format("the section [{}] does not run upwards from 1 or more", group));
  }
  return section;
}

void parse_extension(std::string_view group, const std::string& text, FitsName& name) {
  const std::vector<std::string_view> parts = split(group, ',');
  const std::optional<int> number = to_int(parts[0]);
  if (parts.size() > 2 || parts[0].empty()) fail(text, fmt::format("[{}] is not an extension", group));
  if (number && parts.size() == 1) {
    if (*number < 0) fail(text, "extensions are counted from 0, the primary one");
    name.hdu = number;
    return;
  }
  if (parts[0].find_first_of("*?()=<>#&|'\"") != std::string_view::npos) {
    fail(text, fmt::format("[{}] is neither an extension nor a section", group));
  }
  name.extname = parts[0];
  if (parts.size() == 2) {
    name.extver = to_int(parts[1]);
    if (!name.extver) fail(text, fmt::format("\"{}\" is not the number of a version", parts[1]));
  }
}

bool is_section(std::string_view group) {
  return group.find(':') != std::string_view::npos ||
         (group.find('*') != std::string_view::npos &&
          group.find_first_not_of("*-,0123456789") == std::string_view::npos);
}

/// Takes the bracketed group at the end off `path`, if there is one.
std::optional<std::string_view> take_group(std::string_view& path) {
  if (path.empty() || path.back() != ']') return std::nullopt;
  const std::size_t open = path.rfind('[');
  if (open == std::string_view::npos) return std::nullopt;
  const std::string_view group = path.substr(open + 1, path.size() - open - 2);
  path = path.substr(0, open);
  return group;
}

}  // namespace

std::string FitsName::extension_text() const {
  if (hdu) return fmt::format("[{}]", *hdu);
  if (extname.empty()) return "";
  return extver ? fmt::format("[{},{}]", extname, *extver) : fmt::format("[{}]", extname);
}

std::string FitsName::text() const {
  std::string text = path + extension_text();
  if (section) text += fmt::format("[{}:{},{}:{}]", section->x1, section->x2, section->y1, section->y2);
  return text;
}

FitsName parse_fits_name(const std::string& text) {
  std::string_view path = text;
  FitsName name;
  std::optional<std::string_view> group = take_group(path);
  if (group && is_section(*group)) {
    name.section = parse_section(*group, text);
    group = take_group(path);
  }
  if (group) {
    if (is_section(*group)) fail(text, "two sections");
    parse_extension(*group, text, name);
    if (take_group(path)) fail(text, "too many bracketed groups");
  }
  if (path.empty()) fail(text, "the name of a file is missing");
  name.path = path;
  return name;
}

}  // namespace gaxel::io
