// "Did you mean": the name nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel {

/// Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`, letters
/// compared without regard to case (optimal string alignment distance).
int name_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance to `word`, or an empty view when none is close enough to be what
/// was meant (distance at most a third of the longer name, and 1 always; or `word` is the beginning of the
/// name). Of equally near ones that wins which differs in its number alone, the nearest number first ("f10"
/// for "f11"), else the first.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

/// "x", "y", "f1 to f10", "f1_phase to f10_phase": names in their order, but three or more that differ in a
/// number which counts up are one entry, where the first of them stands.
std::vector<std::string> name_families(std::span<const std::string_view> names);

/// name_families() between commas.
std::string names_text(std::span<const std::string_view> names);

/// "did you mean \"re\"? " followed by "allowed: x, y, re", for InputProblem::allowed.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace gaxel
