#include "profile/make_law.hpp"

namespace gaxel {

std::unique_ptr<RadialLaw> make_law(const Component& component) {
  return component.kind->make_law(component);
}

}  // namespace gaxel
