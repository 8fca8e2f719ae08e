#include "profile/surface.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "profile/soft_law.hpp"

namespace gaxel {
namespace {

// How far a place is from a feature; in the chain's units.
double signed_distance(LawAxis axis, double place, const ShapeChain<double>& chain, double dx, double dy) {
  double u = 0.0;
  double v = 0.0;
  if (axis == LawAxis::kRadius) {
    double weight = 0.0;
    chain.place(dx, dy, true, u, v, weight);
  } else {
    chain.axes(dx, dy, u, v);
  }
  switch (axis) {
    case LawAxis::kMinor:
      return v - place;
    case LawAxis::kAngle:
      return v * std::cos(place) - u * std::sin(place);
    case LawAxis::kRadius:
    case LawAxis::kMajor:
      break;
  }
  return u - place;
}

// Bounds of the derivatives of that to dx and dy.
std::array<double, 2> steepness(const LawFeature& feature, const ShapeChain<double>::Slopes& slopes) {
  switch (feature.axis) {
    case LawAxis::kMajor:
      return {slopes.u_x, slopes.u_y};
    case LawAxis::kMinor:
      return {slopes.v_x, slopes.v_y};
    case LawAxis::kAngle: {
      const double along = std::abs(std::sin(feature.place));
      const double across = std::abs(std::cos(feature.place));
      return {along * slopes.u_x + across * slopes.v_x, along * slopes.u_y + across * slopes.v_y};
    }
    case LawAxis::kRadius:
      break;
  }
  return {slopes.r_x, slopes.r_y};
}

// The distance of a region from a feature, 0 where it reaches it.
double distance_from(const LawFeature& feature, const ShapeChain<double>& chain, const OffsetBox& box) {
  const auto [x, y] = steepness(feature, chain.slopes(box));
  const auto from = [&](double place) {
    return std::abs(signed_distance(feature.axis, place, chain, box.dx, box.dy));
  };
  return std::max(0.0, std::min(from(feature.place), from(-feature.place)) - box.half_x * x - box.half_y * y);
}

// Raises `needed` to what the features ask for.
void ask_for_nodes(std::span<const LawFeature> features, const ShapeChain<double>& chain,
                   const NodeRegion& region, std::array<double, 2>& needed) {
  const auto slopes = chain.slopes(region.box);
  for (const LawFeature& feature : features) {
    if (feature.width == 0.0) continue;
    const double step = std::max(feature.width, distance_from(feature, chain, region.box));
    const auto [x, y] = steepness(feature, slopes);
    needed[0] =
        std::max(needed[0], (std::abs(region.along_a[0]) * x + std::abs(region.along_a[1]) * y) / step);
    needed[1] =
        std::max(needed[1], (std::abs(region.along_b[0]) * x + std::abs(region.along_b[1]) * y) / step);
  }
}

}  // namespace

/// The law and its derivatives at a block of places.
struct Surface::LawBlock {
  std::array<double, kBlock> u, v, weight, shaped, kept, g, g_u,
      g_v;  // weight = shaped * kept, of the shape and of truncations
  std::array<double, kMaxLawShapes * kBlock> g_shapes;
};

Surface::Surface(std::span<const Component> components, std::size_t which)
    : values_(components[which].values),
      n_own_(values_.size()),
      layout_(*components[which].kind),
      chain_(std::make_unique<ShapeChain<double>>(layout_, values_.data())),
      x_(static_cast<std::size_t>(components[which].kind->index_of(Role::kX))),
      y_(static_cast<std::size_t>(components[which].kind->index_of(Role::kY))),
      law_shapes_(law_shapes(components[which])) {
  const Component& component = components[which];
  for (std::size_t i = 0; i < values_.size(); ++i) places_.push_back({which, i});
  x_like_.push_back(x_);
  y_like_.push_back(y_);
  for (std::size_t first = 0; first < n_own_; first += kShapeSeeds) {
    dual_chains_.emplace_back(layout_, seeded(values_, first).data());
  }
  law_ = component.kind->base().make_surface_law(law_shapes_.values);
  soften(component);
  features_ = law_->features();
  for (const std::size_t i : component.inner) add_truncation(components, i, true);
  for (const std::size_t i : component.outer) add_truncation(components, i, false);
  set_scale(component, components);
  find_levels();
}

// The radius of a soft centre is a further shape parameter of the law.
void Surface::soften(const Component& component) {
  for (const OptionUse& use : layout_.steps) {
    if (use.option->part != ShapePart::kSoftCentre) continue;
    const double re = component.value(Role::kRe);
    const double soft = values_[use.first] / re;
    law_ = std::make_unique<SoftLaw>(std::move(law_), soft);
    const std::size_t row = law_shapes_.derivatives.size();
    law_shapes_.values.push_back(soft);
    law_shapes_.derivatives.resize(row + n_own_, 0.0);
    law_shapes_.derivatives[row + use.first] = 1.0 / re;
    law_shapes_.derivatives[row + static_cast<std::size_t>(layout_.re)] = -soft / re;
  }
}

void Surface::add_truncation(std::span<const Component> components, std::size_t which, bool keeps_outside) {
  const TruncationFactor& factor =
      *truncations_.emplace_back(std::make_unique<TruncationFactor>(components[which], keeps_outside));
  const std::size_t first = values_.size();
  for (std::size_t i = 0; i < factor.n_parameters(); ++i) places_.push_back({which, i});
  values_.insert(values_.end(), components[which].values.begin(), components[which].values.end());
  x_like_.push_back(first + factor.x_index());
  y_like_.push_back(first + factor.y_index());
}

void Surface::find_levels() {
  const auto add_axes = [this](const ShapeChain<double>& chain, double shift_x, double shift_y) {
    if (!chain.has_sharp_axes()) return;
    levels_.push_back({&chain, shift_x, shift_y, LawAxis::kMajor, 0.0, false});
    levels_.push_back({&chain, shift_x, shift_y, LawAxis::kMinor, 0.0, false});
  };
  add_axes(*chain_, 0.0, 0.0);
  for (const auto& truncation : truncations_) {
    add_axes(truncation->chain(), x0() - truncation->x0(), y0() - truncation->y0());
  }
  for (const LawFeature& feature : features_) {
    if (feature.width > 0.0) continue;
    levels_.push_back({chain_.get(), 0.0, 0.0, feature.axis, feature.place, feature.is_kink});
    if (feature.axis != LawAxis::kRadius && feature.place != 0.0) {
      levels_.push_back({chain_.get(), 0.0, 0.0, feature.axis, -feature.place, feature.is_kink});
    }
  }
}

double Surface::level(std::size_t k, double dx, double dy) const {
  const LevelSpec& spec = levels_[k];
  return signed_distance(spec.axis, spec.place, *spec.chain, dx + spec.shift_x, dy + spec.shift_y);
}

double Surface::weight(double dx, double dy) const {
  double product = 1.0;
  for (const auto& truncation : truncations_) {
    product *= truncation->at(dx + (x0() - truncation->x0()), dy + (y0() - truncation->y0()));
  }
  return product;
}

void Surface::set_scale(const Component& component, std::span<const Component> components) {
  const std::size_t n = n_own_;
  const ComponentKind& kind = *component.kind;
  const bool by_flux = kind.index_of(Role::kFlux) >= 0;
  d_scale_.assign(values_.size(), 0.0);
  if (!by_flux && kind.index_of(Role::kBrightness) < 0) {  // the law's own light
    unit_total_ = law_->total().value * chain_->area();
    return;
  }
  const auto norm = static_cast<std::size_t>(kind.index_of(by_flux ? Role::kFlux : Role::kBrightness));
  const ShapeValue total = law_->total();
  unit_total_ = total.value * chain_->area();
  if (kind.brightness_radius == kAtBreak) {
    const std::size_t first = component.inner.empty() ? component.outer.front() : component.inner.front();
    set_scale_at_break(components[first], norm);
    return;
  }
  const ShapeValue unit = by_flux ? total : law_->intensity_at(kind.brightness_radius);
  const double per_scale = unit.value * (by_flux ? chain_->area() : 1.0);
  scale_ = values_[norm] / per_scale;
  for (std::size_t i = 0; i < n; ++i) {
    double d_log = 0.0;
    for (std::size_t k = 0; k < law_shapes_.values.size(); ++k) {
      d_log += unit.d_shapes[k] / unit.value * law_shapes_.derivatives[k * n + i];
    }
    if (by_flux)
      d_log += dual_chains_[i / kShapeSeeds].area().v[static_cast<int>(i % kShapeSeeds)] / chain_->area();
    d_scale_[i] = -scale_ * d_log;
  }
  d_scale_[norm] += 1.0 / per_scale;
}

// The parameters of the first truncation follow the component's own.
void Surface::set_scale_at_break(const Component& truncation, std::size_t norm) {
  const double re = values_[static_cast<std::size_t>(layout_.re)];
  const double at = truncation.value(Role::kRe) / re;
  const double v = 0.0;
  double intensity = 0.0;
  double slope = 0.0;
  double across = 0.0;
  std::array<double, kMaxLawShapes> d_shapes{};
  law_->intensity_with_partials(&at, &v, 1, &intensity, &slope, &across, d_shapes.data());
  scale_ = values_[norm] / intensity;
  for (std::size_t i = 0; i < n_own_; ++i) {
    for (std::size_t k = 0; k < law_shapes_.values.size(); ++k) {
      d_scale_[i] -= scale_ * d_shapes[k] / intensity * law_shapes_.derivatives[k * n_own_ + i];
    }
  }
  d_scale_[static_cast<std::size_t>(layout_.re)] += scale_ * slope / intensity * at / re;
  d_scale_[n_own_ + static_cast<std::size_t>(truncation.kind->index_of(Role::kRe))] -=
      scale_ * slope / intensity / re;
  d_scale_[norm] += 1.0 / intensity;
}

bool Surface::is_finite() const {
  constexpr int kDecades = 100;       // of the scale radius: laws are level further in, or not steep
  constexpr double kLargest = 1e300;  // room for what derivatives are multiplied by
  std::array<double, kMaxLawShapes> g_shapes{};
  const auto fits = [this](double number) {
    return std::abs(number) < kLargest && std::abs(scale_ * number) < kLargest;
  };
  for (int k = 0; k <= kDecades; ++k) {
    const double u = std::pow(10.0, -k);
    const double v = 0.0;
    double g = 0.0;
    double g_u = 0.0;
    double g_v = 0.0;
    law_->intensity_with_partials(&u, &v, 1, &g, &g_u, &g_v, g_shapes.data());
    if (!fits(g) || !fits(g_u) || !fits(g_v) || !std::ranges::all_of(g_shapes, fits)) return false;
  }
  return true;
}

void Surface::evaluate(const double* dx, const double* dy, std::size_t n, double* light) const {
  std::array<double, kBlock> u{};
  std::array<double, kBlock> v{};
  std::array<double, kBlock> weight{};
  for (std::size_t first = 0; first < n; first += kBlock) {
    const std::size_t size = std::min(kBlock, n - first);
    for (std::size_t i = 0; i < size; ++i) {
      chain_->place(dx[first + i], dy[first + i], law_->is_radial(), u[i], v[i], weight[i]);
      if (!truncations_.empty()) weight[i] *= this->weight(dx[first + i], dy[first + i]);
    }
    law_->intensity(u.data(), v.data(), size, light + first);
    for (std::size_t i = 0; i < size; ++i) light[first + i] *= weight[i];
  }
}

void Surface::evaluate_with_partials(const double* dx, const double* dy, std::size_t n,
                                     std::span<const std::size_t> wanted, double* light,
                                     double* partials) const {
  for (std::size_t first = 0; first < n; first += kBlock) {
    evaluate_block(dx + first, dy + first, std::min(kBlock, n - first), wanted, light + first,
                   partials + first, n);
  }
}

void Surface::evaluate_block(const double* dx, const double* dy, std::size_t n,
                             std::span<const std::size_t> wanted, double* light, double* partials,
                             std::size_t stride) const {
  LawBlock block{};
  const bool is_radial = law_->is_radial();
  for (std::size_t i = 0; i < n; ++i) {
    chain_->place(dx[i], dy[i], is_radial, block.u[i], block.v[i], block.weight[i]);
    block.kept[i] = weight(dx[i], dy[i]);
    block.shaped[i] = block.weight[i];
    block.weight[i] *= block.kept[i];
  }
  law_->intensity_with_partials(block.u.data(), block.v.data(), n, block.g.data(), block.g_u.data(),
                                block.g_v.data(), block.g_shapes.data());
  for (std::size_t i = 0; i < n; ++i) light[i] = block.g[i] * block.weight[i];
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    const std::size_t p = wanted[k];
    double* row = partials + k * stride;
    for (std::size_t i = 0; i < n; ++i) row[i] = d_scale_[p] * light[i];
    for (std::size_t s = 0; s < law_shapes_.values.size() && p < n_own_; ++s) {
      const double factor = scale_ * law_shapes_.derivatives[s * n_own_ + p];
      if (factor == 0.0) continue;
      for (std::size_t i = 0; i < n; ++i) row[i] += factor * block.weight[i] * block.g_shapes[s * n + i];
    }
  }
  // What the place of the light depends on, for each chain of which something is wanted.
  for (std::size_t c = 0; c < dual_chains_.size(); ++c) {
    const bool asked = std::ranges::any_of(wanted, [&](std::size_t p) { return p / kShapeSeeds == c; });
    if (!asked) continue;
    for (std::size_t i = 0; i < n; ++i) {
      ShapeDual x(dx[i]);
      ShapeDual y(dy[i]);
      if (x_ / kShapeSeeds == c) x.v[static_cast<int>(x_ % kShapeSeeds)] = -1.0;
      if (y_ / kShapeSeeds == c) y.v[static_cast<int>(y_ % kShapeSeeds)] = -1.0;
      ShapeDual u;
      ShapeDual v;
      ShapeDual weight;
      dual_chains_[c].place(x, y, is_radial, u, v, weight);
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (wanted[k] / kShapeSeeds != c) continue;
        const auto s = static_cast<int>(wanted[k] % kShapeSeeds);
        partials[k * stride + i] +=
            scale_ * (block.weight[i] * (block.g_u[i] * u.v[s] + block.g_v[i] * v.v[s]) +
                      block.g[i] * block.kept[i] * weight.v[s]);
      }
    }
  }
  add_truncation_partials(dx, dy, n, wanted, block, partials, stride);
}

// Products of the others, so that a factor of 0 has derivatives, too.
void Surface::add_truncation_partials(const double* dx, const double* dy, std::size_t n,
                                      std::span<const std::size_t> wanted, const LawBlock& block,
                                      double* partials, std::size_t stride) const {
  std::vector<double> derivatives;
  std::size_t first = n_own_;
  for (const auto& truncation : truncations_) {
    const std::size_t last = first + truncation->n_parameters();
    const bool asked = std::ranges::any_of(wanted, [&](std::size_t p) { return p >= first && p < last; });
    derivatives.resize(truncation->n_parameters());
    for (std::size_t i = 0; asked && i < n; ++i) {
      double others = block.shaped[i] * block.g[i] * scale_;
      for (const auto& other : truncations_) {
        if (other != truncation)
          others *= other->at(dx[i] + (x0() - other->x0()), dy[i] + (y0() - other->y0()));
      }
      truncation->derivatives_at(dx[i] + (x0() - truncation->x0()), dy[i] + (y0() - truncation->y0()),
                                 derivatives.data());
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (wanted[k] >= first && wanted[k] < last) {
          partials[k * stride + i] += others * derivatives[wanted[k] - first];
        }
      }
    }
    first = last;
  }
}

std::array<double, 2> Surface::nodes_needed(const NodeRegion& region) const {
  std::array<double, 2> needed{1.0, 1.0};
  ask_for_nodes(features_, *chain_, region, needed);
  if (chain_->highest_mode() > 1 && region.is_upright()) {
    const OffsetBox& b = region.box;
    needed[0] = std::max(needed[0], nodes_between({b.dx - b.half_x, b.dy}, {b.dx + b.half_x, b.dy}));
    needed[1] = std::max(needed[1], nodes_between({b.dx, b.dy - b.half_y}, {b.dx, b.dy + b.half_y}));
  }
  for (const auto& truncation : truncations_) {
    NodeRegion moved = region;
    moved.box.dx += x0() - truncation->x0();
    moved.box.dy += y0() - truncation->y0();
    ask_for_nodes(truncation->features(), truncation->chain(), moved, needed);
  }
  return needed;
}

double Surface::nodes_between(const std::array<double, 2>& from, const std::array<double, 2>& to) const {
  constexpr double kNodesPerRadian = 0.7;  // of the highest mode: some four a period
  const auto highest = static_cast<double>(chain_->highest_mode());
  if (highest < 2.0) return 1.0;
  double u[2];
  double v[2];
  chain_->axes(from[0], from[1], u[0], v[0]);
  chain_->axes(to[0], to[1], u[1], v[1]);
  const double angle = std::abs(std::atan2(u[0] * v[1] - v[0] * u[1], u[0] * u[1] + v[0] * v[1]));
  return kNodesPerRadian * highest * angle;
}

bool Surface::crosses_edge(const OffsetBox& box) const {
  return std::ranges::any_of(levels_, [&](const LevelSpec& spec) {
    const OffsetBox moved{box.dx + spec.shift_x, box.dy + spec.shift_y, box.half_x, box.half_y};
    return distance_from({spec.axis, spec.place, 0.0}, *spec.chain, moved) == 0.0;
  });
}

}  // namespace gaxel
