// A component taken out of a list, with what it refers to.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// The component `which` with the truncations that cut it, as a list of their own; it comes first.
std::vector<Component> with_truncations(std::span<const Component> all, std::size_t which);

}  // namespace gaxel
