// Quadrature of Hankel transforms with constant matrices, and their interpolation by polynomials.
#pragma once

#include <cstddef>
#include <vector>

namespace gaxel {

/// z = kappa * radius up to which one chunk of a table reaches, radius the core window's. Beyond it what the
/// window cuts off has no power any more (measured for the laws of the registry: below 1e-9 of the flux).
inline constexpr double kChunkBand = 30.0;
/// A chunk is an interval of kappa whose transform is sampled at kChunkNodes Chebyshev points, and then
/// written as kChunkPanels polynomials of kPanelTerms coefficients in a variable from -1 to 1.
inline constexpr std::size_t kChunkNodes = 48;
inline constexpr std::size_t kChunkPanels = 64;
inline constexpr std::size_t kPanelTerms = 8;
inline constexpr std::size_t kChunkTerms = kChunkPanels * kPanelTerms;

/// Where the light under the transform ends.
enum class LightEnd { kSmooth, kEdge };

/// The integrals 2 pi int f(t) J0(z t) t dt over t from 0 to 2 at fixed z: sum_i matrix[r, i] f(t_i). Cusps
/// at t = 0 and, with LightEnd::kEdge, at t = 2 are resolved: there the nodes are geometric. Between, the
/// trapezoid rule is spaced for the largest z (Takahasi & Mori 1974).
class HankelRule {
 public:
  HankelRule(std::vector<double> z, double z_max, LightEnd end);

  std::size_t n_nodes() const { return t_.size(); }
  std::size_t n_values() const { return z_.size(); }
  const std::vector<double>& t() const { return t_; }
  const std::vector<double>& z() const { return z_; }
  /// (n_values(), n_nodes()), row-major.
  const std::vector<double>& matrix() const { return matrix_; }
  /// values[r] = scale * sum_i matrix[r, i] f[i].
  void apply(const double* f, double scale, double* values) const;

  /// z from 0 to 2^level kChunkBand: 2^level chunks. Level 0 to kMaxHankelLevel.
  static const HankelRule& low(int level, LightEnd end);
  /// Octave m >= 1, kappa from 2^m - 1 to 2^(m+1) - 1 times that of the first chunk's end, with a window
  /// octave_radius(m) times as large as the first chunk's: one chunk.
  static const HankelRule& octave(int m);
  static double octave_radius(int m);

 private:
  std::vector<double> z_;
  std::vector<double> t_;
  std::vector<double> matrix_;
};

inline constexpr int kMaxHankelLevel = 5;
inline constexpr int kMaxHankelOctave = 14;

/// Overwrites coefficients (kChunkTerms) with the polynomials through values (kChunkNodes) of a chunk.
void chunk_polynomials(const double* values, double* coefficients);

}  // namespace gaxel
