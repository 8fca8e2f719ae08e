#include "profile/soft_law.hpp"

#include <algorithm>
#include <utility>

#include "math/double_exponential.hpp"

namespace gaxel {

SoftLaw::SoftLaw(std::unique_ptr<SurfaceLaw> law, double soft) : law_(std::move(law)), soft_(soft) {
  const std::size_t last = law_->n_shapes();
  const Point edge = law_at(soft);
  const auto moment = [](const auto& excess) {
    return 4.0 * integral_between<double>([&](double w) { return excess(w) * w; }, 0.0, 1.0);
  };
  edge_.value = edge.g;
  height_.value = moment([&](double w) { return law_at(soft * w).g - edge.g; });
  for (std::size_t k = 0; k < last; ++k) {
    edge_.d_shapes[k] = edge.g_shapes[k];
    height_.d_shapes[k] = moment([&](double w) { return law_at(soft * w).g_shapes[k] - edge.g_shapes[k]; });
  }
  edge_.d_shapes[last] = edge.g_u;
  height_.d_shapes[last] = moment([&](double w) { return w * law_at(soft * w).g_u - edge.g_u; });
}

SoftLaw::Point SoftLaw::law_at(double u) const {
  Point point{};
  const double v = 0.0;
  double g_v = 0.0;
  law_->intensity_with_partials(&u, &v, 1, &point.g, &point.g_u, &g_v, point.g_shapes.data());
  return point;
}

void SoftLaw::intensity(const double* u, const double* v, std::size_t n, double* g) const {
  law_->intensity(u, v, n, g);
  for (std::size_t i = 0; i < n; ++i) {
    if (u[i] >= soft_) continue;
    const double ratio = u[i] / soft_;
    g[i] = edge_.value + height_.value * (1.0 - ratio * ratio);
  }
}

void SoftLaw::intensity_with_partials(const double* u, const double* v, std::size_t n, double* g, double* g_u,
                                      double* g_v, double* g_shapes) const {
  const std::size_t last = law_->n_shapes();
  law_->intensity_with_partials(u, v, n, g, g_u, g_v, g_shapes);
  std::fill_n(g_shapes + last * n, n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    if (u[i] >= soft_) continue;
    const double ratio = u[i] / soft_;
    const double bell = 1.0 - ratio * ratio;
    g[i] = edge_.value + height_.value * bell;
    g_u[i] = -2.0 * height_.value * ratio / soft_;
    for (std::size_t k = 0; k <= last; ++k) {
      g_shapes[k * n + i] = edge_.d_shapes[k] + height_.d_shapes[k] * bell;
    }
    g_shapes[last * n + i] += 2.0 * height_.value * ratio * ratio / soft_;
  }
}

ShapeValue SoftLaw::intensity_at(double u) const {
  if (u >= soft_) return law_->intensity_at(u);
  ShapeValue result;
  std::array<double, kMaxLawShapes> shapes{};
  const double v = 0.0;
  double g_u = 0.0;
  double g_v = 0.0;
  intensity_with_partials(&u, &v, 1, &result.value, &g_u, &g_v, shapes.data());
  result.d_shapes = shapes;
  return result;
}

std::vector<LawFeature> SoftLaw::features() const {
  std::vector<LawFeature> features = law_->features();
  features.push_back({LawAxis::kRadius, soft_, 0.0, true});
  return features;
}

}  // namespace gaxel
