// What a renderer is asked for, checked.
#pragma once

#include <string>

#include "gaxel/render.hpp"

namespace gaxel {

/// Whether it is a tolerance: one of 1 or more promises nothing. Relative ones are above 0.
inline bool is_rtol(double rtol) {
  return rtol > 0.0 && rtol < 1.0;
}
inline bool is_atol(double atol) {
  return atol >= 0.0 && atol < 1.0;
}

/// Throws InputError for rtol or atol that is no tolerance, their keys after `prefix`, as "--".
void check_tolerance(const Tolerance& tolerance, const std::string& source, const std::string& prefix = "");

/// Throws InputError for an empty or too large shape, what is no tolerance, or a negative number of threads.
void check_options(Shape shape, const RenderOptions& options);

}  // namespace gaxel
