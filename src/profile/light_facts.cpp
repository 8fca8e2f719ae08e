#include "profile/light_facts.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "math/double_exponential.hpp"
#include "profile/brightness.hpp"
#include "profile/flux_radius.hpp"
#include "profile/radial_law.hpp"
#include "profile/shape_chain.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {
namespace {

constexpr double kTwoPi = 2.0 * std::numbers::pi;

Eigen::Index n_values(const Component& component) {
  return std::ssize(component.values);
}

Graded own(const Component& component, Role role) {
  return Graded::variable(component.value(role), component.kind->index_of(role), n_values(component));
}

/// A function of the law's shape parameters as one of the component's.
Graded by_values(double value, std::span<const double> d_shapes, const LawShapes& shapes, Eigen::Index n) {
  Graded result{value, Eigen::VectorXd::Zero(n)};
  for (std::size_t k = 0; k < shapes.values.size(); ++k) {
    const Eigen::Map<const Eigen::VectorXd> row(&shapes.derivatives[k * static_cast<std::size_t>(n)], n);
    if (d_shapes[k] != 0.0) result.gradient += d_shapes[k] * row;
  }
  return result;
}

Graded area_of(const Component& component) {
  const ShapeLayout layout(*component.kind);
  Graded area{0.0, Eigen::VectorXd::Zero(n_values(component))};
  for (Eigen::Index first = 0; first < n_values(component); first += kShapeSeeds) {
    const std::vector<ShapeDual> values = seeded(component.values, static_cast<std::size_t>(first));
    const ShapeDual found = ShapeChain<ShapeDual>(layout, values.data()).area();
    area.value = found.a;
    const Eigen::Index n = std::min<Eigen::Index>(kShapeSeeds, n_values(component) - first);
    area.gradient.segment(first, n) = found.v.head(n);
  }
  return area;
}

bool has_part(const Component& component, ShapePart part) {
  const ShapeLayout layout(*component.kind);
  return std::ranges::any_of(layout.steps, [&](const OptionUse& use) { return use.option->part == part; });
}

/// A radius in scale radii, and its derivatives to the shape parameters.
struct HalfRadius {
  double value;
  std::vector<double> d_shapes;
};

// Noise of what does not depend on a shape at all, as re of the Sersic law.
double without_noise(double derivative, double value) {
  return std::abs(derivative) < 1e-10 * value ? 0.0 : derivative;
}

HalfRadius half_radius(const RadialLaw& law) {
  HalfRadius half{flux_radius(law, 0.5), {}};
  const double s = half.value * half.value;
  double mean = 0.0;
  std::vector<double> d_mean(law.n_shapes() + 1);
  law.enclosed(&s, 1, &mean, d_mean.data());
  // F = 2 pi s G stays: dr/dp = -(dF/dp) / (2 pi r g)
  for (std::size_t k = 0; k < law.n_shapes(); ++k)
    half.d_shapes.push_back(without_noise(-half.value * d_mean[k] / law.value(s), half.value));
  return half;
}

/// Integral of f(r), a radius, up to `end`, where the law may change its form at the marks.
template <class Function>
double integral_to(double end, const std::vector<double>& marks, const Function& f) {
  double sum = 0.0;
  double from = 0.0;
  for (const double mark : marks) {
    if (mark >= end) break;
    sum += integral_between<double>(f, from, mark);
    from = mark;
  }
  return sum + integral_between<double>(f, from, end);
}

HalfRadius half_radius(const SurfaceLaw& law) {
  std::vector<double> marks;
  for (const LawFeature& feature : law.features()) {
    if (feature.axis == LawAxis::kRadius && feature.place > 0.0) marks.push_back(feature.place);
  }
  std::ranges::sort(marks);
  const ShapeValue total = law.total();
  const auto ring = [&law](double r) { return kTwoPi * r * law.intensity_at(r).value; };
  const auto missing = [&](double log_r) {
    return integral_to(std::exp(log_r), marks, ring) - 0.5 * total.value;
  };
  double low = -1.0;
  double high = 1.0;
  while (missing(low) > 0.0 && low > -30.0) low -= 2.0;
  while (missing(high) < 0.0 && high < 30.0) high += 2.0;
  std::uintmax_t steps = 60;
  const auto ends = boost::math::tools::toms748_solve(missing, low, high,
                                                      boost::math::tools::eps_tolerance<double>(44), steps);
  HalfRadius half{std::exp(0.5 * (ends.first + ends.second)), {}};
  for (std::size_t k = 0; k < law.n_shapes(); ++k) {
    const double inside = integral_to(half.value, marks,
                                      [&](double r) { return kTwoPi * r * law.intensity_at(r).d_shapes[k]; });
    half.d_shapes.push_back(without_noise((0.5 * total.d_shapes[k] - inside) / ring(half.value), half.value));
  }
  return half;
}

HalfRadius half_radius(const Component& component, const SurfaceLaw& law) {
  const ComponentKind& base = component.kind->base();
  return base.make_law == nullptr ? half_radius(law) : half_radius(*base.make_law(component));
}

/// The light's surface brightness over the law's intensity; empty where it is that at a truncation's break.
std::optional<Graded> scale_of(const Component& component, const SurfaceLaw& law, const LawShapes& shapes,
                               const Graded& unit_flux) {
  const ComponentKind& kind = *component.kind;
  const Eigen::Index n = n_values(component);
  if (kind.index_of(Role::kFlux) >= 0) return own(component, Role::kFlux) / unit_flux;
  if (kind.index_of(Role::kBrightness) < 0) return Graded{1.0, Eigen::VectorXd::Zero(n)};
  if (kind.brightness_radius == kAtBreak) return std::nullopt;
  const ShapeValue at = law.intensity_at(kind.brightness_radius);
  return own(component, Role::kBrightness) / by_values(at.value, at.d_shapes, shapes, n);
}

void add_half_light(const Component& component, const SurfaceLaw& law, const LawShapes& shapes,
                    const Graded& scale, const Graded& area, LightFacts& facts) {
  const Eigen::Index n = n_values(component);
  const HalfRadius half = half_radius(component, law);
  const Graded u = by_values(half.value, half.d_shapes, shapes, n);
  facts.half_light_radius = u * own(component, Role::kRe);
  facts.circular_radius = u * sqrt(area);
  facts.mean_intensity = (0.5 / std::numbers::pi) * (*facts.flux / (u * u * area));
  const double across = 0.0;
  double intensity = 0.0;
  double slope = 0.0;
  double slope_across = 0.0;
  std::vector<double> d_shapes(law.n_shapes() + 1);
  law.intensity_with_partials(&u.value, &across, 1, &intensity, &slope, &slope_across, d_shapes.data());
  Graded at = by_values(intensity, d_shapes, shapes, n);
  at.gradient += slope * u.gradient;
  facts.half_light_intensity = scale * at;
}

LightFacts integrated_light(const Component& component) {
  const Eigen::Index n = n_values(component);
  const LawShapes shapes = law_shapes(component);
  const std::unique_ptr<SurfaceLaw> law = component.kind->base().make_surface_law(shapes.values);
  const ShapeValue total = law->total();
  const Graded area = area_of(component);
  const Graded unit_flux = area * by_values(total.value, total.d_shapes, shapes, n);
  LightFacts facts;
  if (has_part(component, ShapePart::kSoftCentre)) {  // changes all but a flux that was given
    if (component.kind->index_of(Role::kFlux) >= 0) facts.flux = own(component, Role::kFlux);
    return facts;
  }
  const std::optional<Graded> scale = scale_of(component, *law, shapes, unit_flux);
  if (!scale) return facts;
  const bool has_isophotes = law->is_radial() && !has_part(component, ShapePart::kAsymmetry);
  if (std::isfinite(total.value)) {
    facts.flux = *scale * unit_flux;
    if (has_isophotes) add_half_light(component, *law, shapes, *scale, area, facts);
  }
  if (!component.kind->base().has_central_brightness) return facts;
  const ShapeValue centre = law->intensity_at(0.0);
  facts.central_intensity = *scale * by_values(centre.value, centre.d_shapes, shapes, n);
  return facts;
}

}  // namespace

LightFacts light_facts(const Component& component) {
  if (!is_source(component.kind->family) || !component.inner.empty() || !component.outer.empty()) return {};
  if (is_integrated(component.kind->family)) return integrated_light(component);
  LightFacts facts;
  if (component.kind->index_of(Role::kFlux) >= 0) facts.flux = own(component, Role::kFlux);
  return facts;
}

}  // namespace gaxel
