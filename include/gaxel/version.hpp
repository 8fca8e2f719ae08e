// Which gaxel a program runs with.
#pragma once

#include <string_view>

namespace gaxel {

/// Of the library as it is loaded: "major.minor.patch".
std::string_view version();

}  // namespace gaxel
