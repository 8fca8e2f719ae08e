// The commonest check of an argument.
#pragma once

namespace gaxel {

/// Throws InputError{function, name, value, "too small", "min or more"} or its opposite unless min <= value
/// <= max.
void check_range(const char* function, const char* name, int value, int min, int max);

/// The same without an upper limit.
void check_at_least(const char* function, const char* name, int value, int min);

}  // namespace gaxel
