#include "io/toml_table.hpp"

#include <fmt/format.h>

#include <cmath>
#include <sstream>
#include <utility>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "io/text_file.hpp"

namespace gaxel::io {

namespace {

/// A value for messages. Long ones lose their middle: the end of a path is what tells files apart.
std::string shown(const toml::node& node) {
  constexpr std::size_t kLongest = 120;
  std::string text = toml_text(node);
  if (text.size() > kLongest) text.replace(kLongest / 2, text.size() - kLongest, "...");
  return text;
}

}  // namespace

std::string toml_float(double value) {
  std::string text = fmt::format("{}", value);
  // TOML tells floats from integers by a point, an exponent, or the names of what is not finite.
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string toml_list(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + toml_float(value);
  return "[" + text + "]";
}

std::string toml_text(const toml::node& node) {
  std::string text;
  const auto item = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& element : *list) item(toml_text(element));
    return "[" + text + "]";
  }
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) item(fmt::format("{} = {}", key.str(), toml_text(value)));
    return text.empty() ? "{}" : "{ " + text + " }";
  }
  if (const toml::value<double>* number = node.as_floating_point()) return toml_float(number->get());
  std::ostringstream stream;
  node.visit([&stream](const auto& value) { stream << value; });
  return stream.str();
}

std::string NumberRange::text() const {
  const bool low = std::isfinite(min);
  const bool high = std::isfinite(max);
  const std::string from = fmt::format("{} {}", above ? "above" : "from", min);
  if (low && high) return fmt::format("a number {} to {}", from, max);
  if (low) return above ? fmt::format("a number {}", from) : fmt::format("a number of at least {}", min);
  if (high) return fmt::format("a number of at most {}", max);
  return "a finite number";
}

TomlFile parse_toml(const std::string& text, const std::string& path, std::vector<int> lines) {
  TomlFile file{path, {}, std::move(lines)};
  try {
    file.root = toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    throw InputError({fmt::format("{}:{}", path, error.source().begin.line), "", "",
                      fmt::format("not valid TOML: {}", error.description()), "see toml.io for the syntax"});
  }
  return file;
}

TomlFile read_toml(const std::string& path) {
  const std::string text =
      read_text_file(path, {"a scene file", "the file is too large for a scene", "a TOML file below 16 MiB"});
  if (text.starts_with("SIMPLE  =")) {
    throw InputError({path, "", "", "this is a FITS image, not a scene",
                      "a scene file that names it: [image] file = \"...\"; gaxel inspect shows images"});
  }
  TomlFile file = parse_toml(text, path);
  if (file.root.empty()) {
    throw InputError(
        {path, "", "", "the file is empty", "a scene: [image], [noise] and [[component]] tables"});
  }
  return file;
}

std::string TomlTable::full_key(std::string_view key) const {
  if (name_.empty() || key.empty()) return name_.empty() ? std::string(key) : name_;
  return fmt::format("{}.{}", name_, key);
}

bool TomlTable::is_table(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr && node->is_table();
}

bool TomlTable::is_text(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr && node->is_string();
}

bool TomlTable::is_list(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr && node->is_array();
}

bool TomlTable::is_truth(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr && node->is_boolean();
}

bool TomlTable::is_number(std::string_view key) const {
  const toml::node* node = table_->get(key);
  return node != nullptr && node->is_number();
}

void TomlTable::fail(std::string_view key, const std::string& what, const std::string& allowed) const {
  const toml::node* node = key.empty() ? table_ : table_->get(key);
  std::size_t line = (node == nullptr ? table_ : node)->source().begin.line;
  if (line > 0 && line <= file_->lines.size()) line = static_cast<std::size_t>(file_->lines[line - 1]);
  const bool headed =
      node != nullptr && (node->is_array_of_tables() || (node->is_table() && !node->as_table()->is_inline()));
  const bool show_value = node != nullptr && !key.empty() && !headed;
  throw InputError({line > 0 ? fmt::format("{}:{}", file_->path, line) : file_->path, full_key(key),
                    show_value ? shown(*node) : "", what, allowed});
}

void TomlTable::relate(std::string_view key, const std::function<void()>& read) const {
  try {
    read();
  } catch (const InputError& error) {
    const InputProblem& problem = error.problem();
    const std::string& source = problem.source;
    const bool names_key = source == file_->path && !problem.key.empty();
    if (names_key || source.starts_with(file_->path + ":")) throw;  // about the scene already
    // The key that the message begins with anyway, with its value, is not said twice.
    const bool is_key = problem.key == key;
    std::string place = is_key || problem.key == name_ ? "" : problem.key;
    if (!is_key && !problem.value.empty() && !problem.key.empty())
      place += (place.empty() ? "" : " = ") + problem.value;
    fail(key, place.empty() ? problem.what : fmt::format("{}: {}", place, problem.what), problem.allowed);
  }
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, node] : *table_) keys.emplace_back(key.str());
  return keys;
}

void TomlTable::allow_only(std::span<const std::string_view> keys) const {
  for (const auto& [key, node] : *table_) {
    const std::string_view name = key.str();
    bool known = false;
    for (const std::string_view allowed : keys) known = known || allowed == name;
    if (!known) fail(name, "unknown key", suggestion(name, keys));
  }
}

std::optional<std::string> TomlTable::text(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) fail(key, "wrong type", "a string in quotes");
  std::string value = node->ref<std::string>();
  if (value.find('\0') != std::string::npos) fail(key, "the string holds a zero byte");
  return value;
}

std::optional<bool> TomlTable::boolean(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_boolean()) fail(key, "wrong type", "true or false");
  return node->ref<bool>();
}

std::optional<double> TomlTable::number(std::string_view key, const NumberRange& range) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_number()) fail(key, "wrong type", range.text());
  const double value = *node->value<double>();
  if (!std::isfinite(value)) fail(key, "not a finite number", range.text());
  if (!range.holds(value)) fail(key, "out of range", range.text());
  return value;
}

std::optional<int> TomlTable::integer(std::string_view key, int min, int max) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  const std::string allowed = fmt::format("a whole number from {} to {}", min, max);
  if (!node->is_integer()) fail(key, "wrong type", allowed);
  const std::int64_t value = node->ref<std::int64_t>();
  if (value < min || value > max) fail(key, "out of range", allowed);
  return static_cast<int>(value);
}

std::optional<std::vector<int>> TomlTable::integers(std::string_view key, std::size_t count, int min,
                                                    int max) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  const std::string allowed =
      fmt::format("a list of {} from {} to {}",
                  count == 0 ? "whole numbers" : fmt::format("{} whole numbers", count), min, max);
  const toml::array* list = node->as_array();
  if (list == nullptr || list->empty()) fail(key, "wrong type", allowed);
  if (count != 0 && list->size() != count) fail(key, fmt::format("{} numbers given", list->size()), allowed);
  std::vector<int> values;
  for (const toml::node& item : *list) {
    if (!item.is_integer()) fail(key, "wrong type", allowed);
    const std::int64_t value = item.ref<std::int64_t>();
    if (value < min || value > max) fail(key, fmt::format("{} is out of range", value), allowed);
    values.push_back(static_cast<int>(value));
  }
  return values;
}

std::optional<std::vector<double>> TomlTable::numbers(std::string_view key, std::size_t count,
                                                      bool may_be_infinite) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  const std::string allowed =
      count == 0 ? "a list of finite numbers" : fmt::format("a list of {} finite numbers", count);
  const toml::array* list = node->as_array();
  if (list == nullptr) fail(key, "wrong type", allowed);
  if (list->empty() || (count != 0 && list->size() != count))
    fail(key, fmt::format("{} numbers given", list->size()), allowed);
  std::vector<double> values;
  for (const toml::node& item : *list) {
    if (!item.is_number()) fail(key, "wrong type", allowed);
    values.push_back(*item.value<double>());
    const bool allowed_infinity = may_be_infinite && std::isinf(values.back());
    if (!std::isfinite(values.back()) && !allowed_infinity) fail(key, "not a finite number", allowed);
  }
  return values;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return {};
  const std::string allowed = "a list of names";
  const toml::array* list = node->as_array();
  if (list == nullptr) fail(key, "wrong type", allowed);
  std::vector<std::string> texts;
  for (const toml::node& item : *list) {
    if (!item.is_string()) fail(key, "wrong type", allowed);
    texts.push_back(*item.value<std::string>());
  }
  return texts;
}

std::optional<TomlTable> TomlTable::table(std::string_view key) const {
  const toml::node* node = table_->get(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_table())
    fail(key, "wrong type", fmt::format("a table, as [{}] followed by its keys", full_key(key)));
  return TomlTable(*file_, *node->as_table(), full_key(key));
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  const toml::node* node = table_->get(key);
  std::vector<TomlTable> tables;
  if (node == nullptr) return tables;
  const toml::array* list = node->as_array();
  if (list == nullptr) fail(key, "wrong type", fmt::format("tables that each begin with [[{}]]", key));
  for (const toml::node& item : *list) {
    if (!item.is_table()) fail(key, "wrong type", fmt::format("tables that each begin with [[{}]]", key));
    tables.emplace_back(*file_, *item.as_table(), fmt::format("{} {}", key, tables.size() + 1));
  }
  return tables;
}

}  // namespace gaxel::io
