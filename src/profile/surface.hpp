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
};

/// Immutable; may be used from many threads at once.
class Surface {
 public:
  /// components[which], valid and of a kind with a SurfaceLaw.
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
  /// Total of the unit light; infinite where there is none, or none in closed form.
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

  /// Whether something that is not smooth may cross the box: then a rule's error need not fall as fast as its
  /// last steps tell.
  bool may_have_kink(const OffsetBox& box) const { return law_->has_kinks() || crosses_edge(box); }
  /// Whether a LawFeature of width 0 crosses the box.
  bool crosses_edge(const OffsetBox& box) const;

  /// See SurfaceLaw::centre_power.
  double centre_power() const { return law_->centre_power(); }

 private:
  static constexpr std::size_t kBlock = 64;
  static constexpr std::size_t kSeeds = 8;  // of ShapeDual

  struct LawBlock;
  void evaluate_block(const double* dx, const double* dy, std::size_t n, std::span<const std::size_t> wanted,
                      double* light, double* partials, std::size_t stride) const;
  void set_scale(const Component& component);
  double distance(const LawFeature& feature, const NodeRegion& region) const;

  std::vector<ParameterPlace> places_;
  std::vector<std::size_t> x_like_;
  std::vector<std::size_t> y_like_;
  std::vector<double> values_;  // of places_
  std::size_t n_own_;           // the component's own, which come first
  ShapeLayout layout_;
  ShapeChain<double> chain_;
  std::vector<ShapeChain<ShapeDual>> dual_chains_;  // parameters 8 k to 8 k + 7 are seeded in chain k
  std::unique_ptr<SurfaceLaw> law_;
  std::vector<LawFeature> features_;
  std::size_t x_;  // its centre among the parameters
  std::size_t y_;
  LawShapes law_shapes_;
  double scale_ = 1.0;
  std::vector<double> d_scale_;
  double unit_total_ = 0.0;
};

}  // namespace gaxel
