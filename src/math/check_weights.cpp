#include "math/check_weights.hpp"

#include <string>

#include "gaxel/error.hpp"

namespace gaxel {

void check_weights(const char* function, const char* key, const std::vector<double>& nodes,
                   const std::vector<double>& weights) {
  if (nodes.empty()) throw InputError({function, "nodes", "none", "a rule without nodes", "1 or more"});
  if (nodes.size() == weights.size()) return;
  throw InputError({function, key, std::to_string(weights.size()) + " values", "not one for each node",
                    std::to_string(nodes.size()) + ", as nodes"});
}

}  // namespace gaxel
