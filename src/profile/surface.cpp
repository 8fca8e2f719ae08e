#include "profile/surface.hpp"

#include <algorithm>
#include <cmath>

namespace gaxel {
namespace {

std::vector<ShapeDual> seeded(const std::vector<double>& values, std::size_t first, std::size_t seeds) {
  std::vector<ShapeDual> numbers(values.begin(), values.end());
  for (std::size_t i = first; i < std::min(values.size(), first + seeds); ++i) {
    numbers[i] = ShapeDual(values[i], static_cast<int>(i - first));
  }
  return numbers;
}

}  // namespace

/// The law and its derivatives at a block of places.
struct Surface::LawBlock {
  std::array<double, kBlock> u, v, weight, g, g_u, g_v;
  std::array<double, kMaxLawShapes * kBlock> g_shapes;
};

Surface::Surface(std::span<const Component> components, std::size_t which)
    : values_(components[which].values),
      n_own_(values_.size()),
      layout_(*components[which].kind),
      chain_(layout_, values_.data()),
      x_(static_cast<std::size_t>(components[which].kind->index_of(Role::kX))),
      y_(static_cast<std::size_t>(components[which].kind->index_of(Role::kY))),
      law_shapes_(law_shapes(components[which])) {
  const Component& component = components[which];
  for (std::size_t i = 0; i < values_.size(); ++i) places_.push_back({which, i});
  x_like_.push_back(x_);
  y_like_.push_back(y_);
  for (std::size_t first = 0; first < values_.size(); first += kSeeds) {
    dual_chains_.emplace_back(layout_, seeded(values_, first, kSeeds).data());
  }
  law_ = component.kind->base().make_surface_law(law_shapes_.values);
  features_ = law_->features();
  set_scale(component);
}

void Surface::set_scale(const Component& component) {
  const std::size_t n = n_own_;
  const ComponentKind& kind = *component.kind;
  const bool by_flux = kind.index_of(Role::kFlux) >= 0;
  d_scale_.assign(values_.size(), 0.0);
  if (!by_flux && kind.index_of(Role::kBrightness) < 0) {  // the law's own light
    const double total = law_->total().value * chain_.area();
    unit_total_ = chain_.weighs() ? std::numeric_limits<double>::infinity() : total;
    return;
  }
  const auto norm = static_cast<std::size_t>(kind.index_of(by_flux ? Role::kFlux : Role::kBrightness));
  const ShapeValue total = law_->total();
  unit_total_ = chain_.weighs() ? std::numeric_limits<double>::infinity() : total.value * chain_.area();
  const ShapeValue unit = by_flux ? total : law_->intensity_at(kind.brightness_radius);
  const double per_scale = unit.value * (by_flux ? chain_.area() : 1.0);
  scale_ = values_[norm] / per_scale;
  for (std::size_t i = 0; i < n; ++i) {
    double d_log = 0.0;
    for (std::size_t k = 0; k < law_shapes_.values.size(); ++k) {
      d_log += unit.d_shapes[k] / unit.value * law_shapes_.derivatives[k * n + i];
    }
    if (by_flux) d_log += dual_chains_[i / kSeeds].area().v[static_cast<int>(i % kSeeds)] / chain_.area();
    d_scale_[i] = -scale_ * d_log;
  }
  d_scale_[norm] += 1.0 / per_scale;
}

void Surface::evaluate(const double* dx, const double* dy, std::size_t n, double* light) const {
  std::array<double, kBlock> u;
  std::array<double, kBlock> v;
  std::array<double, kBlock> weight;
  for (std::size_t first = 0; first < n; first += kBlock) {
    const std::size_t size = std::min(kBlock, n - first);
    for (std::size_t i = 0; i < size; ++i) {
      chain_.place(dx[first + i], dy[first + i], law_->is_radial(), u[i], v[i], weight[i]);
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
    chain_.place(dx[i], dy[i], is_radial, block.u[i], block.v[i], block.weight[i]);
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
    const bool asked = std::ranges::any_of(wanted, [&](std::size_t p) { return p / kSeeds == c; });
    if (!asked) continue;
    for (std::size_t i = 0; i < n; ++i) {
      ShapeDual x(dx[i]);
      ShapeDual y(dy[i]);
      if (x_ / kSeeds == c) x.v[static_cast<int>(x_ % kSeeds)] = -1.0;
      if (y_ / kSeeds == c) y.v[static_cast<int>(y_ % kSeeds)] = -1.0;
      ShapeDual u;
      ShapeDual v;
      ShapeDual weight;
      dual_chains_[c].place(x, y, is_radial, u, v, weight);
      for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (wanted[k] / kSeeds != c) continue;
        const auto s = static_cast<int>(wanted[k] % kSeeds);
        partials[k * stride + i] +=
            scale_ *
            (block.weight[i] * (block.g_u[i] * u.v[s] + block.g_v[i] * v.v[s]) + block.g[i] * weight.v[s]);
      }
    }
  }
}

double Surface::distance(const LawFeature& feature, const NodeRegion& region) const {
  const auto slopes = chain_.slopes(region.box);
  double u = 0.0;
  double v = 0.0;
  double weight = 0.0;
  const bool radius = feature.axis == LawAxis::kRadius;
  chain_.place(region.box.dx, region.box.dy, radius, u, v, weight);
  const bool minor = feature.axis == LawAxis::kMinor;
  const double reach = radius  ? region.box.half_x * slopes.r_x + region.box.half_y * slopes.r_y
                       : minor ? region.box.half_x * slopes.v_x + region.box.half_y * slopes.v_y
                               : region.box.half_x * slopes.u_x + region.box.half_y * slopes.u_y;
  return std::max(0.0, std::abs(std::abs(minor ? v : u) - feature.place) - reach);
}

std::array<double, 2> Surface::nodes_needed(const NodeRegion& region) const {
  const auto slopes = chain_.slopes(region.box);
  std::array<double, 2> needed{1.0, 1.0};
  for (const LawFeature& feature : features_) {
    if (feature.width == 0.0) continue;
    const double step = std::max(feature.width, distance(feature, region));
    const auto [x, y] = feature.axis == LawAxis::kRadius  ? std::array{slopes.r_x, slopes.r_y}
                        : feature.axis == LawAxis::kMajor ? std::array{slopes.u_x, slopes.u_y}
                                                          : std::array{slopes.v_x, slopes.v_y};
    needed[0] =
        std::max(needed[0], (std::abs(region.along_a[0]) * x + std::abs(region.along_a[1]) * y) / step);
    needed[1] =
        std::max(needed[1], (std::abs(region.along_b[0]) * x + std::abs(region.along_b[1]) * y) / step);
  }
  return needed;
}

bool Surface::crosses_edge(const OffsetBox& box) const {
  const NodeRegion region{box, {}, {}};
  return std::ranges::any_of(features_, [&](const LawFeature& feature) {
    return feature.width == 0.0 && distance(feature, region) == 0.0;
  });
}

}  // namespace gaxel
