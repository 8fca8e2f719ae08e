// What the quadrature rules check of their input.
#pragma once

#include <string>
#include <vector>

namespace gaxel {

/// Throws InputError unless `order` is 1 to kMaxQuadratureOrder; `rule` is the function's name.
void check_rule_order(const char* rule, int order);

/// Throws InputError unless there are nodes and as many weights, which the argument `key` holds.
void check_weights(const char* function, const char* key, const std::vector<double>& nodes,
                   const std::vector<double>& weights);

}  // namespace gaxel
