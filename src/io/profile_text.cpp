#include "io/profile_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "io/component_keys.hpp"
#include "io/scene_file.hpp"

namespace gaxel::io {
namespace {

constexpr double kUsualFlux = 1000.0;
constexpr std::string_view kZeropoint = "zeropoint";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',', begin)) {
    parts.push_back(trimmed(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

Component seed_galaxy(Shape shape) {
  const ComponentKind& kind = component_kind("sersic");
  Component galaxy{&kind, std::vector<double>(kind.parameters.size())};
  const auto set = [&](Role role, double value) {
    galaxy.values[static_cast<std::size_t>(kind.index_of(role))] = value;
  };
  set(Role::kX, 0.5 * (shape.nx - 1) + 0.2);
  set(Role::kY, 0.5 * (shape.ny - 1) + 0.3);
  set(Role::kFlux, kUsualFlux);
  set(Role::kRe, std::pow(10.0, 0.9));
  set(Role::kN, std::pow(10.0, 0.7));
  set(Role::kQ, 0.1);
  set(Role::kTheta, 0.1);
  return galaxy;
}

/// One profile becomes a scene of one component, which the reader of scene files checks and converts.
class ProfileReader {
 public:
  ProfileReader(const std::string& source, Shape shape) : shape_(shape) { file_.path = source; }

  Component read(const std::string& text, std::vector<std::string>& warnings) {
    const std::vector<std::string_view> parts = split(text);
    read_kind(parts.front());
    for (std::size_t i = 1; i < parts.size(); ++i) read_pair(parts[i]);
    check_light();
    // What stands there already stays.
    if (!table_.contains("mag")) table_.insert("flux", kUsualFlux);
    table_.insert("x", 0.5 * (shape_.nx + 1));
    table_.insert("y", 0.5 * (shape_.ny + 1));
    table_.insert("q", 1.0);
    table_.insert("pa", 0.0);
    file_.root.insert("component", toml::array{table_});
    const SceneFrame frame{{{}, {zeropoint_, 1.0}}, shape_, nullptr, {}, false};
    const Scene scene = read_scene(TomlTable(file_, file_.root, ""), frame, warnings);
    Component component = scene.render_list().front();
    if (component.value(Role::kFlux) == 0.0) {
      fail("flux", "0", "errors are fractions of the flux", "any other number");
    }
    return component;
  }

 private:
  [[noreturn]] void fail(std::string_view key, std::string_view value, const std::string& what,
                         const std::string& allowed) const {
    const std::string place = name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
    throw InputError({file_.path, key.empty() ? name_ : place, std::string(value), what, allowed});
  }

  void read_kind(std::string_view word) {
    std::vector<std::string_view> names;
    for (const ComponentKind& kind : component_kinds()) {
      if (kind.family != Family::kElliptical) continue;
      names.push_back(kind.name);
      if (kind.name == word) keys_ = component_keys(kind);
    }
    if (keys_.empty()) {
      if (word == kSeedProfile) fail("type", word, "this galaxy is given whole", "seed without keys");
      names.push_back(kSeedProfile);
      fail("type", fmt::format("\"{}\"", word), "there is no such profile", suggestion(word, names));
    }
    name_ = word;
    table_.insert("type", name_);
    table_.insert("name", name_);
    std::erase_if(keys_, [](std::string_view key) {
      return key == "type" || key == "name" || key == "ra" || key == "dec";
    });
    keys_.push_back(kZeropoint);
  }

  void read_pair(std::string_view pair) {
    const std::size_t equals = pair.find('=');
    const std::string_view key = trimmed(pair.substr(0, equals));
    if (key.empty()) fail("", "", "a key is missing", "key=number after each comma");
    if (std::ranges::find(keys_, key) == keys_.end()) fail(key, "", "unknown key", suggestion(key, keys_));
    if (equals == std::string_view::npos) fail(key, "", "has no value", fmt::format("{}=number", key));
    const std::string_view text = trimmed(pair.substr(equals + 1));
    const double value = number(key, text);
    const bool is_new =
        key == kZeropoint ? !std::exchange(zeropoint_, value) : table_.insert(key, value).second;
    if (!is_new) fail(key, text, "given twice", "once");
  }

  double number(std::string_view key, std::string_view text) const {
    double value = 0.0;
    const char* begin = text.data();
    const char* end = begin + text.size();
    const auto [stop, error] = std::from_chars(begin, end, value);
    if (error != std::errc() || stop != end || !std::isfinite(value)) {
      fail(key, fmt::format("\"{}\"", text), "not a finite number", "such as 2.5 or 1e3");
    }
    return value;
  }

  void check_light() const {
    if (table_.contains("mag") && !zeropoint_) {
      fail("mag", "", "a magnitude needs a zero point", "zeropoint=number, or flux in place of mag");
    }
    if (zeropoint_ && !table_.contains("mag")) {
      fail(kZeropoint, "", "there is no magnitude that it belongs to", "mag=number, or no zeropoint");
    }
  }

  Shape shape_;
  TomlFile file_;
  toml::table table_;
  std::string name_;
  std::vector<std::string_view> keys_;
  std::optional<double> zeropoint_;
};

}  // namespace

Component read_profile(const std::string& source, const std::string& text, Shape shape,
                       std::vector<std::string>& warnings) {
  if (trimmed(text) == kSeedProfile) return seed_galaxy(shape);
  return ProfileReader(source, shape).read(text, warnings);
}

}  // namespace gaxel::io
