// Components that are sums of others, taken apart before they are rendered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gaxel/component.hpp"

namespace gaxel {

/// A list of components in which those of Family::kSum are replaced by what they are sums of. Of a list
/// without any nothing is copied: it must outlive the expansion.
class Expansion {
 public:
  /// `wanted`: empty, or a mark for every parameter of every component, in order. Throws InputError for
  /// invalid components of Family::kSum.
  explicit Expansion(std::span<const Component> components, std::span<const std::uint8_t> wanted = {});

  std::span<const Component> components() const { return components_; }
  /// Of the components here: what the wanted derivatives are made of.
  std::span<const std::uint8_t> wanted() const { return wanted_; }
  bool is_trivial() const { return !expanded_; }

  /// The component here that components[which] of the list is; -1 for a sum.
  std::ptrdiff_t position(std::size_t which) const;

  /// How many derivatives are wanted here.
  std::size_t n_rows() const { return targets_.size(); }
  /// A number for each wanted parameter of the list, given to all that it stands for here.
  std::vector<double> spread(std::span<const double> rows) const;
  /// Overwrites `rows`, planes of `size` numbers for each wanted parameter of the list, with the sums of
  /// those of the components here, `parts` (n_rows(), size).
  void gather(const double* parts, std::size_t size, double* rows) const;

 private:
  void add(const Component& component, std::span<const int> sources, std::span<const std::ptrdiff_t> rows);

  bool expanded_ = false;
  std::vector<Component> owned_components_;
  std::vector<std::uint8_t> owned_wanted_;
  std::vector<std::size_t> targets_;  // the row of the list that each row here is added to
  std::size_t n_targets_ = 0;
  std::vector<std::ptrdiff_t> positions_;
  std::span<const Component> components_;
  std::span<const std::uint8_t> wanted_;
};

}  // namespace gaxel
