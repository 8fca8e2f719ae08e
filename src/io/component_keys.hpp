// The keys that a [[component]] of a kind may have.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel::io {

/// In the order of the documentation: type, name, psf, the file of an image, the parameters' keys, and their
/// alternatives (mag; ra and dec), the keys that would turn an option on.
std::vector<std::string_view> component_keys(const ComponentKind& kind);

/// "\"sersic\", \"exponential\", ...".
std::string kinds_text();

}  // namespace gaxel::io
