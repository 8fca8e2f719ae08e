#include "profile/check_shapes.hpp"

#include <vector>

#include "profile/brightness.hpp"
#include "profile/shape_chain.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

void check_shapes(const Component& component) {
  const ComponentKind& kind = *component.kind;
  if (kind.parts != nullptr) static_cast<void>(kind.parts(component));
  if (kind.row != nullptr && !kind.options.empty()) {
    static_cast<void>(ShapeChain<double>(ShapeLayout(kind), component.values.data()));
  }
  if (kind.max_count > 0 && kind.base().make_surface_law != nullptr) {
    static_cast<void>(kind.base().make_surface_law(law_shapes(component).values));
  }
}

}  // namespace gaxel
