// From a component to its radial law.
#pragma once

#include <memory>

#include "gaxel/component.hpp"
#include "profile/radial_law.hpp"

namespace gaxel {

/// The law of a valid component of Family::kElliptical.
std::unique_ptr<RadialLaw> make_law(const Component& component);

}  // namespace gaxel
