// Scenes of any format that gaxel reads.
#pragma once

#include <optional>
#include <string>

#include "io/task.hpp"
#include "legacy/imfit_scene.hpp"

namespace gaxel::legacy {

enum class Format {
  kScene,   ///< gaxel's own, TOML
  kGalfit,  ///< GALFIT or GALFITM
  kImfit
};

/// What is told beside a file.
struct LegacyOptions {
  ImfitInputs imfit;
  std::optional<std::string> band;        ///< of a GALFITM file with several: its label, or its number from 1
  std::optional<std::string> likelihood;  ///< in place of the file's: its name, of LikelihoodOptions
};

/// By what is in the file, whatever it is called. What is neither of the others, or cannot be read, is
/// taken for a scene.
Format detect_format(const std::string& path);

/// As io::load_task, from a file of any format. Options that belong to another format are an
/// InputError. What a file says and scenes cannot is among the task's warnings.
io::Task load_any_task(const std::string& path, const LegacyOptions& options, bool need_data);

/// The scene of a file that is no TOML, for scenes in the folder `target`.
LegacyScene legacy_scene(const std::string& path, Format format, const LegacyOptions& options,
                         const std::string& target, Purpose purpose);

}  // namespace gaxel::legacy
