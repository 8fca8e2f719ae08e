// The options that give a kind of component another shape.
#pragma once

#include <span>

#include "profile/kind_options.hpp"

namespace gaxel {

/// In the order in which they are written in a kind's name.
std::span<const KindOption> shape_options();

}  // namespace gaxel
