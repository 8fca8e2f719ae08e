#include "profile/make_law.hpp"

#include "profile/sersic.hpp"

namespace gaxel {

std::unique_ptr<RadialLaw> make_law(const Component& component) {
  return std::make_unique<SersicLaw>(component.kind->fixed_n.value_or(component.value(Role::kN)));
}

}  // namespace gaxel
