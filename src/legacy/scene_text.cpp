#include "legacy/scene_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <limits>
#include <utility>

#include "gaxel/component.hpp"
#include "gaxel/error.hpp"
#include "io/convention.hpp"
#include "io/fits_name.hpp"
#include "io/toml_table.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {

namespace {

namespace fs = std::filesystem;

/// The parameter of a kind that a key of a scene means, where the two have the same unit; else null.
const ParameterSpec* spec_of(const SceneObject& object, std::string_view key) {
  std::vector<std::string_view> keys;
  for (const SceneValue& value : object.values) keys.push_back(value.key);
  const ComponentKind& kind = component_kind(object.type, keys);
  for (const ParameterSpec& spec : kind.parameters) {
    if (io::file_key(spec, false) == key && spec.name == key) return &spec;
  }
  return nullptr;
}

std::string series_text(const SceneSeries& series) {
  const std::string numbers = io::toml_list(series.numbers);
  if (series.form == SceneSeries::Form::kBands) return fmt::format("bands = {}", numbers);
  const auto n_free = std::ranges::count(series.free, 1);
  if (series.form == SceneSeries::Form::kValues)
    return fmt::format("chebyshev = {}, values = {}", n_free, numbers);
  const bool leading = n_free > 0 && std::ranges::is_sorted(series.free, std::greater());
  std::string text = fmt::format("chebyshev = {}, coefficients = {}",
                                 leading ? n_free : std::ssize(series.numbers), numbers);
  if (!leading && n_free > 0) text += fmt::format(", free = [{}]", fmt::join(series.free, ", "));
  return text;
}

/// What stands behind a key of a component.
std::string value_text(const SceneValue& value) {
  if (!value.tie.empty()) return fmt::format("{{ tie = {} }}", toml_string(value.tie));
  std::string limits;
  if (value.fixed && !value.constant) limits += ", fixed = true";
  if (value.common) limits += ", constant = true";
  if (value.min && !value.fixed) limits += fmt::format(", min = {}", io::toml_float(*value.min));
  if (value.max && !value.fixed) limits += fmt::format(", max = {}", io::toml_float(*value.max));
  if (!value.mins.empty() && !value.fixed)
    limits += fmt::format(", min = {}, max = {}", io::toml_list(value.mins), io::toml_list(value.maxs));
  if (!value.limit.empty() && !value.fixed) limits += ", " + value.limit;
  if (value.series) return fmt::format("{{ {}{} }}", series_text(*value.series), limits);
  const std::string plain = io::toml_float(value.value);
  return limits.empty() ? plain : fmt::format("{{ value = {}{} }}", plain, limits);
}

/// RFC 3629: no byte too few or too many, nothing that could be said in fewer, no halves of UTF-16.
bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t n = first < 0x80   ? 1
                          : first < 0xC2 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF5 ? 4
                                         : 0;
    if (n == 0 || i + n > text.size()) return false;
    for (std::size_t k = 1; k < n; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    const auto second = static_cast<unsigned char>(n > 1 ? text[i + 1] : 0);
    const bool short_or_none = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                               (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    if (short_or_none) return false;
    i += n;
  }
  return true;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// For messages: what is not ASCII in hexadecimal.
std::string shown_bytes(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const bool plain = !is_control(c) && static_cast<unsigned char>(c) < 0x80;
    shown += plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return shown;
}

}  // namespace

void SceneSeries::shift(double by) {
  for (double& number : numbers) {
    number += by;
    if (form == Form::kCoefficients) break;  // the first is the constant
  }
}

void SceneSeries::scale(double by) {
  for (double& number : numbers) number *= by;
}

void SceneValue::shift(double by) {
  value += by;
  const bool all = series && series->form == SceneSeries::Form::kBands;
  for (std::size_t i = 0; i < (all ? mins.size() : std::min<std::size_t>(mins.size(), 1)); ++i) {
    mins[i] += by;
    maxs[i] += by;
  }
  if (min) *min += by;
  if (max) *max += by;
  if (series) series->shift(by);
}

void SceneValue::scale(double by) {
  value *= by;
  for (double& end : mins) end *= by;
  for (double& end : maxs) end *= by;
  if (min) *min *= by;
  if (max) *max *= by;
  if (series) series->scale(by);
}

SceneValue* SceneObject::find(std::string_view key) {
  const auto found = std::ranges::find(values, key, &SceneValue::key);
  return found == values.end() ? nullptr : &*found;
}

const SceneValue* SceneObject::find(std::string_view key) const {
  return const_cast<SceneObject*>(this)->find(key);
}

SceneWriter::SceneWriter(std::string source, std::string target)
    : source_(std::move(source)), target_(std::move(target)) {}

void SceneWriter::add(const std::string& text, std::size_t line) {
  scene_.toml += text + "\n";
  scene_.lines.push_back(static_cast<int>(line) + 1);
}

void SceneWriter::table(const std::string& heading, std::size_t line) {
  if (!scene_.toml.empty()) {
    scene_.toml += "\n";
    scene_.lines.push_back(0);
  }
  add(heading, line);
}

void SceneWriter::raw(const std::string& key, const std::string& toml_value, std::size_t line) {
  add(fmt::format("{} = {}", key, toml_value), line);
}

void SceneWriter::number(const std::string& key, double value, std::size_t line) {
  raw(key, io::toml_float(value), line);
}

void SceneWriter::text(const std::string& key, std::string_view value, std::size_t line) {
  raw(key, toml_string(value, key), line);
}

std::string SceneWriter::path_of(const std::string& name) const {
  io::FitsName parsed;
  try {
    parsed = io::parse_fits_name(name);
  } catch (const InputError&) {
    parsed.path = name;
  }
  parsed.path = find_file(parsed.path, source_);
  return parsed.text();
}

void SceneWriter::file(const std::string& key, const std::string& name, std::size_t line) {
  text(key, name_from(path_of(name), target_), line);
}

void SceneWriter::texts(const std::string& key, const std::vector<std::string>& values, std::size_t line) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(toml_string(value, key));
  raw(key, fmt::format("[{}]", fmt::join(quoted, ", ")), line);
}

void SceneWriter::keep_inside(const SceneObject& object, SceneValue& value, const std::string& place) {
  if (value.min && *value.min <= -kEndless) value.min.reset();
  if (value.max && *value.max >= kEndless) value.max.reset();
  for (std::vector<double>* ends : {&value.mins, &value.maxs}) {
    for (double& end : *ends) {
      if (std::abs(end) >= kEndless) end = std::copysign(std::numeric_limits<double>::infinity(), end);
    }
  }
  if (const ParameterSpec* spec = spec_of(object, value.key)) {
    if (value.min && *value.min < spec->min) value.min = spec->min;
    if (value.max && *value.max > spec->max) value.max = spec->max;
  }
  if (value.fixed || !value.tie.empty()) return;
  const double low = value.min.value_or(-std::numeric_limits<double>::infinity());
  const double high = value.max.value_or(std::numeric_limits<double>::infinity());
  const double start = value.value;
  value.value = std::clamp(value.value, low, high);
  double moved_from = start;
  if (value.series && value.series->form != SceneSeries::Form::kCoefficients) {
    for (double& number : value.series->numbers) {
      const double before = number;
      number = std::clamp(number, low, high);
      if (number != before) moved_from = before;
    }
  }
  const double now = std::clamp(moved_from, low, high);
  if (moved_from != now) {
    scene_.warnings.push_back(
        fmt::format("{}: {} of {} starts at {:.6g}, outside its limits; at {:.6g} instead", place, value.key,
                    object.name, moved_from, now));
  }
}

void SceneWriter::component(SceneObject object, const std::string& place) {
  table("[[component]]", object.line);
  text("name", object.name, object.line);
  text("type", object.type, object.line);
  if (!object.psf.empty()) {
    raw("psf", object.psf == "false" ? object.psf : toml_string(object.psf), object.line);
  }
  for (SceneValue& value : object.values) {
    keep_inside(object, value, place);
    raw(value.key, value_text(value), value.line);
  }
  for (const auto& [key, names] : {std::pair{"inner", &object.inner}, std::pair{"outer", &object.outer}}) {
    if (!names->empty()) texts(key, *names, object.line);
  }
}

std::string find_file(const std::string& name, const std::string& folder) {
  std::error_code ignored;  // of names that are too long
  const fs::path beside = fs::path(folder) / name;
  const bool here = !fs::exists(beside, ignored) && fs::exists(name, ignored);
  return here ? name : beside.lexically_normal().string();
}

std::string name_from(const std::string& path, const std::string& target) {
  const fs::path there = fs::absolute(path).lexically_normal();
  const fs::path base = fs::absolute(target.empty() ? "." : target).lexically_normal();
  const fs::path relative = there.lexically_relative(base);
  const bool below = !relative.empty() && relative.begin()->string() != "..";
  return below ? relative.string() : there.string();
}

std::string toml_string(std::string_view text, const std::string& key) {
  if (!is_utf8(text)) {
    throw InputError({"", key, shown_bytes(text), "not UTF-8, which scenes are written in",
                      "a name in UTF-8; a link of another name, if it is that of a file"});
  }
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (is_control(c)) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace gaxel::legacy
