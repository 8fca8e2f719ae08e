#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "io/fits_name.hpp"
#include "io/scene_file.hpp"
#include "io/scene_image.hpp"

namespace gaxel::io {

namespace {

/// All keys of scenes that may hold the name of a file.
constexpr std::array<std::pair<const char*, const char*>, 10> kFileKeys{{{"image", "file"},
                                                                         {"noise", "sigma"},
                                                                         {"noise", "variance"},
                                                                         {"noise", "inverse_variance"},
                                                                         {"noise", "weight"},
                                                                         {"noise", "rms"},
                                                                         {"mask", "file"},
                                                                         {"mask", "segmentation"},
                                                                         {"psf", "file"},
                                                                         {"component", "file"}}};

/// Calls visit(name of a file, which it may change) for those in tables and in tables of a list.
template <class Visit>
void for_each_file_name(toml::table& root, Visit visit) {
  for (const auto& [name, key] : kFileKeys) {
    const auto visit_table = [&](toml::table& table) {
      if (toml::value<std::string>* text = table[key].as_string()) visit(*text);
      toml::array* grid = std::string_view(name) == "psf" ? table["grid"].as_array() : nullptr;
      for (std::size_t i = 0; grid != nullptr && i < grid->size(); ++i) {
        toml::table* point = (*grid)[i].as_table();
        if (point == nullptr) continue;
        if (toml::value<std::string>* text = (*point)[key].as_string()) visit(*text);
      }
    };
    if (toml::table* table = root[name].as_table()) visit_table(*table);
    if (!root[name].is_array_of_tables()) continue;
    for (toml::node& item : *root[name].as_array()) visit_table(*item.as_table());
  }
  if (!root["band"].is_array_of_tables()) return;
  for (toml::node& band : *root["band"].as_array()) for_each_file_name(*band.as_table(), visit);
}

/// Whether it stands under a heading of its own.
bool is_headed(const toml::node& node) {
  return node.is_table() || node.is_array_of_tables();
}

/// A table's keys and the tables in it. Plain keys stand before the first table; all keys are known ones by
/// now and need no quotes.
void add_table(const toml::table& table, const std::string& prefix, std::string& text) {
  for (const auto& [key, value] : table) {
    if (!is_headed(value)) text += fmt::format("{} = {}\n", key.str(), toml_text(value));
  }
  for (const auto& [key, node] : table) {
    const std::string name = fmt::format("{}{}", prefix, key.str());
    if (const toml::table* own = node.as_table()) {
      text += fmt::format("\n[{}]\n", name);
      add_table(*own, name + ".", text);
    } else if (node.is_array_of_tables()) {
      for (const toml::node& item : *node.as_array()) {
        text += fmt::format("\n[[{}]]\n", name);
        add_table(*item.as_table(), name + ".", text);
      }
    }
  }
}

}  // namespace

std::vector<std::string> named_files(const TomlFile& file, const std::string& folder) {
  std::vector<std::string> paths;
  toml::table root = file.root;
  for_each_file_name(root, [&](const toml::value<std::string>& text) {
    paths.push_back(absolute_name(text.get(), folder).path);
  });
  return paths;
}

std::string settings_toml(const TomlFile& file, const std::string& folder) {
  toml::table settings = file.root;
  settings.erase("component");
  for_each_file_name(
      settings, [&](toml::value<std::string>& text) { text = absolute_name(text.get(), folder).text(); });
  std::string text;
  add_table(settings, "", text);
  return text;
}

}  // namespace gaxel::io
