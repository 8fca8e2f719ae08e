#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "base/parallel.hpp"
#include "gaxel/error.hpp"
#include "gaxel/render.hpp"
#include "psf/convolver.hpp"
#include "render/cells.hpp"
#include "render/check_options.hpp"
#include "render/convolved_point.hpp"
#include "render/each_psf.hpp"
#include "render/expansion.hpp"
#include "render/image_bound.hpp"
#include "render/image_norms.hpp"
#include "render/light.hpp"
#include "render/parts.hpp"
#include "render/surface_light.hpp"
#include "render/surface_parts.hpp"
#include "render/unconvolved.hpp"
#include "render/wanted.hpp"

namespace gaxel {
namespace {

std::string to_text(const Grid& grid) {
  std::ostringstream text;
  text << grid.shape.ny << " x " << grid.shape.nx << " cells of side " << grid.step << " from (" << grid.x0
       << ", " << grid.y0 << ")";
  return text.str();
}

// Keeps the known plan where it holds, else makes one; returns how many were made.
template <class Light, class SharedPlan>
int take_or_plan(const SharedPlan& known, const Light& light, const LightOptions& wanted,
                 std::vector<SharedPlan>& plans) {
  const bool holds = known != nullptr && still_holds(*known, light, wanted);
  plans.push_back(holds ? known : plan_light(light, wanted));
  return holds ? 0 : 1;
}

}  // namespace

class RenderPlan::Impl {
 public:
  Grid grid;                            ///< that the lights are planned on
  std::vector<SharedLightPlan> lights;  ///< of the elliptical components, in order
  std::vector<SharedSurfacePlan> surfaces;
  int n_made = 0;
  std::vector<RenderPlan> of_each;  ///< where components have PSFs of their own; then nothing of the above
};

int RenderPlan::n_profiles() const {
  if (impl_ == nullptr) return 0;
  int n = static_cast<int>(impl_->lights.size() + impl_->surfaces.size());
  for (const RenderPlan& plan : impl_->of_each) n += plan.n_profiles();
  return n;
}

int RenderPlan::n_made() const {
  return impl_ == nullptr ? 0 : impl_->n_made;
}

class Renderer::Impl {
 public:
  Impl(Shape image_shape, const std::optional<Psf>& psf, RenderOptions render_options)
      : shape(image_shape), options(render_options) {
    check_options(shape, options);
    light_grid_ = Grid{shape, 0.0, 0.0, 1.0};
    if (psf) {
      convolver_.emplace(*psf, shape);
      light_grid_ = convolver_->model_grid();
      floor_share_ = 1.0 / convolver_->amplification(Sampling::kIntegrated);
    }
  }

  std::shared_ptr<const RenderPlan::Impl> prepare(std::span<const Component> components,
                                                  const RenderPlan::Impl* previous) const {
    const std::vector<Part> parts = parts_of(components, {}, "prepare");
    const std::vector<EllipticalLight> lights = lights_of(parts);
    const Surfaces surfaces(components, light_grid_);
    const auto plan = std::make_shared<RenderPlan::Impl>();
    plan->grid = light_grid_;
    const std::size_t n = lights.size() + surfaces.size();
    for (std::size_t i = 0; i < lights.size(); ++i) {
      const SharedLightPlan known =
          previous != nullptr && i < previous->lights.size() ? previous->lights[i] : nullptr;
      plan->n_made += take_or_plan(known, lights[i], light_options(lights[i].flux, n), plan->lights);
    }
    for (std::size_t i = 0; i < surfaces.size(); ++i) {
      const SharedSurfacePlan known =
          previous != nullptr && i < previous->surfaces.size() ? previous->surfaces[i] : nullptr;
      plan->n_made += take_or_plan(known, surfaces[i], light_options(surfaces[i].flux(), n), plan->surfaces);
    }
    return plan;
  }

  CellMap cells(std::span<const Component> components, std::size_t which) const {
    const std::vector<Part> parts = parts_of(components, {}, "cells");
    if (which >= parts.size() || !is_integrated(parts[which].family())) {
      throw InputError({"cells", "which", std::to_string(which), "no component that is integrated on cells",
                        "the number of a profile"});
    }
    const std::vector<EllipticalLight> lights = lights_of(parts);
    const Surfaces surfaces(components, light_grid_);
    const std::size_t n = lights.size() + surfaces.size();
    if (parts[which].family() == Family::kSurface) {
      const SurfaceLight& light = surfaces[parts[which].light];
      return cells_of(plan_once(light, light_options(light.flux(), n)));
    }
    const EllipticalLight& light = lights[parts[which].light];
    return cells_of(plan_once(light, light_options(light.flux, n)));
  }

  Certificate render(std::span<const Component> components, std::span<const std::uint8_t> flags,
                     ImageView image, double* jacobian, const RenderPlan::Impl* plan) const {
    Certificate certificate;
    std::vector<Part> parts = parts_of(components, flags, "render_with_jacobian");
    for (Part& part : parts) {
      for (std::size_t p = 0; p < part.roles.size(); ++p, jacobian += shape.size()) {
        part.derivatives.emplace_back(jacobian, shape);
      }
    }
    Image light = convolver_ ? Image(light_grid_.shape) : Image();
    Image bound = options.certificate ? Image(light_grid_.shape) : Image();
    ImageView bound_view = bound.view();
    const Lights lights = make_lights(components, parts, plan);
    ImageView* bounds = options.certificate ? &bound_view : nullptr;
    render_elliptical(parts, lights, plan, convolver_ ? light.view() : image, bounds, certificate);
    render_surfaces(parts, lights, plan, convolver_ ? light.view() : image, bounds, certificate);
    if (convolver_) {
      convolve(parts, light, image);
    } else {
      for (const Part& part : parts) {
        if (part.family() == Family::kPoint)
          add_bare_point(*part.component, part.roles, image, part.derivatives);
      }
    }
    if (options.certificate) {
      bound_image(bound, convolver_ ? &*convolver_ : nullptr, light_size(parts, light), certificate);
      sum_up(options.tolerance, total_flux(parts, lights), image, certificate);
    }
    for (const Part& part : parts) {
      if (part.family() == Family::kSky) add_sky(*part.component, part.indices, image, part.derivatives);
    }
    certificate.evaluations_per_pixel =
        static_cast<double>(certificate.n_evaluations) / static_cast<double>(light_grid_.shape.size());
    return certificate;
  }

  void vjp(std::span<const Component> components, std::span<const std::uint8_t> flags,
           ConstImageView cotangent, double* gradient, const RenderPlan::Impl* plan) const {
    std::vector<Part> parts = parts_of(components, flags, "vjp");
    for (Part& part : parts) {
      part.gradient = gradient;
      gradient += part.roles.size();
    }
    Image of_light = convolver_ ? Image(light_grid_.shape) : Image();
    if (convolver_) {
      Convolver::Spectrum spectrum = convolver_->make_spectrum();
      convolver_->convolve_adjoint(cotangent, spectrum);
      for (const Part& part : parts) {
        if (part.family() != Family::kPoint || part.roles.empty()) continue;
        convolved_point_gradient(*part.component, *convolver_, part.roles, spectrum, part.gradient,
                                 options.threads);
      }
      convolver_->transform_adjoint(spectrum, of_light.view(), Sampling::kIntegrated);
    }
    const ConstImageView on_light_grid = convolver_ ? of_light.view() : cotangent;
    const Lights lights = make_lights(components, parts, plan);
    SurfaceGradients surface_gradients(parts, lights.surfaces);
    for (const Part& part : parts) {
      if (part.family() == Family::kSurface) {
        surface_gradients.add(lights.surfaces[part.light].surface, [&](const auto& wanted, auto sums) {
          surface_gradient(planned_surface(lights, plan, part), wanted, on_light_grid, sums);
        });
      }
      if (part.roles.empty()) continue;
      switch (part.family()) {
        case Family::kElliptical:
          light_gradient(planned(lights, plan, part), light_parameters(part.roles), on_light_grid,
                         part.gradient);
          break;
        case Family::kPoint:
          if (!convolver_) bare_point_gradient(*part.component, part.roles, cotangent, part.gradient);
          break;
        case Family::kSum:  // taken apart before
          break;
        case Family::kSky:
          sky_gradient(*part.component, part.indices, cotangent, part.gradient);
          break;
        case Family::kSurface:
          break;
      }
    }
  }

  Shape shape;
  RenderOptions options;

 private:
  /// The lights of a render, and how many cells they share the floor with.
  struct Lights {
    std::vector<EllipticalLight> elliptical;
    Surfaces surfaces;

    std::size_t size() const { return elliptical.size() + surfaces.size(); }
  };

  Lights make_lights(std::span<const Component> components, const std::vector<Part>& parts,
                     const RenderPlan::Impl* plan) const {
    Lights lights{lights_of(parts), Surfaces(components, light_grid_)};
    check_plan(plan, lights);
    return lights;
  }

  static double total_flux(const std::vector<Part>& parts, const Lights& lights) {
    double total = 0.0;
    for (const EllipticalLight& light : lights.elliptical) total += std::abs(light.flux);
    for (std::size_t i = 0; i < lights.surfaces.size(); ++i) total += lights.surfaces[i].flux();
    for (const Part& part : parts) {
      if (part.family() == Family::kPoint) total += std::abs(part.component->value(Role::kFlux));
    }
    return total;
  }

  LightSize light_size(const std::vector<Part>& parts, const Image& light) const {
    LightSize size{norm(light), 0.0};
    for (const Part& part : parts) {
      if (part.family() == Family::kPoint) size.points += std::abs(part.component->value(Role::kFlux));
    }
    return size;
  }

  void check_plan(const RenderPlan::Impl* plan, const Lights& lights) const {
    if (plan == nullptr) return;
    if (plan->grid != light_grid_) {  // its cells would lie beyond this renderer's images
      throw InputError({"render", "plan", to_text(plan->grid), "made for another shape or PSF",
                        "one for " + to_text(light_grid_)});
    }
    if (plan->lights.size() != lights.elliptical.size() || plan->surfaces.size() != lights.surfaces.size()) {
      throw InputError({"render", "plan",
                        std::to_string(plan->lights.size() + plan->surfaces.size()) + " profiles",
                        "made for other components", std::to_string(lights.size()) + " profiles"});
    }
  }

  PlannedLight planned(const Lights& lights, const RenderPlan::Impl* plan, const Part& part) const {
    const EllipticalLight& light = lights.elliptical[part.light];
    return {&light, plan == nullptr ? nullptr : plan->lights[part.light].get(),
            light_options(light.flux, lights.size())};
  }

  PlannedSurface planned_surface(const Lights& lights, const RenderPlan::Impl* plan, const Part& part) const {
    const SurfaceLight& light = lights.surfaces[part.light];
    return {&light, plan == nullptr ? nullptr : plan->surfaces[part.light].get(),
            light_options(light.flux(), lights.size())};
  }

  // The floor is shared by all lights; a light of next to no flux is still known to kLeastAccuracy of it.
  LightOptions light_options(double flux, std::size_t n_lights) const {
    constexpr double kLeastAccuracy = 1e-6;
    const double floor = options.tolerance.floor * floor_share_ / static_cast<double>(n_lights);
    const double of_flux = floor > 0.0 ? std::min(floor / std::abs(flux), kLeastAccuracy) : 0.0;
    return {light_grid_,
            {options.tolerance.atol + of_flux, options.tolerance.rtol},
            options.threads,
            n_lights > 1};
  }

  void render_elliptical(const std::vector<Part>& parts, const Lights& lights, const RenderPlan::Impl* plan,
                         ImageView to, ImageView* bound, Certificate& certificate) const {
    Write write = Write::kReplace;  // what comes first
    std::vector<PlannedLight> plain;
    for (const Part& part : parts) {
      if (part.family() != Family::kElliptical) continue;
      const PlannedLight light = planned(lights, plan, part);
      if (part.roles.empty()) {
        plain.push_back(light);
        continue;
      }
      add_with_derivatives(light, part, write, to, bound, certificate);
      write = Write::kAdd;
    }
    if (!plain.empty()) {
      render_lights(plain, write, to, bound, certificate);
    } else if (write == Write::kReplace) {
      std::ranges::fill(to.pixels(), 0.0);
    }
  }

  // A surface's light may depend on parameters of other components, too: every derivative adds up what all
  // surfaces have to it.
  void render_surfaces(const std::vector<Part>& parts, const Lights& lights, const RenderPlan::Impl* plan,
                       ImageView to, ImageView* bound, Certificate& certificate) const {
    SurfaceDerivatives derivatives(parts, lights.surfaces, convolver_ ? &*convolver_ : nullptr);
    for (const Part& part : parts) {
      if (part.family() != Family::kSurface) continue;
      const SurfaceTargets targets = derivatives.targets(lights.surfaces[part.light].surface);
      add_surface(planned_surface(lights, plan, part), targets.wanted, to, targets.images, bound,
                  certificate);
    }
    derivatives.convolve(options.threads);
  }

  void add_with_derivatives(const PlannedLight& light, const Part& part, Write write, ImageView to,
                            ImageView* bound, Certificate& certificate) const {
    const std::vector<LightParameter> parameters = light_parameters(part.roles);
    if (!convolver_) {
      render_with_derivatives(light, parameters, write, to, part.derivatives, bound, certificate);
      return;
    }
    std::vector<Image> derivatives(parameters.size(), Image(light_grid_.shape));
    std::vector<ImageView> views;
    for (Image& derivative : derivatives) views.push_back(derivative.view());
    render_with_derivatives(light, parameters, write, to, views, bound, certificate);
    parallel_for(static_cast<int>(views.size()), options.threads, [&](int p) {
      const auto index = static_cast<std::size_t>(p);
      Convolver::Spectrum spectrum = convolver_->make_spectrum();
      convolver_->transform(views[index], spectrum, Sampling::kIntegrated);
      convolver_->convolve(spectrum, part.derivatives[index]);
    });
  }

  void convolve(const std::vector<Part>& parts, const Image& light, ImageView image) const {
    Convolver::Spectrum spectrum = convolver_->make_spectrum();
    convolver_->transform(light.view(), spectrum, Sampling::kIntegrated);
    for (const Part& part : parts) {
      if (part.family() != Family::kPoint) continue;
      add_convolved_point(*part.component, *convolver_, part.roles, part.derivatives, spectrum,
                          options.threads);
    }
    convolver_->convolve(spectrum, image);
  }

  std::optional<Convolver> convolver_;
  Grid light_grid_;
  double floor_share_ = 1.0;  // of a data pixel's error that a pixel of the light grid may have
};

Renderer::Renderer(Shape shape, const std::optional<Psf>& psf, RenderOptions options)
    : impl_(std::make_unique<Impl>(shape, psf, options)) {}
Renderer::Renderer(Shape shape, std::span<const std::optional<Psf>> psfs, RenderOptions options)
    : impl_(std::make_unique<Impl>(shape, std::nullopt, options)),
      each_(std::make_unique<EachPsf>(shape, psfs, options)) {}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Shape Renderer::shape() const {
  return impl_->shape;
}
const RenderOptions& Renderer::options() const {
  return impl_->options;
}

RenderPlan Renderer::prepare(std::span<const Component> components, const RenderPlan& previous) const {
  RenderPlan plan;
  if (each_ == nullptr) {
    plan.impl_ = impl_->prepare(Expansion(components).components(), previous.impl_.get());
    return plan;
  }
  const auto made = std::make_shared<RenderPlan::Impl>();
  made->of_each = each_->prepare(components, plans_of(previous));
  for (const RenderPlan& each : made->of_each) made->n_made += each.n_made();
  plan.impl_ = made;
  return plan;
}

std::span<const RenderPlan> Renderer::plans_of(const RenderPlan& plan) {
  return plan.impl_ == nullptr ? std::span<const RenderPlan>() : plan.impl_->of_each;
}

CellMap Renderer::cells(std::span<const Component> components, std::size_t which) const {
  if (each_ != nullptr) return each_->cells(components, which);
  const Expansion expansion(components);
  return impl_->cells(expansion.components(), static_cast<std::size_t>(expansion.position(which)));
}

Certificate Renderer::render(std::span<const Component> components, ImageView image,
                             const RenderPlan& plan) const {
  if (each_ != nullptr) return each_->render(components, {}, image, nullptr, plans_of(plan));
  return impl_->render(Expansion(components).components(), {}, image, nullptr, plan.impl_.get());
}

Certificate Renderer::render_with_jacobian(std::span<const Component> components,
                                           std::span<const std::uint8_t> wanted, ImageView image,
                                           double* jacobian, const RenderPlan& plan) const {
  check_flags(components, wanted, "render_with_jacobian");
  if (each_ != nullptr) return each_->render(components, wanted, image, jacobian, plans_of(plan));
  const Expansion expansion(components, wanted);
  if (expansion.is_trivial()) return impl_->render(components, wanted, image, jacobian, plan.impl_.get());
  std::vector<double> parts(expansion.n_rows() * image.size());
  Certificate certificate =
      impl_->render(expansion.components(), expansion.wanted(), image, parts.data(), plan.impl_.get());
  expansion.gather(parts.data(), image.size(), jacobian);
  return certificate;
}

void Renderer::vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                   ConstImageView cotangent, double* gradient, const RenderPlan& plan) const {
  check_flags(components, wanted, "vjp");
  if (each_ != nullptr) {
    each_->vjp(components, wanted, cotangent, gradient, plans_of(plan));
    return;
  }
  const Expansion expansion(components, wanted);
  if (expansion.is_trivial()) {
    impl_->vjp(components, wanted, cotangent, gradient, plan.impl_.get());
    return;
  }
  std::vector<double> parts(expansion.n_rows());
  impl_->vjp(expansion.components(), expansion.wanted(), cotangent, parts.data(), plan.impl_.get());
  expansion.gather(parts.data(), 1, gradient);
}

}  // namespace gaxel
