#include "base/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace gaxel {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_with(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() && name_distance(text.substr(0, beginning.size()), beginning) == 0;
}

}  // namespace

int name_distance(std::string_view a, std::string_view b) {
  // Three rows of the table of distances between prefixes: the swap of neighbours looks back two rows.
  std::array<std::vector<int>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  auto& [older, previous, current] = rows;
  for (std::size_t j = 0; j <= b.size(); ++j) current[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(older, previous);
    std::swap(previous, current);
    current[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        current[j] = std::min(current[j], older[j - 2] + 1);
      }
    }
  }
  return current[b.size()];
}

std::string_view nearest_name(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes a name into something longer than this
  constexpr std::size_t kShortest = 3;  // of an abbreviation
  if (word.empty() || word.size() > kLongest) return {};
  std::string_view best;
  int best_distance = static_cast<int>(kLongest);
  for (const std::string_view candidate : candidates) {
    // An abbreviation is as near as one slip.
    const bool shortened = word.size() >= kShortest && begins_with(candidate, word);
    const int distance =
        shortened ? std::min(1, name_distance(word, candidate)) : name_distance(word, candidate);
    const int limit = std::max(1, static_cast<int>(std::max(word.size(), candidate.size())) / 3);
    if (distance <= limit && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearest_name(word, candidates);
  const std::string all = fmt::format("allowed: {}", fmt::join(candidates, ", "));
  return nearest.empty() ? all : fmt::format("did you mean \"{}\"? {}", nearest, all);
}

}  // namespace gaxel
