#include "legacy/convert.hpp"

#include <filesystem>

#include "gaxel/error.hpp"
#include "legacy/load.hpp"
#include "legacy/to_galfit.hpp"
#include "legacy/to_imfit.hpp"

namespace gaxel::legacy {

namespace {

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

Conversion convert(const std::string& input, const LegacyOptions& options, const std::string& output,
                   std::string_view to) {
  Conversion result;
  const Format from = detect_format(input);
  io::TomlFile scene;
  if (from == Format::kScene) {
    if (to == "toml")
      throw InputError({input, "--to", std::string(to), "it is a scene already", "galfit, galfitm or imfit"});
    scene = io::read_toml(input);
  } else {
    const std::string target = folder_of(to == "toml" ? output : input);
    LegacyScene made = legacy_scene(input, from, options, target, Purpose::kKeep);
    result.losses = std::move(made.losses);
    result.warnings = std::move(made.warnings);
    result.notes = std::move(made.notes);
    if (to == "toml") {
      result.files.emplace_back(output, std::move(made.toml));
      return result;
    }
    scene = io::parse_toml(made.toml, input, std::move(made.lines));
  }
  LegacyText text;
  if (to == "imfit") {
    const SceneSource source = read_source(scene);
    result.notes.insert(result.notes.end(), source.notes.begin(), source.notes.end());
    text = to_imfit(source);
  } else {
    std::vector<SceneSource> sources = read_sources(scene);
    for (const SceneSource& source : sources)
      result.notes.insert(result.notes.end(), source.notes.begin(), source.notes.end());
    text = to_galfit(std::move(sources), output,
                     to == "galfit" ? GalfitDialect::kGalfit : GalfitDialect::kGalfitm);
  }
  result.losses.insert(result.losses.end(), text.losses.begin(), text.losses.end());
  result.files = std::move(text.others);
  result.files.emplace_back(output, std::move(text.text));
  return result;
}

}  // namespace gaxel::legacy
