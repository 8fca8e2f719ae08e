// What gaxel makes of another program's file.
#pragma once

#include <string>

#include "fuzz/fuzz_target.hpp"
#include "io/toml_table.hpp"
#include "legacy/convert.hpp"

namespace gaxel::fuzz {

/// Reads a file for a fit and for a rendering, and converts it into every format. Scenes that come out must
/// be TOML.
inline void convert_and_load(const std::string& path, const legacy::LegacyOptions& options) {
  for (const bool need_data : {true, false})
    accepts([&] { legacy::load_any_task(path, options, need_data); });
  for (const char* to : {"toml", "galfit", "galfitm", "imfit"}) {
    legacy::Conversion result;
    if (!accepts([&] { result = legacy::convert(path, options, path + ".out", to); })) continue;
    if (to == std::string_view("toml"))
      require(accepts([&] { io::parse_toml(result.files.back().second, path); }));
  }
}

}  // namespace gaxel::fuzz
