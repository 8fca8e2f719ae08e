// Files of one format turned into another.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "legacy/load.hpp"

namespace gaxel::legacy {

struct Conversion {
  std::vector<std::pair<std::string, std::string>>
      files;                        ///< path, content; that which was asked for is last
  std::vector<std::string> losses;  ///< what the input says and the output cannot
  std::vector<std::string> warnings;
  std::vector<std::string> notes;
};

/// Reads `input`, of any format, and makes the file that is to lie at `output`; nothing is written. `to`:
/// "galfit", "galfitm", "imfit" or "toml". Throws InputError for input that cannot be read, and for scenes
/// that are to become scenes.
Conversion convert(const std::string& input, const LegacyOptions& options, const std::string& output,
                   std::string_view to);

}  // namespace gaxel::legacy
