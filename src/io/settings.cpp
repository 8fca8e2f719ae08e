#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <string>
#include <utility>

#include "io/fits_name.hpp"
#include "io/scene_file.hpp"

namespace gaxel::io {

namespace {

/// All keys of scenes that may hold the name of a file.
constexpr std::array<std::pair<const char*, const char*>, 9> kFileKeys{{{"image", "file"},
                                                                        {"noise", "sigma"},
                                                                        {"noise", "variance"},
                                                                        {"noise", "inverse_variance"},
                                                                        {"noise", "weight"},
                                                                        {"noise", "rms"},
                                                                        {"mask", "file"},
                                                                        {"mask", "segmentation"},
                                                                        {"psf", "file"}}};

/// The name in a scene of that folder, its path made absolute.
FitsName absolute_name(const std::string& text, const std::string& folder) {
  FitsName name = parse_fits_name(text);
  name.path =
      std::filesystem::absolute(std::filesystem::path(folder) / name.path).lexically_normal().string();
  return name;
}

/// The entries of psf.grid that name a file.
template <typename Table, typename Change>
void for_each_grid_file(Table& root, const Change& change) {
  auto* grid = root["psf"]["grid"].as_array();
  if (grid == nullptr) return;
  for (auto& point : *grid) {
    auto* table = point.as_table();
    auto* text = table == nullptr ? nullptr : (*table)["file"].as_string();
    if (text != nullptr) change(*text);
  }
}

}  // namespace

std::vector<std::string> named_files(const TomlFile& file, const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& [table, key] : kFileKeys) {
    const toml::value<std::string>* text = file.root[table][key].as_string();
    if (text != nullptr) paths.push_back(absolute_name(text->get(), folder).path);
  }
  for_each_grid_file(file.root,
                     [&](const auto& text) { paths.push_back(absolute_name(text.get(), folder).path); });
  return paths;
}

std::string settings_toml(const TomlFile& file, const std::string& folder) {
  toml::table settings = file.root;
  settings.erase("component");
  for (const auto& [table, key] : kFileKeys) {
    toml::value<std::string>* text = settings[table][key].as_string();
    if (text == nullptr) continue;
    *text = absolute_name(text->get(), folder).text();
  }
  for_each_grid_file(settings, [&](auto& text) { text = absolute_name(text.get(), folder).text(); });
  // Plain keys stand before the first table; all keys are known ones by now and need no quotes.
  std::string text;
  for (const auto& [key, value] : settings) {
    if (!value.is_table()) text += fmt::format("{} = {}\n", key.str(), toml_text(value));
  }
  for (const auto& [name, table] : settings) {
    if (!table.is_table()) continue;
    text += fmt::format("\n[{}]\n", name.str());
    for (const auto& [key, value] : *table.as_table())
      text += fmt::format("{} = {}\n", key.str(), toml_text(value));
  }
  return text;
}

}  // namespace gaxel::io
