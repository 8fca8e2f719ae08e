// Text files that people write, read whole.
#pragma once

#include <string>

namespace gaxel::io {

/// What a file is to be, for messages.
struct TextKind {
  const char* name;       ///< "a scene file"
  const char* too_large;  ///< "the file is too large for a scene"
  const char* allowed;    ///< "a TOML file below 16 MiB"
};

/// Throws InputError (source = path) when the file is missing, a folder or another thing than a file, cannot
/// be read, or is above 16 MiB.
std::string read_text_file(const std::string& path, const TextKind& kind);

}  // namespace gaxel::io
