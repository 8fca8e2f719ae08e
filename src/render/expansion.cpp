#include "render/expansion.hpp"

#include <algorithm>
#include <cstddef>

namespace gaxel {

Expansion::Expansion(std::span<const Component> components, std::span<const std::uint8_t> wanted)
    : components_(components), wanted_(wanted) {
  const auto is_sum = [](const Component& component) {
    return component.kind != nullptr && component.kind->family == Family::kSum;
  };
  expanded_ = std::ranges::any_of(components, is_sum);
  if (!expanded_) return;
  std::size_t flat = 0;
  std::ptrdiff_t row = 0;
  for (const Component& component : components) {
    // Of components that render() will refuse there may be any number of values.
    std::vector<std::ptrdiff_t> rows(component.values.size(), -1);
    for (std::size_t i = 0; i < rows.size() && !wanted.empty(); ++i) {
      if (wanted[flat + i] != 0) rows[i] = row++;
    }
    flat += rows.size();
    if (!is_sum(component)) {
      positions_.push_back(std::ssize(owned_components_));
      std::vector<int> itself(rows.size());
      for (std::size_t i = 0; i < itself.size(); ++i) itself[i] = static_cast<int>(i);
      add(component, itself, rows);
      continue;
    }
    positions_.push_back(-1);
    validate(component);
    for (const ComponentShare& part : component.kind->parts(component))
      add(part.component, part.sources, rows);
  }
  for (Component& component : owned_components_) {
    for (std::vector<std::size_t>* cuts : {&component.inner, &component.outer}) {
      for (std::size_t& cut : *cuts) {
        if (cut < positions_.size()) cut = static_cast<std::size_t>(positions_[cut]);
      }
    }
  }
  n_targets_ = static_cast<std::size_t>(row);
  if (wanted.empty()) owned_wanted_.clear();
  components_ = owned_components_;
  wanted_ = owned_wanted_;
}

void Expansion::add(const Component& component, std::span<const int> sources,
                    std::span<const std::ptrdiff_t> rows) {
  owned_components_.push_back(component);
  for (const int source : sources) {
    const std::ptrdiff_t row = source < 0 ? -1 : rows[static_cast<std::size_t>(source)];
    owned_wanted_.push_back(row >= 0 ? 1 : 0);
    if (row >= 0) targets_.push_back(static_cast<std::size_t>(row));
  }
}

std::ptrdiff_t Expansion::position(std::size_t which) const {
  return expanded_ && which < positions_.size() ? positions_[which] : static_cast<std::ptrdiff_t>(which);
}

std::vector<double> Expansion::spread(std::span<const double> rows) const {
  if (!expanded_) return {rows.begin(), rows.end()};
  std::vector<double> values;
  for (const std::size_t target : targets_) values.push_back(rows[target]);
  return values;
}

void Expansion::gather(const double* parts, std::size_t size, double* rows) const {
  std::fill_n(rows, n_targets_ * size, 0.0);
  for (std::size_t k = 0; k < targets_.size(); ++k) {
    const double* part = parts + k * size;
    double* row = rows + targets_[k] * size;
    for (std::size_t i = 0; i < size; ++i) row[i] += part[i];
  }
}

}  // namespace gaxel
