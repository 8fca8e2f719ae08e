#include "integrate/surface_estimate.hpp"

#include <algorithm>
#include <boost/math/special_functions/legendre.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "gaxel/quadrature.hpp"

namespace gaxel {
namespace {

constexpr double kSafety = 3.0;  // errors were seen to come close to what differences say

// Corners, and places that no rule has its nodes at: of the additive sequence of the plastic number.
constexpr std::array<std::array<double, 2>, 12> kBetween{{{-1.0, -1.0},
                                                          {1.0, -1.0},
                                                          {-1.0, 1.0},
                                                          {1.0, 1.0},
                                                          {0.509756, 0.139681},
                                                          {-0.980488, -0.720639},
                                                          {-0.470732, 0.419042},
                                                          {0.039024, -0.441277},
                                                          {0.548779, 0.698404},
                                                          {-0.941465, -0.161916},
                                                          {-0.431709, 0.977765},
                                                          {0.078047, 0.117445}}};

// cosines[k * n + j]: T_k at the j-th of n Chebyshev nodes in ascending order.
std::vector<double> chebyshev_table(std::size_t n) {
  std::vector<double> table(n * n);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t j = 0; j < n; ++j) {
      const double angle = std::numbers::pi * (static_cast<double>(n - j) - 0.5) / static_cast<double>(n);
      table[k * n + j] = std::cos(static_cast<double>(k) * angle);
    }
  }
  return table;
}

const std::vector<double>& chebyshev(int n) {
  static const auto tables = [] {
    std::array<std::vector<double>, kMaxTileOrder + 1> made;
    for (std::size_t k = 1; k < made.size(); ++k) made[k] = chebyshev_table(k);
    return made;
  }();
  return tables[static_cast<std::size_t>(n)];
}

// Coefficients (y.order, x.order) of T_l(y) T_k(x).
std::vector<double> coefficients(const std::vector<double>& light, const Orders& orders) {
  const auto nx = static_cast<std::size_t>(orders.x);
  const auto ny = static_cast<std::size_t>(orders.y);
  const std::vector<double>& tx = chebyshev(orders.x);
  const std::vector<double>& ty = chebyshev(orders.y);
  std::vector<double> rows(nx * ny, 0.0);
  for (std::size_t l = 0; l < ny; ++l) {
    for (std::size_t k = 0; k < nx; ++k) {
      for (std::size_t j = 0; j < nx; ++j) rows[l * nx + k] += tx[k * nx + j] * light[l * nx + j];
      rows[l * nx + k] *= (k == 0 ? 1.0 : 2.0) / static_cast<double>(nx);
    }
  }
  std::vector<double> result(nx * ny, 0.0);
  for (std::size_t l = 0; l < ny; ++l) {
    const double factor = (l == 0 ? 1.0 : 2.0) / static_cast<double>(ny);
    for (std::size_t j = 0; j < ny; ++j) {
      for (std::size_t k = 0; k < nx; ++k) result[l * nx + k] += factor * ty[l * ny + j] * rows[j * nx + k];
    }
  }
  return result;
}

double polynomial(const std::vector<double>& c, const Orders& orders, double x, double y) {
  double sum = 0.0;
  double t_y = 1.0;
  double t_y_before = y;
  std::size_t i = 0;
  for (int l = 0; l < orders.y; ++l) {
    double row = 0.0;
    double t = 1.0;
    double before = x;
    for (int k = 0; k < orders.x; ++k) {
      row += t * c[i++];
      const double next = 2.0 * x * t - before;
      before = t;
      t = next;
    }
    sum += t_y * row;
    const double next = 2.0 * y * t_y - t_y_before;
    t_y_before = t_y;
    t_y = next;
  }
  return sum;
}

// Appends what the terms beyond the last amount to if they go on falling as the last four do: by pairs, since
// those of even light about the middle vanish in turn.
void extrapolate(std::vector<double>& terms) {
  const std::size_t n = terms.size();
  if (n < 4) {
    terms.push_back(n > 1 ? terms.back() + terms[n - 2] : terms.back());
    return;
  }
  constexpr double kSlowest = 0.9;
  const double last = terms[n - 1] + terms[n - 2];
  const double before = terms[n - 3] + terms[n - 4];
  const double fall = before > 0.0 ? std::min(kSlowest, last / before) : 0.0;
  terms.push_back(last * fall / (1.0 - fall));
}

double sum_from(const std::vector<double>& terms, int first) {
  double sum = 0.0;
  for (auto k = static_cast<std::size_t>(first); k < terms.size(); ++k) sum += terms[k];
  return sum;
}

constexpr std::size_t kPairs = 3;

// The highest polynomials of the Legendre expansion that a cell's rule knows, at its nodes, such that the sum
// of their products with weighted light is a coefficient times the cell's area.
const std::array<std::vector<double>, 2 * kPairs>& highest_polynomials() {
  static const auto made = [] {
    const int order = kSurfaceOrders.back();
    std::array<std::vector<double>, 2 * kPairs> result;
    for (const double node : gauss_legendre(order).nodes) {
      for (std::size_t i = 0; i < result.size(); ++i) {
        const int degree = order - static_cast<int>(result.size() - i);
        result[i].push_back((2.0 * degree + 1.0) * boost::math::legendre_p(degree, node));
      }
    }
    return result;
  }();
  return made;
}

// How much of the light is in pairs of neighbouring polynomials of one direction, those of lower degree
// first.
using PairSums = std::array<double, kPairs>;

// What a rule of that many nodes misses if the sums go on falling: its first error is of twice the degree.
double missed(const PairSums& pairs) {
  if (!(pairs[1] > 0.0)) return pairs[2];
  const double fall = std::max(pairs[2] / pairs[1], pairs[0] > 0.0 ? pairs[1] / pairs[0] : 1.0);
  constexpr double kPairsToError = 3.0;  // of five, since sums that fall slowly do so ever more slowly
  return pairs[2] * std::pow(std::min(fall, 1.0), kPairsToError);
}

NodeRegion region_of(const Surface& surface, const CellPlace& cell) {
  return {{cell.x - surface.x0(), cell.y - surface.y0(), cell.half_x, cell.half_y},
          {2.0 * cell.half_x, 0.0},
          {0.0, 2.0 * cell.half_y}};
}

NodeRegion region_of(const Surface& surface, const WedgeSide& side, const Wedge& wedge) {
  const double m = surface.centre_power();
  const double inner = std::pow(wedge.t[0], m);
  const double outer = std::pow(wedge.t[1], m);
  const auto at = [&](double across, std::size_t i) { return side.from[i] + across * side.along[i]; };
  OffsetBox box{};
  std::array<double, 2> outward{};
  for (const std::size_t i : {0U, 1U}) {
    const double a = at(wedge.across[0], i);
    const double b = at(wedge.across[1], i);
    const double low = std::min({inner * a, inner * b, outer * a, outer * b});
    const double high = std::max({inner * a, inner * b, outer * a, outer * b});
    (i == 0 ? box.dx : box.dy) = 0.5 * (low + high);
    (i == 0 ? box.half_x : box.half_y) = 0.5 * (high - low);
    outward[i] = (outer - inner) * std::max(std::abs(a), std::abs(b));
  }
  const double width = outer * (wedge.across[1] - wedge.across[0]);
  return {box, outward, {width * side.along[0], width * side.along[1]}};
}

}  // namespace

double TileEstimate::error(const Orders& orders) const {
  constexpr double kAliases = 2.0;  // what is left out also comes back in the terms that are kept
  return kSafety * (kAliases * (sum_from(x_terms, orders.x) + sum_from(y_terms, orders.y)) + between);
}

TileEstimate SurfaceEstimator::tile(const Tile& tile, int side_x, int side_y, const Orders& orders) {
  tile_nodes(surface_, grid_, tile, side_x, side_y, orders, nodes_);
  const std::size_t n = nodes_.size();
  nodes_.resize(n + kBetween.size());
  const double half_x = 0.5 * grid_.step * side_x;
  const double half_y = 0.5 * grid_.step * side_y;
  const double x = grid_.x0 + grid_.step * (tile.col + 0.5 * (side_x - 1)) - surface_.x0();
  const double y = grid_.y0 + grid_.step * (tile.row + 0.5 * (side_y - 1)) - surface_.y0();
  for (std::size_t i = 0; i < kBetween.size(); ++i) {
    nodes_.dx[n + i] = x + half_x * kBetween[i][0];
    nodes_.dy[n + i] = y + half_y * kBetween[i][1];
  }
  light_.resize(nodes_.size());
  surface_.evaluate(nodes_.dx.data(), nodes_.dy.data(), nodes_.size(), light_.data());
  TileEstimate estimate;
  estimate.least = std::numeric_limits<double>::infinity();
  for (const double value : light_) estimate.least = std::min(estimate.least, std::abs(value));
  const std::vector<double> c = coefficients(light_, orders);
  for (std::size_t i = 0; i < kBetween.size(); ++i) {
    const double found = polynomial(c, orders, kBetween[i][0], kBetween[i][1]);
    const double off = std::abs(light_[n + i] - found);
    estimate.between =
        std::isfinite(off) ? std::max(estimate.between, off) : std::numeric_limits<double>::infinity();
  }
  estimate.x_terms.assign(static_cast<std::size_t>(orders.x), 0.0);
  estimate.y_terms.assign(static_cast<std::size_t>(orders.y), 0.0);
  for (std::size_t l = 0; l < estimate.y_terms.size(); ++l) {
    for (std::size_t k = 0; k < estimate.x_terms.size(); ++k) {
      const double size = std::abs(c[l * estimate.x_terms.size() + k]);
      estimate.x_terms[k] += size;
      estimate.y_terms[l] += size;
    }
  }
  extrapolate(estimate.x_terms);
  extrapolate(estimate.y_terms);
  return estimate;
}

template <class Nodes>
SurfaceEstimator::Integral SurfaceEstimator::integrate(const Nodes& nodes) {
  Integral result;
  for (std::size_t o = 0; o < kSurfaceOrders.size(); ++o) {
    nodes(kSurfaceOrders[o]);
    light_.resize(nodes_.size());
    surface_.evaluate(nodes_.dx.data(), nodes_.dy.data(), nodes_.size(), light_.data());
    for (std::size_t i = 0; i < light_.size(); ++i) {
      light_[i] *= nodes_.weight[i];
      result.flux[o] += light_[i];
    }
  }
  for (const double part : light_) result.absolute += std::abs(part);
  // A rule errs by about its difference from the next one; the last by that of the one before, less what the
  // errors were seen to fall by, if they do so at the speed of light that is smooth.
  const double first = std::abs(result.flux[1] - result.flux[0]);
  constexpr double kLuck = 1.0 / 30.0;  // two rules may agree by chance
  const double second = std::max(std::abs(result.flux[2] - result.flux[1]), kLuck * first);
  constexpr double kTrust = 8.0;
  const double fall = first > 0.0 ? std::min(kTrust * second / first, 1.0) : 1.0;
  const double rounding = 4.0 * std::numeric_limits<double>::epsilon() * result.absolute;
  result.error = {first + second, second * (1.0 + fall), second * fall};
  for (double& error : result.error) error = kSafety * error + rounding;
  const auto n = static_cast<std::size_t>(kSurfaceOrders.back());
  if (light_.size() != n * n) {  // of curves: no products of polynomials, and no speed that could be trusted
    constexpr double kLuckOfCurves = 1.0 / 8.0;
    result.error.back() = kSafety * std::max(second, kLuckOfCurves * first) + rounding;
    result.tails = {1.0, 1.0};
    return result;
  }
  std::array<PairSums, 2> pairs{};
  for (std::size_t i = 0; i < 2 * kPairs; ++i) {
    const std::vector<double>& polynomial = highest_polynomials()[i];
    for (std::size_t l = 0; l < n; ++l) {
      double along_x = 0.0;
      double along_y = 0.0;
      for (std::size_t k = 0; k < n; ++k) {
        along_x += polynomial[k] * light_[l * n + k];
        along_y += polynomial[k] * light_[k * n + l];
      }
      pairs[0][i / 2] += std::abs(along_x);
      pairs[1][i / 2] += std::abs(along_y);
    }
  }
  result.tails = {pairs[0].back(), pairs[1].back()};
  const double at_least = missed(pairs[0]) + missed(pairs[1]);
  for (double& error : result.error) error = std::max(error, at_least + rounding);
  return result;
}

double SurfaceEstimator::brightest_on_border(const OffsetBox& box) {
  constexpr int kSteps = 8;  // a side
  nodes_.resize(4 * kSteps);
  for (int k = 0; k < kSteps; ++k) {
    const double along = 2.0 * k / kSteps - 1.0;
    const std::array<std::array<double, 2>, 4> places{
        {{along, -1.0}, {1.0, along}, {-along, 1.0}, {-1.0, -along}}};
    for (std::size_t side = 0; side < 4; ++side) {
      const std::size_t i = 4 * static_cast<std::size_t>(k) + side;
      nodes_.dx[i] = box.dx + places[side][0] * box.half_x;
      nodes_.dy[i] = box.dy + places[side][1] * box.half_y;
    }
  }
  light_.resize(nodes_.size());
  surface_.evaluate(nodes_.dx.data(), nodes_.dy.data(), nodes_.size(), light_.data());
  double brightest = 0.0;
  for (const double light : light_) brightest = std::max(brightest, std::abs(light));
  return brightest;
}

SurfaceEstimator::Integral SurfaceEstimator::cell(const CellPlace& cell) {
  const OffsetBox box = region_of(surface_, cell).box;
  Integral result = integrate([&](int order) { cell_nodes(surface_, cell, order, nodes_); });
  // An edge that cuts off a corner in front of all nodes: what light there is on the border tells.
  if (result.absolute == 0.0 && surface_.crosses_edge(box)) {
    const double hidden = 4.0 * box.half_x * box.half_y * brightest_on_border(box);
    for (double& error : result.error) error += hidden;
  }
  return result;
}

SurfaceEstimator::Integral SurfaceEstimator::wedge(const WedgeSide& side, const Wedge& wedge) {
  // A wedge is flat where the centre lies on its side, and yet the pixel's derivative to the centre is that
  // of its area: errors are those of one that is not, down to a width at which light that is not integrable
  // along a line would never be enough.
  constexpr double kFlat = 0.1;
  constexpr double kNarrow = 1e-12;
  const bool is_wide = wedge.across[1] - wedge.across[0] > kNarrow;
  WedgeSide full = side;
  if (is_wide)
    full.area = std::copysign(std::max(std::abs(side.area), kFlat * grid_.step * grid_.step), side.area);
  Integral result = integrate([&](int order) { wedge_nodes(surface_, full, wedge, order, nodes_); });
  for (double& flux : result.flux) flux *= full.area == 0.0 ? 0.0 : side.area / full.area;
  return result;
}

std::array<double, 2> SurfaceEstimator::nodes_needed(const CellPlace& cell) const {
  return surface_.nodes_needed(region_of(surface_, cell));
}

std::array<double, 2> SurfaceEstimator::nodes_needed(const WedgeSide& side, const Wedge& wedge) const {
  std::array<double, 2> needed = surface_.nodes_needed(region_of(surface_, side, wedge));
  const double outer = std::pow(wedge.t[1], surface_.centre_power());
  const auto at = [&](double across) {
    return std::array{outer * (side.from[0] + across * side.along[0]),
                      outer * (side.from[1] + across * side.along[1])};
  };
  needed[1] = std::max(needed[1], surface_.nodes_between(at(wedge.across[0]), at(wedge.across[1])));
  return needed;
}

}  // namespace gaxel
