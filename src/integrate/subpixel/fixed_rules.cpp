#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "base/check_range.hpp"
#include "gaxel/error.hpp"
#include "gaxel/integration.hpp"
#include "integrate/subpixel/cell_rules.hpp"
#include "integrate/subpixel/check_points.hpp"

namespace gaxel {
namespace {

std::vector<double> evaluate_one(const Integrand& f, PointsView points, const PixelRule& rule) {
  check_finite(points);
  NodeSums sums;
  sums.add(0, rule);
  std::vector<double> pixels(points.size());
  sums.evaluate(f, points, 1.0, std::array{std::span<double>(pixels)});
  return pixels;
}

}  // namespace

Points get_ij(Shape shape) {
  if (shape.empty()) {
    throw InputError(
        {"get_ij", "shape", fmt::format("({}, {})", shape.ny, shape.nx), "no pixels", "both above 0"});
  }
  Points points;
  points.i.reserve(shape.size());
  points.j.reserve(shape.size());
  for (int row = 0; row < shape.ny; ++row) {
    for (int col = 0; col < shape.nx; ++col) {
      points.i.push_back(row - 0.5 * (shape.ny - 1));
      points.j.push_back(col - 0.5 * (shape.nx - 1));
    }
  }
  return points;
}

std::vector<double> integrate_pixels(const Integrand& f, PointsView points, const PixelRule& rule) {
  if (rule.di.size() != rule.size() || rule.dj.size() != rule.size() || rule.size() == 0) {
    throw InputError({"integrate_pixels", "w", fmt::format("{} weights", rule.size()),
                      fmt::format("{} and {} offsets", rule.di.size(), rule.dj.size()),
                      "di, dj and w of one length, at least 1"});
  }
  check_finite("di", rule.di);
  check_finite("dj", rule.dj);
  return evaluate_one(f, points, rule);
}

std::vector<double> tensor_integrate_pixels(const Integrand& f, PointsView points, const QuadratureRule& rule,
                                            int oversamp) {
  return evaluate_one(f, points, tensor_rule(rule, oversamp));
}

std::vector<double> gauss_legendre_tensor_integration(const Integrand& f, PointsView points, int order) {
  return tensor_integrate_pixels(f, points, gauss_legendre(order));
}

std::vector<double> clencurt_tensor_integration(const Integrand& f, PointsView points, int order) {
  return tensor_integrate_pixels(f, points, clenshaw_curtis(order));
}

std::vector<double> oversampled_integration(const Integrand& f, PointsView points, int order) {
  return tensor_integrate_pixels(f, points, midpoint(order));
}

Points oversample_pixels(PointsView points, int k, int oversamp, int base_oversamp) {
  check_at_least("oversample_pixels", "k", k, 1);
  check_range("oversample_pixels", "oversamp", oversamp, 1, kMaxQuadratureOrder);
  check_range("oversample_pixels", "base_oversamp", base_oversamp, 1, kMaxQuadratureOrder);
  check_finite(points);
  return children_of(points, cell_side(k - 1, oversamp, base_oversamp), oversamp);
}

CellEstimates integrate_with_error(const Integrand& f, PointsView points, int k, int order, int base_oversamp,
                                   int oversamp) {
  check_at_least("integrate_with_error", "k", k, 0);
  check_range("integrate_with_error", "order", order, 2, kMaxQuadratureOrder);
  check_range("integrate_with_error", "base_oversamp", base_oversamp, 1, kMaxQuadratureOrder);
  check_range("integrate_with_error", "oversamp", oversamp, 1, kMaxQuadratureOrder);
  check_finite(points);
  RuleResults results = CellRules(order, 1, true).evaluate(f, points, cell_side(k, oversamp, base_oversamp));
  return {std::move(results.values), std::move(results.errors)};
}

}  // namespace gaxel
