// Typed access to the tables of a TOML file, with errors that name file, line, key, value and what is
// allowed.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel::io {

/// What a number may be. Ends are included unless `above` says that min itself is too small.
struct NumberRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  bool above = false;

  bool holds(double value) const { return value <= max && (above ? value > min : value >= min); }
  std::string text() const;  ///< "a number from 0.1 to 20"
};

/// A TOML file, parsed. Lives longer than the TomlTables that look into it.
struct TomlFile {
  std::string path;  ///< as given
  toml::table root;
  /// Of text that was made from another file, which `path` names: for each line that of the other file, from
  /// 1; 0: none. Empty: the text is the file's own.
  std::vector<int> lines = {};
};

/// TOML that is not in a file; the rest as in TomlFile. Throws InputError for text that is not TOML.
TomlFile parse_toml(const std::string& text, const std::string& path, std::vector<int> lines = {});

/// Throws InputError (source = path, with the line for syntax errors) when the file is missing, a folder,
/// unreadable, larger than any scene, not TOML, or empty.
TomlFile read_toml(const std::string& path);

/// A float, which TOML tells from integers by a point or an exponent.
std::string toml_float(double value);
std::string toml_list(const std::vector<double>& values);

/// A value as it would stand in a file, on one line; numbers with as few digits as read back the same.
std::string toml_text(const toml::node& node);

/// A view of one table. Every getter throws InputError when the key is there but its value is not of the
/// type.
class TomlTable {
 public:
  /// `name` begins the keys in messages: "noise" makes "noise.sigma"; empty for the root.
  TomlTable(const TomlFile& file, const toml::table& table, std::string name)
      : file_(&file), table_(&table), name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  bool has(std::string_view key) const { return table_->contains(key); }
  bool is_table(std::string_view key) const;
  bool is_text(std::string_view key) const;
  bool is_number(std::string_view key) const;
  bool is_truth(std::string_view key) const;
  bool is_list(std::string_view key) const;

  /// The keys that the table has.
  std::vector<std::string> keys() const;

  /// Throws for the first key not in `keys`, with the nearest of them.
  void allow_only(std::span<const std::string_view> keys) const;

  std::optional<std::string> text(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::optional<double> number(std::string_view key, const NumberRange& range = {}) const;
  std::optional<int> integer(std::string_view key, int min, int max) const;
  /// Lists; `count` 0: any length above 0.
  std::optional<std::vector<int>> integers(std::string_view key, std::size_t count, int min, int max) const;
  std::optional<std::vector<double>> numbers(std::string_view key, std::size_t count,
                                             bool may_be_infinite = false) const;
  /// A list of texts; empty where the key is not there.
  std::vector<std::string> texts(std::string_view key) const;
  std::optional<TomlTable> table(std::string_view key) const;
  /// The tables of [[key]], named "key 1", "key 2", ...; empty when there are none.
  std::vector<TomlTable> tables(std::string_view key) const;

  /// Throws about a key (or about the table itself when `key` is empty), with its line and value where it
  /// exists.
  [[noreturn]] void fail(std::string_view key, const std::string& what,
                         const std::string& allowed = "") const;

  /// Runs `read`; an InputError of a lower layer comes out as one about `key` that keeps what it said.
  void relate(std::string_view key, const std::function<void()>& read) const;

 private:
  std::string full_key(std::string_view key) const;

  const TomlFile* file_;
  const toml::table* table_;
  std::string name_;
};

}  // namespace gaxel::io
