// The surfaces of a render, and their derivatives: one surface's light may depend on parameters of other
// components.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "render/drawn_profiles.hpp"
#include "render/parts.hpp"
#include "render/surface_light.hpp"

namespace gaxel {

/// The lights of the components of Family::kSurface, in order.
class Surfaces {
 public:
  Surfaces(std::span<const Component> components, const Grid& grid);

  std::size_t size() const { return lights_.size(); }
  const SurfaceLight& operator[](std::size_t i) const { return lights_[i]; }

 private:
  std::deque<SurfaceLight> lights_;
};

/// The parameters of a surface that are wanted, as positions in Surface::parameters(), and the images of the
/// derivatives.
struct SurfaceTargets {
  std::vector<std::size_t> wanted;
  std::vector<ImageView> images;
};

/// Images of wanted derivatives, set to 0: those of the parts, or where they are yet to be convolved, images
/// of their own.
class SurfaceDerivatives {
 public:
  /// For all wanted parameters that some surface depends on. `drawn` is null without a PSF.
  SurfaceDerivatives(const std::vector<Part>& parts, const Surfaces& surfaces, const DrawnProfiles* drawn);

  SurfaceTargets targets(const Surface& surface);

  /// Writes what has been added up to the parts' images, through the PSF where there is one.
  void convolve(int threads);

 private:
  struct Derivative {
    ParameterPlace place;
    ImageView result;
    Image light;  // empty without a PSF
  };

  const DrawnProfiles* drawn_;
  std::deque<Derivative> derivatives_;
};

/// The same for the gradients of Renderer::vjp.
class SurfaceGradients {
 public:
  SurfaceGradients(const std::vector<Part>& parts, const Surfaces& surfaces);

  /// Adds the surface's sums, which gradient(wanted, sums) adds to `sums`.
  template <class Gradient>
  void add(const Surface& surface, const Gradient& gradient) {
    std::vector<std::size_t> wanted;
    std::vector<double*> results;
    for (std::size_t p = 0; p < surface.parameters().size(); ++p) {
      for (const auto& [place, result] : results_) {
        if (!(place == surface.parameters()[p])) continue;
        wanted.push_back(p);
        results.push_back(result);
      }
    }
    std::vector<double> sums(wanted.size(), 0.0);
    if (!wanted.empty()) gradient(std::span<const std::size_t>(wanted), std::span<double>(sums));
    for (std::size_t k = 0; k < sums.size(); ++k) *results[k] += sums[k];
  }

 private:
  struct Result {
    ParameterPlace place;
    double* value;
  };

  std::vector<Result> results_;
};

}  // namespace gaxel
