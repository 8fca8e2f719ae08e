#include "integrate/hankel_rule.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/bessel.hpp>
#include <cmath>
#include <memory>
#include <mutex>
#include <numbers>

#include "integrate/core_window.hpp"
#include "integrate/node_kernel.hpp"

namespace gaxel {
namespace {

constexpr double kPi = std::numbers::pi;

double chebyshev_node(std::size_t j, std::size_t n) {
  return -std::cos(kPi * (static_cast<double>(j) + 0.5) / static_cast<double>(n));
}

double softplus(double x) {
  return x > 0.0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
}

double logistic(double x) {
  return x > 0.0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x));
}

// The Lagrange polynomial of node j of a chunk at x.
double lagrange(std::size_t j, double x) {
  const double angle = std::acos(std::clamp(x, -1.0, 1.0));
  const double node_angle = std::acos(chebyshev_node(j, kChunkNodes));
  double sum = 0.5;
  for (std::size_t k = 1; k < kChunkNodes; ++k) {
    const auto order = static_cast<double>(k);
    sum += std::cos(order * angle) * std::cos(order * node_angle);
  }
  return 2.0 * sum / static_cast<double>(kChunkNodes);
}

// Row c: the coefficient of x^c in the polynomial through values at kPanelTerms Chebyshev points.
std::array<std::array<double, kPanelTerms>, kPanelTerms> monomials_of_values() {
  constexpr std::size_t n = kPanelTerms;
  std::array<std::array<double, n>, n> powers{};  // of T_k: [k][c]
  powers[0][0] = 1.0;
  powers[1][1] = 1.0;
  for (std::size_t k = 2; k < n; ++k) {
    for (std::size_t c = 0; c < n; ++c) {
      powers[k][c] = (c > 0 ? 2.0 * powers[k - 1][c - 1] : 0.0) - powers[k - 2][c];
    }
  }
  std::array<std::array<double, n>, n> result{};
  for (std::size_t j = 0; j < n; ++j) {
    const double angle = std::acos(chebyshev_node(j, n));
    for (std::size_t k = 0; k < n; ++k) {
      const double weight =
          (k == 0 ? 1.0 : 2.0) / static_cast<double>(n) * std::cos(static_cast<double>(k) * angle);
      for (std::size_t c = 0; c < n; ++c) result[c][j] += weight * powers[k][c];
    }
  }
  return result;
}

// Column j (kChunkTerms): the coefficients of the panels' polynomials for the chunk's Lagrange polynomial j.
std::vector<double> make_chunk_matrix() {
  std::vector<double> matrix(kChunkNodes * kChunkTerms, 0.0);
  const auto monomials = monomials_of_values();
  for (std::size_t j = 0; j < kChunkNodes; ++j) {
    for (std::size_t panel = 0; panel < kChunkPanels; ++panel) {
      double* to = matrix.data() + j * kChunkTerms + panel * kPanelTerms;
      for (std::size_t i = 0; i < kPanelTerms; ++i) {
        const double in_panel = 0.5 * (1.0 + chebyshev_node(i, kPanelTerms));
        const double x =
            2.0 * (static_cast<double>(panel) + in_panel) / static_cast<double>(kChunkPanels) - 1.0;
        const double value = lagrange(j, x);
        for (std::size_t c = 0; c < kPanelTerms; ++c) to[c] += monomials[c][i] * value;
      }
    }
  }
  return matrix;
}

std::vector<double> chunk_nodes(double first, double last) {
  std::vector<double> nodes(kChunkNodes);
  for (std::size_t j = 0; j < kChunkNodes; ++j) {
    nodes[j] = first + 0.5 * (last - first) * (1.0 + chebyshev_node(j, kChunkNodes));
  }
  return nodes;
}

std::unique_ptr<const HankelRule> make_low(int level, LightEnd end) {
  std::vector<double> z;
  const int n_chunks = 1 << level;
  for (int k = 0; k < n_chunks; ++k) {
    const std::vector<double> nodes = chunk_nodes(k * kChunkBand, (k + 1) * kChunkBand);
    z.insert(z.end(), nodes.begin(), nodes.end());
  }
  return std::make_unique<const HankelRule>(z, n_chunks * kChunkBand, end);
}

std::unique_ptr<const HankelRule> make_octave(int m) {
  const double scale = kChunkBand * HankelRule::octave_radius(m);
  const double last = scale * (std::ldexp(1.0, m + 1) - 1.0);
  return std::make_unique<const HankelRule>(chunk_nodes(scale * (std::ldexp(1.0, m) - 1.0), last), last,
                                            LightEnd::kSmooth);
}

// What is made once, when it is first asked for.
struct Made {
  std::once_flag flag;
  std::unique_ptr<const HankelRule> rule;

  template <class Make>
  const HankelRule& get(Make&& make) {
    std::call_once(flag, [&] { rule = make(); });
    return *rule;
  }
};

}  // namespace

HankelRule::HankelRule(std::vector<double> z, double z_max, LightEnd end) : z_(std::move(z)) {
  // J0 grows as exp(z |Im t|) off the axis, and the light has power of its own.
  constexpr double kBesselBand = 2.0;
  constexpr double kLightBand = 70.0;
  constexpr double kStep = 0.42;       // of a geometric end: its error is exp(-2 pi^2 / step)
  constexpr double kGeometric = 32.0;  // logarithm of what the nodes of such an end span
  const double spacing = 2.0 * kPi / (kBesselBand * z_max + kLightBand);
  const double scale = spacing / kStep;
  const double span = kWindowEnd / scale;
  std::vector<double> weights;
  const double beyond = end == LightEnd::kEdge ? kGeometric : 0.0;
  for (double x = -std::ceil(kGeometric / kStep) * kStep; x < span + beyond; x += kStep) {
    double t = scale * softplus(x);
    double density = scale * logistic(x);
    if (end == LightEnd::kEdge) {
      t -= scale * softplus(x - span);
      density -= scale * logistic(x - span);
    }
    if (t >= kWindowEnd) break;
    t_.push_back(t);
    weights.push_back(2.0 * kPi * t * density * kStep);
  }
  matrix_.resize(z_.size() * t_.size());
  for (std::size_t r = 0; r < z_.size(); ++r) {
    for (std::size_t i = 0; i < t_.size(); ++i) {
      matrix_[r * t_.size() + i] = weights[i] * boost::math::cyl_bessel_j(0, z_[r] * t_[i]);
    }
  }
}

void HankelRule::apply(const double* f, double scale, double* values) const {
  for (std::size_t r = 0; r < z_.size(); ++r) {
    values[r] = scale * dot(matrix_.data() + r * t_.size(), f, t_.size());
  }
}

const HankelRule& HankelRule::low(int level, LightEnd end) {
  static std::array<std::array<Made, 2>, kMaxHankelLevel + 1> made;
  return made.at(static_cast<std::size_t>(level)).at(end == LightEnd::kEdge ? 1 : 0).get([&] {
    return make_low(level, end);
  });
}

const HankelRule& HankelRule::octave(int m) {
  static std::array<Made, kMaxHankelOctave + 1> made;
  return made.at(static_cast<std::size_t>(m)).get([&] { return make_octave(m); });
}

double HankelRule::octave_radius(int m) {
  // What a smaller window cuts off must have no power in its octave, with a margin; the first keeps the
  // window, so that nothing is cut off.
  return m == 1 ? 1.0 : 2.0 / (std::ldexp(1.0, m) - 1.0);
}

void chunk_polynomials(const double* values, double* coefficients) {
  static const std::vector<double> matrix = make_chunk_matrix();
  std::fill_n(coefficients, kChunkTerms, 0.0);
  for (std::size_t j = 0; j < kChunkNodes; ++j) {
    add_scaled(matrix.data() + j * kChunkTerms, kChunkTerms, values[j], coefficients);
  }
}

}  // namespace gaxel
