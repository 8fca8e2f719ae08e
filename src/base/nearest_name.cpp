#include "base/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>
#include <system_error>
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

/// A name about its last number: "f", 10, "_phase".
struct NumberedName {
  std::string_view before;
  int number = -1;  ///< -1: there is none, and `before` is the whole name
  std::string_view after;

  bool is_kin_of(const NumberedName& other) const {
    return number >= 0 && other.number >= 0 && before == other.before && after == other.after;
  }
};

NumberedName split_number(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789";
  const std::size_t last = name.find_last_of(kDigits);
  if (last == std::string_view::npos) return {name, -1, {}};
  const std::size_t other = name.find_last_not_of(kDigits, last);
  const std::size_t first = other == std::string_view::npos ? 0 : other + 1;
  int number = -1;
  const auto [end, error] = std::from_chars(name.data() + first, name.data() + last + 1, number);
  if (error != std::errc()) return {name, -1, {}};
  return {name.substr(0, first), number, name.substr(last + 1)};
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
  int best_distance = static_cast<int>(kLongest) + 1;
  constexpr int kNoKin = std::numeric_limits<int>::max();
  int best_gap = kNoKin;
  const NumberedName wanted = split_number(word);
  for (const std::string_view candidate : candidates) {
    // An abbreviation is as near as one slip.
    const bool shortened = word.size() >= kShortest && begins_with(candidate, word);
    const int distance =
        shortened ? std::min(1, name_distance(word, candidate)) : name_distance(word, candidate);
    const int limit = std::max(1, static_cast<int>(std::max(word.size(), candidate.size())) / 3);
    if (distance > limit || distance > best_distance) continue;
    const NumberedName own = split_number(candidate);
    const int gap = own.is_kin_of(wanted) ? std::abs(own.number - wanted.number) : kNoKin;
    if (distance == best_distance && gap >= best_gap) continue;
    best = candidate;
    best_distance = distance;
    best_gap = gap;
  }
  return best;
}

std::vector<std::string> name_families(std::span<const std::string_view> names) {
  constexpr std::size_t kFewest = 3;
  std::vector<std::string> entries;
  std::vector<bool> told(names.size(), false);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (told[i]) continue;
    const NumberedName first = split_number(names[i]);
    std::vector<std::size_t> family{i};
    for (std::size_t k = i + 1; k < names.size(); ++k) {
      const NumberedName next = split_number(names[k]);
      if (next.is_kin_of(first) && next.number == first.number + static_cast<int>(family.size()))
        family.push_back(k);
    }
    if (family.size() < kFewest) {
      entries.emplace_back(names[i]);
      continue;
    }
    for (const std::size_t k : family) told[k] = true;
    entries.push_back(fmt::format("{} to {}", names[i], names[family.back()]));
  }
  return entries;
}

std::string names_text(std::span<const std::string_view> names) {
  return fmt::format("{}", fmt::join(name_families(names), ", "));
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string_view nearest = nearest_name(word, candidates);
  const std::string all = fmt::format("allowed: {}", names_text(candidates));
  return nearest.empty() ? all : fmt::format("did you mean \"{}\"? {}", nearest, all);
}

}  // namespace gaxel
