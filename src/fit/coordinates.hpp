// The coordinates in which the optimiser sees the free parameters of shapes: sizes and most shape
// parameters as logarithms, ellipticity as a shear without a seam at q = 1. docs/design/fit.md says why.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "gaxel/scene.hpp"

namespace gaxel {

/// A number that a fit searches: a free parameter of a scene, or a node of one that depends on wavelength
/// (Series). "Outer" values are those of the scene, in its units.
struct FreeParameter {
  int component;  ///< position in the scene
  int index;      ///< position among the component's parameters
  Role role;
  bool logarithm;  ///< searched in its logarithm
  double min;      ///< range: the kind's and the user's together
  double max;      ///< an angle whose range is half a turn or more has none
  bool bounded;    ///< the user's range is the narrower of the two
  int node = 0;
  int band = -1;           ///< where it counts; -1: in all bands
  bool in_series = false;  ///< of a series in wavelength
  bool has_scale = true;   ///< its values compare with those of the parameter
  bool is_linear = false;  ///< the image is linear in it: fluxes and sky
};

/// Whether an image is linear in parameters of that role.
constexpr bool is_linear(Role role) {
  return is_norm(role) || role == Role::kLevel || role == Role::kSlopeX || role == Role::kSlopeY ||
         role == Role::kCoefficient;
}

/// What all nodes of a parameter have in common.
FreeParameter free_parameter(const Scene& scene, std::size_t component, std::size_t index);

/// The map between outer values of some free parameters and as many inner coordinates. Steps are taken from a
/// point in directions of its own: along the coordinates, but of a shear outwards and across.
class Coordinates {
 public:
  explicit Coordinates(std::vector<FreeParameter> parameters);

  int size() const { return static_cast<int>(parameters_.size()); }
  const std::vector<FreeParameter>& parameters() const { return parameters_; }

  /// `outer` must lie in its ranges.
  Eigen::VectorXd inner(const Eigen::VectorXd& outer) const;
  /// Always inside the ranges; NaN only where `inner` is.
  Eigen::VectorXd outer(const Eigen::VectorXd& inner) const;

  /// Where `step` leads to from `inner`. Steps much longer than a coordinate's natural scale are shortened,
  /// smoothly; a value that would leave its range is set to the end of it.
  Eigen::VectorXd advance(const Eigen::VectorXd& inner, const Eigen::VectorXd& step) const;

  /// d outer / d step at `inner`, (outer, step).
  Eigen::MatrixXd step_jacobian(const Eigen::VectorXd& inner) const;

  /// Takes out of `chain`, a step_jacobian(inner), the directions in which a sum of squares falls but a range
  /// ends. `gradient`: derivatives of the sum to the outer values.
  void hold_at_bounds(const Eigen::VectorXd& inner, const Eigen::VectorXd& gradient,
                      Eigen::MatrixXd& chain) const;

  /// -1 or +1 where the outer value lies at the lower or upper end of its range, else 0. The end q = 1 of a
  /// galaxy that is fitted in shear is none.
  int side(const Eigen::VectorXd& outer, int parameter) const;

 private:
  struct Single {
    bool logarithm;  // the coordinate is the logarithm, else the value itself
    double reach;    // natural scale of a step; 0: none
    bool in_shear;   // a shear's coordinate stands in this place instead
  };
  /// Positions among the parameters: ln(1/q) (cos, sin)(2 theta) stand in those of q and theta, ln(re
  /// sqrt(q)) in that of re; re is -1 where it has a coordinate of its own.
  struct Shear {
    int re;
    int q;
    int theta;
  };
  struct Polar {  // of a shear: ln(1/q), kept in its range, and the direction, doubled
    double size;
    double cosine;
    double sine;
  };

  Polar polar(const Shear& shear, const Eigen::VectorXd& inner) const;

  std::vector<FreeParameter> parameters_;
  std::vector<Single> singles_;
  std::vector<Shear> shears_;
};

}  // namespace gaxel
