// What a renderer is asked for, checked.
#pragma once

#include "gaxel/render.hpp"

namespace gaxel {

/// Throws InputError for an empty or too large shape, what is no tolerance, or a negative number of threads.
void check_options(Shape shape, const RenderOptions& options);

}  // namespace gaxel
