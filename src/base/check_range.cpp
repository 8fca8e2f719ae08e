#include "base/check_range.hpp"

#include <string>

#include "gaxel/error.hpp"

namespace gaxel {

void check_range(const char* function, const char* name, int value, int min, int max) {
  if (value >= min && value <= max) return;
  throw InputError({function, name, std::to_string(value), value < min ? "too small" : "too large",
                    std::to_string(min) + " to " + std::to_string(max)});
}

void check_at_least(const char* function, const char* name, int value, int min) {
  if (value >= min) return;
  throw InputError({function, name, std::to_string(value), "too small", std::to_string(min) + " or more"});
}

}  // namespace gaxel
