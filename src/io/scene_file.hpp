// [[component]] tables of a scene file: from the conventions of files to those inside gaxel.
#pragma once

#include <string>
#include <vector>

#include "gaxel/scene.hpp"
#include "io/convention.hpp"
#include "io/toml_table.hpp"

namespace gaxel::io {

/// A band as the components' numbers refer to it.
struct SceneBand {
  std::string name;
  double wavelength;
  FileFrame file;
};

/// What the components' numbers refer to.
struct SceneFrame {
  FileFrame file;                       ///< of the first band
  Shape shape;                          ///< of the region
  const HeaderCards* header = nullptr;  ///< of the image, for ra and dec; null when there is none
  std::vector<std::string> psfs;        ///< names of the PSFs
  bool estimate = true;                 ///< what is not given may be estimated from the image
  std::string folder = {};              ///< of the scene file
  std::vector<SceneBand> bands = {};    ///< all
};

/// Reads all components. Throws InputError for unknown kinds and keys (with the nearest), values of the wrong
/// type, out of range or out of their bounds, names used twice, files that cannot be read or hold no light,
/// and for what can neither be read nor estimated. Components whose centre lies outside the region are told
/// of in `warnings`.
Scene read_scene(const TomlTable& root, const SceneFrame& frame, std::vector<std::string>& warnings);

/// The file's tables and keys but for [[component]], as TOML that reads back the same; names of files are
/// made absolute.
std::string settings_toml(const TomlFile& file, const std::string& folder);

/// Paths of all FITS files that the scene names, whether they exist or not.
std::vector<std::string> named_files(const TomlFile& file, const std::string& folder);

}  // namespace gaxel::io
