// What a render does for each component.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "integrate/moments.hpp"
#include "render/light.hpp"

namespace gaxel {

/// A component's part of a render: its wanted derivatives, and where they go.
struct Part {
  const Component* component;
  std::vector<Role> roles;           ///< of the wanted parameters
  std::vector<std::size_t> indices;  ///< and which they are
  std::vector<ImageView> derivatives;
  double* gradient = nullptr;
  /// Directions of a second derivative, a step for each of the roles; the second is empty in its transpose.
  std::span<const double> first = {};
  std::span<const double> second = {};
  std::size_t light = 0;  ///< which of the elliptical lights or of the surfaces, and of their plans

  Family family() const { return component->kind->family; }
};

/// The parts of components, of which those parameters are wanted that are marked in `flags` (empty: none).
/// Throws InputError, naming `source`, for invalid components and for derivatives of constants.
std::vector<Part> parts_of(std::span<const Component> components, std::span<const std::uint8_t> flags,
                           const char* source);

/// The lights of the parts of Family::kElliptical, in order.
std::vector<EllipticalLight> lights_of(const std::vector<Part>& parts);

}  // namespace gaxel
