// The multi-Gaussian expansion (Emsellem, Monnet & Bacon 1994, A&A 285, 723; Cappellari 2002, MNRAS 333,
// 400).
#pragma once

#include <span>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// Parameters of n Gaussians with common centre, axis ratio and direction: x, y, flux1 .. fluxn, sigma_min,
/// sigma_max, q, theta. The dispersions along the major axis are spaced evenly in their logarithm from
/// sigma_min to sigma_max (n = 1: sigma_min) and are constants, so that the expansion is linear in what is
/// fitted but for its place and ellipse.
std::span<const ParameterSpec> multi_gaussian_parameters(int n);

/// The Gaussians of a component whose kind has those parameters. Throws InputError unless sigma_min <
/// sigma_max (n = 1: <=).
std::vector<ComponentShare> multi_gaussian_parts(const Component& component);

inline constexpr int kMaxGaussians = 40;

}  // namespace gaxel
