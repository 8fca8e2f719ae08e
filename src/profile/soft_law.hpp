// A centre without a cusp, as GAX has it: the light inside a small radius is replaced by a parabola of the
// same flux.
#pragma once

#include <memory>

#include "profile/surface_law.hpp"

namespace gaxel {

/// A radial law g with the further shape parameter `soft`, its last: g(r) from there on, inside it
/// g(soft) + h (1 - (r / soft)^2) with h = 4 integral_0^1 (g(soft w) - g(soft)) w dw. The total is that of g.
class SoftLaw final : public SurfaceLaw {
 public:
  /// soft: above 0, scale radii. The light may rise towards the centre like r^-1.5 at most.
  SoftLaw(std::unique_ptr<SurfaceLaw> law, double soft);

  bool is_radial() const override { return true; }
  std::size_t n_shapes() const override { return law_->n_shapes() + 1; }
  void intensity(const double* u, const double* v, std::size_t n, double* g) const override;
  void intensity_with_partials(const double* u, const double* v, std::size_t n, double* g, double* g_u,
                               double* g_v, double* g_shapes) const override;
  ShapeValue total() const override { return law_->total(); }
  ShapeValue intensity_at(double u) const override;
  std::vector<LawFeature> features() const override;
  double centre_power() const override { return 1.0; }

 private:
  struct Point {
    double g;
    double g_u;
    std::array<double, kMaxLawShapes> g_shapes;
  };

  Point law_at(double u) const;

  std::unique_ptr<SurfaceLaw> law_;
  double soft_;
  ShapeValue edge_;    ///< g(soft)
  ShapeValue height_;  ///< h
};

}  // namespace gaxel
