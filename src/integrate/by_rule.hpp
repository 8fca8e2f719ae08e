// Items brought together by the rule that they share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gaxel {

/// Collects items in any order; sort() puts those of one rule side by side, rules and items in the order in
/// which they came first. Rules are numbers of the caller's making.
template <class Item>
class ByRule {
 public:
  struct Run {
    std::uint32_t rule;
    std::size_t first;
    std::size_t count;
  };

  void add(std::uint32_t rule, const Item& item) {
    const std::uint32_t run = run_of(rule);
    ++runs_[run].count;
    run_of_item_.push_back(run);
    items_.push_back(item);
  }

  /// Writes the items to `sorted`; returns where each rule's lie.
  const std::vector<Run>& sort(std::vector<Item>& sorted) {
    std::vector<std::size_t> next;
    std::size_t first = 0;
    for (Run& run : runs_) {
      run.first = first;
      next.push_back(first);
      first += run.count;
    }
    sorted.resize(items_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) sorted[next[run_of_item_[i]]++] = items_[i];
    return runs_;
  }

 private:
  static constexpr std::uint32_t kEmpty = ~std::uint32_t{0};

  // Open addressing: there are tens of rules, and an item for every few dozen nanoseconds.
  std::uint32_t run_of(std::uint32_t rule) {
    if (2 * runs_.size() >= table_.size()) grow();
    std::uint32_t& slot = find(rule);
    if (slot == kEmpty) {
      slot = static_cast<std::uint32_t>(runs_.size());
      runs_.push_back({rule, 0, 0});
    }
    return slot;
  }

  std::uint32_t& find(std::uint32_t rule) {
    const std::size_t mask = table_.size() - 1;
    std::size_t at = ((rule * std::uint64_t{0x9E3779B97F4A7C15U}) >> 32) & mask;
    while (table_[at] != kEmpty && runs_[table_[at]].rule != rule) at = (at + 1) & mask;
    return table_[at];
  }

  void grow() {
    table_.assign(table_.empty() ? 128 : 2 * table_.size(), kEmpty);
    for (std::uint32_t run = 0; run < runs_.size(); ++run) find(runs_[run].rule) = run;
  }

  std::vector<std::uint32_t> table_;
  std::vector<Run> runs_;
  std::vector<std::uint32_t> run_of_item_;
  std::vector<Item> items_;
};

}  // namespace gaxel
