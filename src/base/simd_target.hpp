// Which instruction set the vectorised functions use. For tests and benchmarks: by default the best one that
// the machine has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gaxel {

/// Names of the instruction sets that this program has and this machine runs, best first: "AVX3" (AVX-512),
/// "AVX2", "SSE4", ...
std::vector<std::string> simd_targets();

/// Uses that instruction set from now on in the whole program; an empty name: the best one. Not while other
/// threads render. Throws InputError for names that simd_targets() does not hold.
void use_simd_target(std::string_view name);

}  // namespace gaxel
