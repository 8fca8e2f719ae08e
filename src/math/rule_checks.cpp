#include "math/rule_checks.hpp"

#include "gaxel/error.hpp"
#include "gaxel/quadrature.hpp"

namespace gaxel {

void check_rule_order(const char* rule, int order) {
  if (order >= 1 && order <= kMaxQuadratureOrder) return;
  throw InputError({rule, "order", std::to_string(order), "number of nodes out of range",
                    "1 to " + std::to_string(kMaxQuadratureOrder)});
}

void check_weights(const char* function, const char* key, const std::vector<double>& nodes,
                   const std::vector<double>& weights) {
  if (nodes.empty()) throw InputError({function, "", "", "a rule without nodes", "1 or more"});
  if (nodes.size() == weights.size()) return;
  throw InputError({function, key, std::to_string(weights.size()) + " values", "not one for each node",
                    std::to_string(nodes.size()) + ", as nodes"});
}

}  // namespace gaxel
