// What the products of rules check of their input.
#pragma once

#include <vector>

namespace gaxel {

/// Throws InputError unless there are nodes and as many weights, which the argument `key` holds.
void check_weights(const char* function, const char* key, const std::vector<double>& nodes,
                   const std::vector<double>& weights);

}  // namespace gaxel
