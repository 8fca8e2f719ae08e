#include "profile/truncation_factor.hpp"

#include <algorithm>

#include "profile/shape/truncation.hpp"

namespace gaxel {

TruncationFactor::TruncationFactor(const Component& truncation, bool keeps_outside)
    : values_(truncation.values),
      keeps_outside_(keeps_outside),
      layout_(*truncation.kind),
      chain_(layout_, values_.data()),
      x_(static_cast<std::size_t>(truncation.kind->index_of(Role::kX))),
      y_(static_cast<std::size_t>(truncation.kind->index_of(Role::kY))),
      softening_(truncation.value(Role::kShape1) / truncation.value(Role::kRe)) {
  const auto softening = static_cast<std::size_t>(truncation.kind->index_of(Role::kShape1));
  for (std::size_t first = 0; first < values_.size(); first += kShapeSeeds) {
    const std::vector<ShapeDual> numbers = seeded(values_, first);
    dual_chains_.emplace_back(layout_, numbers.data());
    softenings_.push_back(numbers[softening] / numbers[static_cast<std::size_t>(layout_.re)]);
  }
  // The transition, and the tip of the cone that the radius is.
  constexpr double kOfSoftening = 0.3;
  constexpr double kTip = 0.1;
  features_ = {{LawAxis::kRadius, 1.0, kOfSoftening * softening_}, {LawAxis::kRadius, 0.0, kTip}};
}

template <class T>
T TruncationFactor::factor(const ShapeChain<T>& chain, const T& softening, const T& dx, const T& dy) const {
  T r(0.0);
  T v(0.0);
  T weight(1.0);
  chain.place(dx, dy, true, r, v, weight);
  const Truncation<T> truncation(T(1.0), softening);
  return keeps_outside_ ? truncation.share(r) : truncation.rest(r);
}

double TruncationFactor::at(double dx, double dy) const {
  return factor(chain_, softening_, dx, dy);
}

void TruncationFactor::derivatives_at(double dx, double dy, double* d) const {
  for (std::size_t c = 0; c < dual_chains_.size(); ++c) {
    ShapeDual x(dx);
    ShapeDual y(dy);
    if (x_ / kShapeSeeds == c) x.v[static_cast<int>(x_ % kShapeSeeds)] = -1.0;
    if (y_ / kShapeSeeds == c) y.v[static_cast<int>(y_ % kShapeSeeds)] = -1.0;
    const ShapeDual found = factor(dual_chains_[c], softenings_[c], x, y);
    for (std::size_t i = c * kShapeSeeds; i < std::min(values_.size(), (c + 1) * kShapeSeeds); ++i) {
      d[i] = found.v[static_cast<int>(i % kShapeSeeds)];
    }
  }
}

}  // namespace gaxel
