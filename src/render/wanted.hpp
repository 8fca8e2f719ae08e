// Which derivatives of a component are wanted, and where they go.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// The parameters of one component that are marked in `flags` (one entry for each of its parameters), in
/// order. Throws InputError, naming `source`, for a constant.
std::vector<std::size_t> wanted_parameters(const Component& component, std::span<const std::uint8_t> flags,
                                           const char* source);

/// Throws InputError unless `flags` has one entry for every parameter of every component.
void check_flags(std::span<const Component> components, std::span<const std::uint8_t> flags,
                 const char* source);

/// Throws InputError unless `direction` has a step for every parameter that is marked in `flags`.
void check_direction(std::span<const std::uint8_t> flags, std::span<const double> direction,
                     const char* source);

}  // namespace gaxel
