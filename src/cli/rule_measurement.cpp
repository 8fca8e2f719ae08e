#include "cli/rule_measurement.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "gaxel/quadrature.hpp"

namespace gaxel::cli {
namespace {

using Pixels = std::vector<double>;

double largest_difference(std::span<const double> a, std::span<const double> b) {
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(a[i] - b[i]);
    if (!(difference <= largest)) largest = difference;  // NaN stays
    if (std::isnan(largest)) break;
  }
  return largest;
}

/// The profile about the middle of the image, in GAX's coordinates.
Component about_the_middle(Component profile, Shape shape) {
  const auto shift = [&profile](Role role, int size) {
    profile.values[static_cast<std::size_t>(profile.kind->index_of(role))] -= 0.5 * (size - 1);
  };
  shift(Role::kX, shape.nx);
  shift(Role::kY, shape.ny);
  return profile;
}

QuadratureRule fixed_rule(const IntegrationRule& rule) {
  switch (rule.family) {
    case RuleFamily::kGaussLegendre:
      return gauss_legendre(rule.order);
    case RuleFamily::kClenshawCurtis:
      return clenshaw_curtis(rule.order);
    default:
      return midpoint(rule.order);
  }
}

/// Makes the pixels by one rule and knows what that costs.
class Bench {
 public:
  Bench(const Component& profile, Shape shape, int repeat)
      : profile_(profile),
        shape_(shape),
        repeat_(repeat),
        light_(light_integrand(about_the_middle(profile, shape))),
        centres_(get_ij(shape)) {}

  RuleMeasurement measurement;
  Pixels pixels;

  void run(const IntegrationRule& rule, const RefinementOptions& options) {
    switch (rule.family) {
      case RuleFamily::kTree:
        return run_tree(rule.tolerance);
      case RuleFamily::kRefine:
      case RuleFamily::kApply:
        return run_refinement(options, rule.family == RuleFamily::kApply);
      case RuleFamily::kKronrod: {
        const NestedPixelRule nested = nested_rule(gauss_kronrod(rule.order));
        run_fixed(nested.kronrod());
        measurement.own_estimate =
            largest_difference(pixels, integrate_pixels(*light_, centres_, nested.gauss));
        return;
      }
      default:
        return run_fixed(tensor_rule(fixed_rule(rule)));
    }
  }

 private:
  void time(const std::function<void()>& make) {
    using Clock = std::chrono::steady_clock;
    measurement.milliseconds = std::numeric_limits<double>::infinity();
    for (int i = 0; i < repeat_; ++i) {
      const auto start = Clock::now();
      make();
      const std::chrono::duration<double, std::milli> taken = Clock::now() - start;
      measurement.milliseconds = std::min(measurement.milliseconds, taken.count());
    }
  }

  void run_fixed(const PixelRule& rule) {
    time([&] { pixels = integrate_pixels(*light_, centres_, rule); });
    measurement.n_evaluations = static_cast<std::int64_t>(rule.size() * shape_.size());
  }

  void run_refinement(const RefinementOptions& options, bool applied) {
    const int base = options.base_oversamp;
    const Points cells = base == 1 ? centres_ : oversample_pixels(centres_, 1, base);
    RefinementCertificate& certificate = measurement.refinement.emplace();
    if (applied) {
      const SubpixelRefinement plan = prepare_subpixel_refinements(*light_, cells, options);
      time([&] { pixels = sums_of(plan.apply(*light_, &certificate), base); });
    } else {
      time([&] {
        pixels = sums_of(integrate_with_subpixel_refinement(*light_, cells, options, &certificate), base);
      });
    }
    measurement.own_estimate = certificate.max_error;
    measurement.n_evaluations = certificate.n_evaluations;
  }

  void run_tree(const Tolerance& tolerance) {
    const Renderer renderer(shape_, std::nullopt, {tolerance, false, 1});
    Image image(shape_);
    time([&] { renderer.render({&profile_, 1}, image.view()); });
    pixels.assign(image.pixels().begin(), image.pixels().end());
    const Renderer certified(shape_, std::nullopt, {tolerance, true, 1});
    const Certificate certificate = certified.render({&profile_, 1}, image.view());
    measurement.own_estimate = certificate.max_bound;
    measurement.n_evaluations = certificate.n_evaluations;
  }

  /// Cells of a pixel, which lie together, to pixels.
  Pixels sums_of(Pixels cells, int base) const {
    if (base == 1) return cells;
    const std::size_t n = static_cast<std::size_t>(base) * static_cast<std::size_t>(base);
    Pixels sums(shape_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) sums[i / n] += cells[i];
    return sums;
  }

  const Component& profile_;
  Shape shape_;
  int repeat_;
  std::unique_ptr<Integrand> light_;
  Points centres_;
};

}  // namespace

ExactPixels exact_pixels(const Component& profile, Shape shape) {
  const Renderer renderer(shape, std::nullopt, {ExactPixels::kTolerance, true, 1});
  ExactPixels exact{Image(shape), 0.0};
  const Certificate certificate = renderer.render({&profile, 1}, exact.pixels.view());
  exact.bound = certificate.max_bound / std::abs(profile.value(Role::kFlux));
  return exact;
}

RuleMeasurement measure(const IntegrationRule& rule, const Component& profile, const ExactPixels& exact,
                        const RefinementOptions& options, int repeat) {
  const Shape shape = exact.pixels.shape();
  Bench bench(profile, shape, repeat);
  bench.run(rule, options);
  RuleMeasurement& result = bench.measurement;
  const double flux = profile.value(Role::kFlux);
  result.max_error = largest_difference(bench.pixels, exact.pixels.pixels()) / std::abs(flux);
  result.error = Image(shape);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const double error = (bench.pixels[i] - exact.pixels.data()[i]) / flux;
    result.error.data()[i] = error;
    result.sum_error += std::abs(error);
  }
  if (result.own_estimate) *result.own_estimate /= std::abs(flux);
  return std::move(result);
}

}  // namespace gaxel::cli
