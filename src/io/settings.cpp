#include <array>
#include <filesystem>
#include <sstream>
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

}  // namespace

std::string settings_toml(const TomlFile& file, const std::string& folder) {
  toml::table settings = file.root;
  settings.erase("component");
  for (const auto& [table, key] : kFileKeys) {
    toml::value<std::string>* text = settings[table][key].as_string();
    if (text == nullptr) continue;
    FitsName name = parse_fits_name(text->get());
    name.path =
        std::filesystem::absolute(std::filesystem::path(folder) / name.path).lexically_normal().string();
    *text = name.text();
  }
  std::ostringstream stream;
  stream << settings << '\n';
  return stream.str();
}

}  // namespace gaxel::io
