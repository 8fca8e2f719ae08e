#include "render/surface_parts.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace gaxel {
namespace {

// Calls found(place, number of the part, its wanted parameter) for all wanted parameters that some surface
// depends on.
template <class Found>
void for_each_wanted(const std::vector<Part>& parts, const Surfaces& surfaces, const Found& found) {
  for (std::size_t c = 0; c < parts.size(); ++c) {
    for (std::size_t k = 0; k < parts[c].indices.size(); ++k) {
      const ParameterPlace place{c, parts[c].indices[k]};
      for (std::size_t i = 0; i < surfaces.size(); ++i) {
        if (std::ranges::find(surfaces[i].surface.parameters(), place) ==
            surfaces[i].surface.parameters().end()) {
          continue;
        }
        found(place, c, k);
        break;
      }
    }
  }
}

}  // namespace

Surfaces::Surfaces(std::span<const Component> components, const Grid& grid) {
  for (std::size_t i = 0; i < components.size(); ++i) {
    if (components[i].kind->family == Family::kSurface) lights_.emplace_back(components, i, grid);
  }
}

SurfaceDerivatives::SurfaceDerivatives(const std::vector<Part>& parts, const Surfaces& surfaces,
                                       const DrawnProfiles* drawn)
    : drawn_(drawn) {
  for_each_wanted(parts, surfaces, [&](const ParameterPlace& place, std::size_t part, std::size_t k) {
    const ImageView result = parts[part].derivatives[k];
    std::ranges::fill(result.pixels(), 0.0);
    derivatives_.push_back({place, result, {}});
    if (drawn_ != nullptr) derivatives_.back().light = Image(drawn_->shape(Drawing::kSplines));
  });
}

SurfaceTargets SurfaceDerivatives::targets(const Surface& surface) {
  SurfaceTargets targets;
  for (std::size_t p = 0; p < surface.parameters().size(); ++p) {
    for (Derivative& derivative : derivatives_) {
      if (!(derivative.place == surface.parameters()[p])) continue;
      targets.wanted.push_back(p);
      targets.images.push_back(drawn_ == nullptr ? derivative.result : derivative.light.view());
    }
  }
  return targets;
}

void SurfaceDerivatives::convolve(int threads) {
  if (drawn_ == nullptr) return;
  parallel_for(static_cast<int>(derivatives_.size()), threads, [&](int i) {
    Derivative& derivative = derivatives_[static_cast<std::size_t>(i)];
    drawn_->convolve(Drawing::kSplines, derivative.light.view(), derivative.result);
  });
}

SurfaceGradients::SurfaceGradients(const std::vector<Part>& parts, const Surfaces& surfaces) {
  for_each_wanted(parts, surfaces, [&](const ParameterPlace& place, std::size_t part, std::size_t k) {
    results_.push_back({place, parts[part].gradient + k});
    *results_.back().value = 0.0;
  });
}

}  // namespace gaxel
