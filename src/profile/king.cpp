#include "profile/king.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "gaxel/error.hpp"
#include "profile/king_kernel.hpp"

namespace gaxel {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

// E and e^-z at a distance alpha z from the edge in y.
struct NearEdge {
  double inside;  // E = 1 - e^-z
  double decay;   // e^-z
  double z;

  NearEdge(double distance, double alpha)
      : inside(-std::expm1(-distance / alpha)), decay(std::exp(-distance / alpha)), z(distance / alpha) {}
};

// The integrals to y of E^alpha and of its derivative to alpha.
IntegralTable king_table(double y_edge, double alpha) {
  IntegralTable::Definition definition;
  definition.n_functions = 2;
  definition.end = y_edge;
  definition.longest = 4.0;
  // The rest of the flux is less than z^(1 + alpha).
  definition.smallest = std::min(alpha, y_edge) * std::pow(1e-18, 1.0 / (1.0 + alpha));
  definition.functions = [=](double y) -> IntegralTable::Values {
    const NearEdge at(y_edge - y, alpha);
    const double log_inside = std::log(at.inside);
    const double power = std::exp(alpha * log_inside);
    return {power, power * (log_inside - at.z * at.decay / at.inside), 0.0};
  };
  definition.weight = [](double y) { return std::expm1(y); };
  return IntegralTable(definition);
}

KingConstants king_constants(double c, double alpha, const IntegralTable& table) {
  KingConstants k{};
  k.c = c;
  k.alpha = alpha;
  k.edge = c * c;
  k.y_edge = std::log1p(k.edge);
  k.dy_edge_dc = 2.0 * c / (1.0 + k.edge);
  const auto& [total, total_dalpha, unused] = table.totals();
  k.k = std::numbers::inv_pi / total;
  k.log_k = std::log(k.k);
  // The integral of dE^alpha / dy_edge = -dE^alpha / dy is E^alpha at the centre.
  k.dlog_k_dc = -std::pow(NearEdge(k.y_edge, alpha).inside, alpha) * k.dy_edge_dc / total;
  k.dlog_k_dalpha = -total_dalpha / total;
  return k;
}

double checked_edge(double c, double alpha) {
  if (!(c >= 1e-7 && c <= 1e9)) {
    throw InputError({"king", "rt / rc", fmt::format("{}", c), "outside its range", "1e-7 to 1e9"});
  }
  if (!(alpha >= 0.1 && alpha <= 10.0)) {
    throw InputError({"king", "alpha", fmt::format("{}", alpha), "outside its range", "0.1 to 10"});
  }
  return std::log1p(c * c);
}

}  // namespace

KingLaw::KingLaw(double c, double alpha)
    : table_(king_table(checked_edge(c, alpha), alpha)), constants_(king_constants(c, alpha, table_)) {}

void KingLaw::evaluate(const double* s, std::size_t n, double* g) const {
  king_values(constants_, s, n, g);
}

void KingLaw::evaluate_with_partials(const double* s, std::size_t n, double* g, double* g_s,
                                     double* g_shapes) const {
  king_partials(constants_, s, n, g, g_s, g_shapes, g_shapes + n);
}

void KingLaw::log_values(const double* s, std::size_t n, double* log_g) const {
  king_log_values(constants_, s, n, log_g);
}

void KingLaw::log_bounds(const ComplexReach& reach, float* bounds) const {
  king_log_bounds(constants_, reach, bounds);
}

// F = pi K I(y), I the integral of E^alpha, whose derivative to y_edge is E^alpha at the centre less that at
// y.
void KingLaw::enclosed(const double* s, std::size_t n, double* mean, double* d_shapes) const {
  const KingConstants& k = constants_;
  const double at_centre = std::pow(NearEdge(k.y_edge, k.alpha).inside, k.alpha);
  for (std::size_t i = 0; i < n; ++i) {
    const double at = std::max(s[i], std::numeric_limits<double>::min());
    if (at >= k.edge) {
      mean[i] = 0.5 * std::numbers::inv_pi / at;
      if (d_shapes != nullptr) d_shapes[i] = d_shapes[n + i] = 0.0;
      continue;
    }
    const auto& [integral, integral_dalpha, unused] = table_.at(std::log1p(at));
    mean[i] = 0.5 * k.k * integral;
    if (d_shapes == nullptr) continue;
    const double power = std::pow(NearEdge(std::log1p((k.edge - at) / (1.0 + at)), k.alpha).inside, k.alpha);
    d_shapes[i] = mean[i] * k.dlog_k_dc + 0.5 * k.k * k.dy_edge_dc * (at_centre - power) / at;
    d_shapes[n + i] = mean[i] * k.dlog_k_dalpha + 0.5 * k.k * integral_dalpha;
  }
}

double KingLaw::value(double s) const {
  const KingConstants& k = constants_;
  if (s >= k.edge) return 0.0;
  const NearEdge at(std::log1p((k.edge - s) / (1.0 + s)), k.alpha);
  return k.k * std::pow(at.inside, k.alpha) / (1.0 + s);
}

double KingLaw::rounding(double g, double s_rounding) const {
  if (!(g > 0.0)) return 1.0;
  // |d ln g / d ln s| = s / ((1 + s) E), and E^alpha >= g / K.
  const double inside = std::min(1.0, std::pow(g / constants_.k, 1.0 / constants_.alpha));
  const double of_law =
      kEpsilon * (16.0 + 4.0 * constants_.alpha * (1.0 - std::log(std::max(inside, 1e-300))));
  return std::min(1.0, of_law + (s_rounding + kEpsilon) / inside);
}

}  // namespace gaxel
