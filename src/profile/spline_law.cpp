#include "profile/spline_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <numbers>
#include <string>
#include <vector>

#include "gaxel/error.hpp"
#include "profile/parameters.hpp"

namespace gaxel {
namespace {

using namespace specs;

static_assert(kMaxKnots + 1 <= static_cast<int>(kMaxLawShapes));

class SplineLaw final : public SurfaceLaw {
 public:
  SplineLaw(double r_max, std::span<const double> knots) : profile_(r_max, knots) {}

  bool is_radial() const override { return true; }
  std::size_t n_shapes() const override { return 1 + n_knots(); }

  void intensity(const double* u, const double* /*v*/, std::size_t n, double* g) const override {
    for (std::size_t i = 0; i < n; ++i) g[i] = profile_.at(u[i], nullptr).intensity;
  }

  void intensity_with_partials(const double* u, const double* /*v*/, std::size_t n, double* g, double* g_u,
                               double* g_v, double* g_shapes) const override {
    std::vector<double> weights(n_knots());
    for (std::size_t i = 0; i < n; ++i) {
      const SplineProfile::Value value = profile_.at(u[i], weights.data());
      g[i] = value.intensity;
      g_u[i] = u[i] > 0.0 ? value.intensity * value.slope / u[i] : 0.0;
      g_v[i] = 0.0;
      g_shapes[i] = 0.0;  // the radii of the knots are constants
      for (std::size_t k = 0; k < weights.size(); ++k)
        g_shapes[(k + 1) * n + i] = value.intensity * weights[k];
    }
  }

  ShapeValue total() const override {
    const SplineProfile::Total total = profile_.total();
    ShapeValue result{total.value, {}};
    std::ranges::copy(total.derivatives, result.d_shapes.begin() + 1);
    return result;
  }

  ShapeValue intensity_at(double u) const override {
    ShapeValue result;
    std::vector<double> weights(n_knots());
    result.value = profile_.at(u, weights.data()).intensity;
    for (std::size_t k = 0; k < weights.size(); ++k) result.d_shapes[k + 1] = result.value * weights[k];
    return result;
  }

  /// Derivatives jump at the knots, the second at the first, the third at the others.
  std::vector<LawFeature> features() const override {
    std::vector<LawFeature> features;
    for (std::size_t k = 0; k < n_knots(); ++k) {
      const double r = std::exp(static_cast<double>(k) * profile_.spacing());
      features.push_back({LawAxis::kRadius, r, 0.5 * profile_.spacing() * r});
      features.push_back({LawAxis::kRadius, r, 0.0, true});
    }
    return features;
  }

  double centre_power() const override { return 1.0; }

 private:
  std::size_t n_knots() const { return static_cast<std::size_t>(profile_.n_knots()); }

  SplineProfile profile_;
};

/// The parameters for all numbers of knots, and the memory of their names.
struct Tables {
  std::deque<std::string> names;
  std::vector<std::vector<ParameterSpec>> specs;

  Tables() {
    for (int k = 1; k <= kMaxKnots; ++k) names.push_back(fmt::format("i{}", k));
    for (int n = kMinKnots; n <= kMaxKnots; ++n) specs.push_back(of_knots(n));
  }

  std::vector<ParameterSpec> of_knots(int n) const {
    constexpr double kLargestLog = 300.0;
    std::vector<ParameterSpec> result{
        kX,
        kY,
        {Role::kRe, "r_min", "pixel", "radius of the first knot along the major axis: constant inside", 0.01,
         1e5, 1.0, false},
        {Role::kShape1, "r_max", "pixel", "radius of the last knot along the major axis: a power law beyond",
         0.02, 1e7, kNotGiven, false},
        {Role::kSmoothness, "smoothness", "",
         "weight of the knots' squared second differences beside chi2 in a fit", 0.0, 1e9, 0.0, false}};
    for (std::size_t k = 0; k < static_cast<std::size_t>(n); ++k) {
      result.push_back({Role::kKnot, names[k], "ln counts/pixel",
                        "natural logarithm of the intensity at a knot, innermost first", -kLargestLog,
                        kLargestLog, kNotGiven});
    }
    result.push_back(kQ);
    result.push_back(kTheta);
    return result;
  }
};

}  // namespace

std::span<const ParameterSpec> spline_parameters(int n_knots) {
  static const Tables tables;
  return tables.specs.at(static_cast<std::size_t>(n_knots - kMinKnots));
}

std::unique_ptr<SurfaceLaw> make_spline_law(std::span<const double> shapes) {
  const double r_max = shapes[0];
  if (!(r_max > 1.0)) {
    throw InputError({"spline", "r_max / r_min", fmt::format("{}", r_max),
                      "the last knot is not outside the first", "above 1"});
  }
  return std::make_unique<SplineLaw>(r_max, shapes.subspan(1));
}

double exponential_knot(int knot, int n_knots, double r_min, double r_max, double flux, double half_radius,
                        double q) {
  constexpr double kHalfLight = 1.6783469900166605;  // of an exponential, in scale lengths
  const double scale = half_radius / kHalfLight;
  const double r = r_min * std::pow(r_max / r_min, static_cast<double>(knot) / (n_knots - 1));
  const double centre = std::log(std::max(flux, 1e-100) / (2.0 * std::numbers::pi * q * scale * scale));
  constexpr double kFaintest = 25.0;  // far out, where the light is next to nothing anyway
  return centre - std::min(r / scale, kFaintest);
}

}  // namespace gaxel
