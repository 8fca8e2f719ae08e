// Components that are each seen through a PSF of their own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gaxel/render.hpp"

namespace gaxel {

/// A renderer for each component: their images are added. Members do what those of Renderer do, with plans
/// for each.
class EachPsf {
 public:
  EachPsf(Shape shape, std::span<const std::optional<Psf>> psfs, const RenderOptions& options);

  std::vector<RenderPlan> prepare(std::span<const Component> components,
                                  std::span<const RenderPlan> previous) const;
  CellMap cells(std::span<const Component> components, std::size_t which) const;
  /// `flags` and `jacobian`: empty and null for the image alone. `plans`: empty or one for each.
  Certificate render(std::span<const Component> components, std::span<const std::uint8_t> flags,
                     ImageView image, double* jacobian, std::span<const RenderPlan> plans) const;
  void vjp(std::span<const Component> components, std::span<const std::uint8_t> flags,
           ConstImageView cotangent, double* gradient, std::span<const RenderPlan> plans) const;

 private:
  void check_number(std::size_t n, const char* what) const;

  std::vector<Renderer> renderers_;
};

}  // namespace gaxel
