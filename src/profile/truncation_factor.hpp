// What a truncation leaves of the light of a component, over the image.
#pragma once

#include <vector>

#include "gaxel/component.hpp"
#include "profile/shape_chain.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

class TruncationFactor {
 public:
  /// `truncation`: valid, of Family::kTruncation. keeps_outside: P, the light beyond the break radius; else 1
  /// - P.
  TruncationFactor(const Component& truncation, bool keeps_outside);

  std::size_t n_parameters() const { return values_.size(); }
  double x0() const { return values_[x_]; }
  double y0() const { return values_[y_]; }
  std::size_t x_index() const { return x_; }
  std::size_t y_index() const { return y_; }

  /// The factor at an offset from the truncation's centre, pixels.
  double at(double dx, double dy) const;

  /// Writes its derivatives to the truncation's parameters, at a place that stays, to `d`.
  void derivatives_at(double dx, double dy, double* d) const;

  const ShapeChain<double>& chain() const { return chain_; }
  /// Where the factor varies fast, in break radii.
  const std::vector<LawFeature>& features() const { return features_; }

 private:
  template <class T>
  T factor(const ShapeChain<T>& chain, const T& softening, const T& dx, const T& dy) const;

  std::vector<double> values_;
  bool keeps_outside_;
  ShapeLayout layout_;
  ShapeChain<double> chain_;
  std::vector<ShapeChain<ShapeDual>> dual_chains_;  // parameters 8 k to 8 k + 7 are seeded in chain k
  std::vector<ShapeDual> softenings_;               // over the break radius, seeded as the chains
  std::size_t x_;
  std::size_t y_;
  double softening_;
  std::vector<LawFeature> features_;
};

}  // namespace gaxel
