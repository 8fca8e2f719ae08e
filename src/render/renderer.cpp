#include <string>

#include "gaxel/error.hpp"
#include "gaxel/render.hpp"
#include "render/cells.hpp"
#include "render/expansion.hpp"
#include "render/passes.hpp"
#include "render/wanted.hpp"

namespace gaxel {

int RenderPlan::n_profiles() const {
  return impl_ == nullptr ? 0 : static_cast<int>(impl_->elliptical.size() + impl_->surfaces.size());
}

int RenderPlan::n_made() const {
  return impl_ == nullptr ? 0 : impl_->n_made;
}

namespace {

// The first n numbers, which `rest` goes on without.
std::span<const double> take(std::span<const double>& rest, std::size_t n) {
  const std::span<const double> taken = rest.first(n);
  rest = rest.subspan(n);
  return taken;
}

}  // namespace

class Renderer::Impl {
 public:
  Impl(Shape shape, const std::optional<Psf>& psf, const RenderOptions& options)
      : setting(shape, psf, options) {}

  Certificate render(std::span<const Component> components, std::span<const std::uint8_t> flags,
                     ImageView image, double* jacobian, const RenderPlan::Impl* plan,
                     SpectrumPool* shared) const {
    std::vector<Part> parts = parts_of(components, flags, "render_with_jacobian");
    for (Part& part : parts) {
      for (std::size_t p = 0; p < part.roles.size(); ++p, jacobian += setting.shape.size()) {
        part.derivatives.emplace_back(jacobian, setting.shape);
      }
    }
    return render_image(setting, parts, Lights(setting, components, parts, plan), image, shared);
  }

  void vjp(std::span<const Component> components, std::span<const std::uint8_t> flags,
           ConstImageView cotangent, double* gradient, const RenderPlan::Impl* plan) const {
    std::vector<Part> parts = parts_of(components, flags, "vjp");
    for (Part& part : parts) {
      part.gradient = gradient;
      gradient += part.roles.size();
    }
    render_gradient(setting, parts, Lights(setting, components, parts, plan), cotangent);
  }

  void second_derivative(std::span<const Component> components, std::span<const std::uint8_t> flags,
                         std::span<const double> first, std::span<const double> second, ImageView image,
                         const RenderPlan::Impl* plan) const {
    std::vector<Part> parts = parts_of(components, flags, "second_derivative");
    check_second(parts);
    for (Part& part : parts) {
      part.first = take(first, part.roles.size());
      part.second = take(second, part.roles.size());
    }
    render_second(setting, parts, Lights(setting, components, parts, plan), image);
  }

  void second_vjp(std::span<const Component> components, std::span<const std::uint8_t> flags,
                  std::span<const double> direction, ConstImageView cotangent, double* gradient,
                  const RenderPlan::Impl* plan) const {
    std::vector<Part> parts = parts_of(components, flags, "second_vjp");
    check_second(parts);
    for (Part& part : parts) {
      part.first = take(direction, part.roles.size());
      part.gradient = gradient;
      gradient += part.roles.size();
    }
    render_second_gradient(setting, parts, Lights(setting, components, parts, plan), cotangent);
  }

  Setting setting;
};

Renderer::Renderer(Shape shape, const std::optional<Psf>& psf, RenderOptions options)
    : impl_(std::make_unique<Impl>(shape, psf, options)) {}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Shape Renderer::shape() const {
  return impl_->setting.shape;
}
const RenderOptions& Renderer::options() const {
  return impl_->setting.options;
}

RenderPlan Renderer::prepare(std::span<const Component> components, const RenderPlan& previous) const {
  const Expansion expansion(components);
  const std::vector<Part> parts = parts_of(expansion.components(), {}, "prepare");
  RenderPlan plan;
  plan.impl_ = Lights(impl_->setting, expansion.components(), parts, nullptr).prepare(previous.impl_.get());
  return plan;
}

CellMap Renderer::cells(std::span<const Component> components, std::size_t which) const {
  const Expansion expansion(components);
  const std::vector<Part> parts = parts_of(expansion.components(), {}, "cells");
  const auto position = static_cast<std::size_t>(expansion.position(which));
  if (position >= parts.size() || !is_integrated(parts[position].family())) {
    throw InputError({"cells", "which", std::to_string(which), "no component that is integrated on cells",
                      "the number of a profile"});
  }
  const Part& part = parts[position];
  const Lights lights(impl_->setting, expansion.components(), parts, nullptr);
  if (part.family() == Family::kSurface) {
    return cells_of(plan_once(lights.surface(part), lights.planned_surface(part).options));
  }
  return cells_of(plan_once(lights.elliptical(part), lights.planned(part).options));
}

Certificate Renderer::render(std::span<const Component> components, ImageView image,
                             const RenderPlan& plan) const {
  return render_shared(components, {}, image, nullptr, plan, nullptr);
}

Certificate Renderer::render_with_jacobian(std::span<const Component> components,
                                           std::span<const std::uint8_t> wanted, ImageView image,
                                           double* jacobian, const RenderPlan& plan) const {
  check_flags(components, wanted, "render_with_jacobian");
  return render_shared(components, wanted, image, jacobian, plan, nullptr);
}

Certificate Renderer::render_shared(std::span<const Component> components,
                                    std::span<const std::uint8_t> wanted, ImageView image, double* jacobian,
                                    const RenderPlan& plan, SpectrumPool* shared) const {
  const Expansion expansion(components, wanted);
  if (expansion.is_trivial() || jacobian == nullptr) {
    return impl_->render(expansion.components(), expansion.wanted(), image, jacobian, plan.impl_.get(),
                         shared);
  }
  std::vector<double> parts(expansion.n_rows() * image.size());
  Certificate certificate = impl_->render(expansion.components(), expansion.wanted(), image, parts.data(),
                                          plan.impl_.get(), shared);
  expansion.gather(parts.data(), image.size(), jacobian);
  return certificate;
}

void Renderer::vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                   ConstImageView cotangent, double* gradient, const RenderPlan& plan) const {
  check_flags(components, wanted, "vjp");
  const Expansion expansion(components, wanted);
  if (expansion.is_trivial()) {
    impl_->vjp(components, wanted, cotangent, gradient, plan.impl_.get());
    return;
  }
  std::vector<double> parts(expansion.n_rows());
  impl_->vjp(expansion.components(), expansion.wanted(), cotangent, parts.data(), plan.impl_.get());
  expansion.gather(parts.data(), 1, gradient);
}

void Renderer::second_derivative(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                                 std::span<const double> first, std::span<const double> second,
                                 ImageView image, const RenderPlan& plan) const {
  check_flags(components, wanted, "second_derivative");
  check_direction(wanted, first, "second_derivative");
  check_direction(wanted, second, "second_derivative");
  const Expansion expansion(components, wanted);
  impl_->second_derivative(expansion.components(), expansion.wanted(), expansion.spread(first),
                           expansion.spread(second), image, plan.impl_.get());
}

void Renderer::second_vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                          std::span<const double> direction, ConstImageView cotangent, double* gradient,
                          const RenderPlan& plan) const {
  check_flags(components, wanted, "second_vjp");
  check_direction(wanted, direction, "second_vjp");
  const Expansion expansion(components, wanted);
  if (expansion.is_trivial()) {
    impl_->second_vjp(components, wanted, direction, cotangent, gradient, plan.impl_.get());
    return;
  }
  std::vector<double> parts(expansion.n_rows());
  impl_->second_vjp(expansion.components(), expansion.wanted(), expansion.spread(direction), cotangent,
                    parts.data(), plan.impl_.get());
  expansion.gather(parts.data(), 1, gradient);
}

}  // namespace gaxel
