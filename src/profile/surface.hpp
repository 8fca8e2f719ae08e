// The light of one component of any law and shape over the image.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "gaxel/component.hpp"
#include "profile/brightness.hpp"
#include "profile/shape_chain.hpp"
#include "profile/surface_law.hpp"
#include "profile/truncation_factor.hpp"

namespace gaxel {

/// A parameter of a component of a render.
struct ParameterPlace {
  std::size_t component;
  std::size_t parameter;

  friend bool operator==(const ParameterPlace&, const ParameterPlace&) = default;
};

/// A piece of the image in which nodes lie along two directions: offsets from the centre, pixels.
struct NodeRegion {
  OffsetBox box;                  ///< that holds it
  std::array<double, 2> along_a;  ///< the whole step (x, y) along the first direction
  std::array<double, 2> along_b;

  /// Whether the directions are those of the image.
  bool is_upright() const { return along_a[1] == 0.0 && along_b[0] == 0.0; }
};

/// Immutable; may be used from many threads at once.
class Surface {
 public:
  /// components[which], valid and of a kind with a SurfaceLaw, cut by the truncations that it names. Throws
  /// InputError for shapes that are none.
  Surface(std::span<const Component> components, std::size_t which);

  /// The centre, which is where the light may be singular.
  double x0() const { return values_[x_]; }
  double y0() const { return values_[y_]; }

  /// What the light depends on, in the order of the rows of partials. May name several components.
  std::span<const ParameterPlace> parameters() const { return places_; }
  /// Those of the parameters that move all of the light along x, and along y, when they change together.
  std::span<const std::size_t> x_like() const { return x_like_; }
  std::span<const std::size_t> y_like() const { return y_like_; }

  /// Light is `scale` times the unit light.
  double scale() const { return scale_; }
  /// Total of the unit light without truncations; infinite where there is none.
  double unit_total() const { return unit_total_; }

  /// The unit light, per pixel of the data, at n offsets from the centre.
  void evaluate(const double* dx, const double* dy, std::size_t n, double* light) const;

  /// Also the derivatives of the light (not of the unit light) to parameters()[wanted[k]]: row k of
  /// `partials` (wanted.size(), n), offsets being those from where the centre is.
  void evaluate_with_partials(const double* dx, const double* dy, std::size_t n,
                              std::span<const std::size_t> wanted, double* light, double* partials) const;

  /// How many nodes the two directions of a region need at least so that nothing can lie between them unseen:
  /// see LawFeature.
  std::array<double, 2> nodes_needed(const NodeRegion& region) const;

  /// How many nodes it takes at least to go round the centre from one offset to the other, for modes of the
  /// isophotes.
  double nodes_between(const std::array<double, 2>& from, const std::array<double, 2>& to) const;

  /// Whether one of the levels may be 0 in the box.
  bool crosses_edge(const OffsetBox& box) const;

  /// Curves on which the light is not smooth: where one of the levels, smooth functions of the offset, is 0.
  std::size_t n_levels() const { return levels_.size(); }
  double level(std::size_t k, double dx, double dy) const;
  /// Whether the light is smooth up to the curve on either side.
  bool is_kink(std::size_t k) const { return levels_[k].is_kink; }

  /// Whether the light and its derivatives are numbers in the centre, where a cusp may exceed what doubles
  /// hold.
  bool is_finite() const;

  /// See SurfaceLaw::centre_power.
  double centre_power() const { return law_->centre_power(); }

 private:
  static constexpr std::size_t kBlock = 64;

  // One of the levels: a chain's coordinate less a place.
  struct LevelSpec {
    const ShapeChain<double>* chain;
    double shift_x;  // from the surface's centre to the chain's
    double shift_y;
    LawAxis axis;
    double place;
    bool is_kink;
  };

  struct LawBlock;
  void evaluate_block(const double* dx, const double* dy, std::size_t n, std::span<const std::size_t> wanted,
                      double* light, double* partials, std::size_t stride) const;
  void set_scale(const Component& component, std::span<const Component> components);
  void set_scale_at_break(const Component& truncation, std::size_t norm);
  void soften(const Component& component);
  void add_truncation(std::span<const Component> components, std::size_t which, bool keeps_outside);
  void find_levels();
  double weight(double dx, double dy) const;
  void add_truncation_partials(const double* dx, const double* dy, std::size_t n,
                               std::span<const std::size_t> wanted, const LawBlock& block, double* partials,
                               std::size_t stride) const;

  std::vector<ParameterPlace> places_;
  std::vector<std::size_t> x_like_;
  std::vector<std::size_t> y_like_;
  std::vector<double> values_;  // of places_
  std::size_t n_own_;           // the component's own, which come first
  ShapeLayout layout_;
  std::unique_ptr<const ShapeChain<double>> chain_;
  std::vector<ShapeChain<ShapeDual>> dual_chains_;  // parameters 8 k to 8 k + 7 are seeded in chain k
  std::unique_ptr<SurfaceLaw> law_;
  std::vector<LawFeature> features_;
  std::vector<std::unique_ptr<TruncationFactor>> truncations_;  // their parameters follow the component's own
  std::vector<LevelSpec> levels_;
  std::size_t x_;  // its centre among the parameters
  std::size_t y_;
  LawShapes law_shapes_;
  double scale_ = 1.0;
  std::vector<double> d_scale_;
  double unit_total_ = 0.0;
};

}  // namespace gaxel
