// "Did you mean": the name nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gaxel {

/// Number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`, letters
/// compared without regard to case (optimal string alignment distance).
int name_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance to `word`, or an empty view when none is close enough to be what
/// was meant (distance at most a third of the longer name, and 1 always; or `word` is the beginning of the
/// name). The first of equally near ones wins.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates);

/// "did you mean \"re\"? " followed by "allowed: x, y, re", for InputProblem::allowed.
std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace gaxel
