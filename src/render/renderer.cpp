#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/parallel.hpp"
#include "gaxel/error.hpp"
#include "gaxel/render.hpp"
#include "psf/convolver.hpp"
#include "render/light.hpp"

namespace gaxel {
namespace {

// The derivatives wanted of one component: their roles, and their images in the jacobian.
struct Wanted {
  std::vector<Role> roles;
  std::vector<ImageView> images;
};

Wanted wanted_of(const Component& component, std::span<const std::uint8_t>& flags, double*& jacobian,
                 Shape shape) {
  Wanted wanted;
  const auto& specs = component.kind->parameters;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (flags[i] != 0) {
      if (!specs[i].fittable) {
        throw InputError({"render_with_jacobian",
                          std::string(component.kind->name) + "." + std::string(specs[i].name), "",
                          "a constant has no derivative", "mark only parameters that can be fitted"});
      }
      wanted.roles.push_back(specs[i].role);
      wanted.images.emplace_back(jacobian, shape);
      jacobian += shape.size();
    }
  }
  flags = flags.subspan(specs.size());
  return wanted;
}

void fill(ImageView image, double value) {
  std::ranges::fill(image.pixels(), value);
}

void add_sky(const Component& sky, ImageView image, const Wanted& wanted) {
  const double level = sky.value(Role::kLevel);
  const double slope_x = sky.value(Role::kSlopeX);
  const double slope_y = sky.value(Role::kSlopeY);
  const double pivot_x = sky.value(Role::kX);
  const double pivot_y = sky.value(Role::kY);
  for (int row = 0; row < image.ny(); ++row) {
    const double dy = row - pivot_y;
    for (int col = 0; col < image.nx(); ++col) {
      const double dx = col - pivot_x;
      image(row, col) += level + slope_x * dx + slope_y * dy;
      for (std::size_t p = 0; p < wanted.roles.size(); ++p) {
        const Role role = wanted.roles[p];
        wanted.images[p](row, col) = role == Role::kLevel ? 1.0 : role == Role::kSlopeX ? dx : dy;
      }
    }
  }
}

// Without a PSF a point lies in one pixel, wherever in it: only the flux has a derivative.
void add_bare_point(const Component& point, ImageView image, const Wanted& wanted) {
  for (const ImageView& derivative : wanted.images) {
    fill(derivative, 0.0);
  }
  const double col = std::floor(point.value(Role::kX) + 0.5);
  const double row = std::floor(point.value(Role::kY) + 0.5);
  if (!(col >= 0 && row >= 0 && col < image.nx() && row < image.ny())) {
    return;
  }
  const int c = static_cast<int>(col);
  const int r = static_cast<int>(row);
  image(r, c) += point.value(Role::kFlux);
  for (std::size_t p = 0; p < wanted.roles.size(); ++p) {
    if (wanted.roles[p] == Role::kFlux) {
      wanted.images[p](r, c) = 1.0;
    }
  }
}

PointWeights point_weights(Role role, double flux) {
  switch (role) {
    case Role::kX:
      return {0.0, flux, 0.0};
    case Role::kY:
      return {0.0, 0.0, flux};
    default:
      return {1.0, 0.0, 0.0};
  }
}

void check_options(Shape shape, const RenderOptions& options) {
  const std::string size = std::to_string(shape.ny) + " x " + std::to_string(shape.nx);
  if (shape.empty()) {
    throw InputError({"render", "shape", size, "an image needs pixels", "at least 1 x 1"});
  }
  if (shape.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    throw InputError({"render", "shape", size, "the image is too large", "fewer than 2^31 pixels"});
  }
  const auto check = [](const char* key, double value, bool valid) {
    if (!valid) {
      throw InputError(
          {"render", key, std::to_string(value), "not a tolerance", "finite, rtol > 0, atol >= 0"});
    }
  };
  check("rtol", options.tolerance.rtol,
        options.tolerance.rtol > 0.0 && std::isfinite(options.tolerance.rtol));
  check("atol", options.tolerance.atol,
        options.tolerance.atol >= 0.0 && std::isfinite(options.tolerance.atol));
  if (options.threads < 0) {
    throw InputError({"render", "threads", std::to_string(options.threads), "not a number of threads",
                      "1 or more, or 0 for all of the machine"});
  }
}

}  // namespace

class Renderer::Impl {
 public:
  Impl(Shape image_shape, const std::optional<Psf>& psf, RenderOptions render_options)
      : shape(image_shape), options(render_options) {
    check_options(shape, options);
    light_grid_ = Grid{shape, 0.0, 0.0, 1.0};
    if (psf) {
      convolver_.emplace(*psf, shape);
      light_grid_ = convolver_->model_grid();
      double squares = 0.0;
      for (const double p : psf->kernel().pixels()) {
        squares += p * p;
      }
      psf_norm_ = std::sqrt(squares);
    }
  }

  Certificate render(std::span<const Component> components, std::span<const std::uint8_t> flags,
                     ImageView image, double* jacobian) const {
    Certificate certificate;
    Image light = convolver_ ? Image(light_grid_.shape) : Image();
    const ImageView to = convolver_ ? light.view() : image;
    Image bound = options.certificate ? Image(light_grid_.shape) : Image();
    ImageView bound_view = bound.view();
    std::vector<Wanted> wanted(components.size());
    double total_flux = 0.0;
    double point_flux = 0.0;
    for (std::size_t i = 0; i < components.size(); ++i) {
      const Component& component = components[i];
      validate(component);
      if (jacobian != nullptr) {
        wanted[i] = wanted_of(component, flags, jacobian, shape);
      }
      if (component.kind->family != Family::kSky) {
        total_flux += std::abs(component.value(Role::kFlux));
      }
      if (component.kind->family == Family::kPoint) {
        point_flux += std::abs(component.value(Role::kFlux));
      }
    }
    add_elliptical(components, wanted, jacobian != nullptr, to, options.certificate ? &bound_view : nullptr,
                   certificate);
    if (convolver_) {
      convolve(components, wanted, light, image);
    } else {
      for (std::size_t i = 0; i < components.size(); ++i) {
        if (components[i].kind->family == Family::kPoint) {
          add_bare_point(components[i], image, wanted[i]);
        }
      }
    }
    if (options.certificate) {
      complete(certificate, bound, light, total_flux, point_flux, image);
    }
    for (std::size_t i = 0; i < components.size(); ++i) {
      if (components[i].kind->family == Family::kSky) {
        add_sky(components[i], image, wanted[i]);
      }
    }
    certificate.evaluations_per_pixel =
        static_cast<double>(certificate.n_evaluations) / static_cast<double>(light_grid_.shape.size());
    return certificate;
  }

  Shape shape;
  RenderOptions options;

 private:
  void add_elliptical(std::span<const Component> components, const std::vector<Wanted>& wanted,
                      bool derivatives, ImageView to, ImageView* bound, Certificate& certificate) const {
    std::vector<EllipticalLight> lights;
    Write write = Write::kReplace;  // what comes first
    for (std::size_t i = 0; i < components.size(); ++i) {
      if (components[i].kind->family != Family::kElliptical) continue;
      if (derivatives && !wanted[i].roles.empty()) {
        add_with_derivatives(EllipticalLight(components[i]), wanted[i], write, to, bound, certificate);
        write = Write::kAdd;
      } else {
        lights.emplace_back(components[i]);
      }
    }
    if (!lights.empty()) {
      render_lights(lights, {}, light_options(), write, to, bound, certificate);
    } else if (write == Write::kReplace) {
      fill(to, 0.0);
    }
  }

  LightOptions light_options() const {
    return {light_grid_, {options.tolerance.atol, options.tolerance.rtol}, options.threads};
  }

  void add_with_derivatives(const EllipticalLight& light, const Wanted& wanted, Write write, ImageView to,
                            ImageView* bound, Certificate& certificate) const {
    std::vector<LightParameter> parameters;
    for (const Role role : wanted.roles) {
      parameters.push_back(light_parameter(role));
    }
    if (!convolver_) {
      render_with_derivatives(light, nullptr, light_options(), parameters, write, to, wanted.images, bound,
                              certificate);
      return;
    }
    std::vector<Image> derivatives(parameters.size(), Image(light_grid_.shape));
    std::vector<ImageView> views;
    for (Image& derivative : derivatives) {
      views.push_back(derivative.view());
    }
    render_with_derivatives(light, nullptr, light_options(), parameters, write, to, views, bound,
                            certificate);
    parallel_for(static_cast<int>(views.size()), options.threads, [&](int p) {
      const auto index = static_cast<std::size_t>(p);
      Convolver::Spectrum spectrum = convolver_->make_spectrum();
      convolver_->transform(views[index], spectrum);
      convolver_->convolve(spectrum, wanted.images[index]);
    });
  }

  void convolve(std::span<const Component> components, const std::vector<Wanted>& wanted, const Image& light,
                ImageView image) const {
    Convolver::Spectrum spectrum = convolver_->make_spectrum();
    convolver_->transform(light.view(), spectrum);
    for (std::size_t i = 0; i < components.size(); ++i) {
      const Component& point = components[i];
      if (point.kind->family != Family::kPoint) {
        continue;
      }
      const double x = point.value(Role::kX);
      const double y = point.value(Role::kY);
      const double flux = point.value(Role::kFlux);
      convolver_->add_point_source(spectrum, x, y, {flux, 0.0, 0.0});
      for (std::size_t p = 0; p < wanted[i].roles.size(); ++p) {
        Convolver::Spectrum derivative = convolver_->make_spectrum();
        convolver_->add_point_source(derivative, x, y, point_weights(wanted[i].roles[p], flux));
        convolver_->convolve(derivative, wanted[i].images[p]);
      }
    }
    convolver_->convolve(spectrum, image);
  }

  // From the bound of the light to that of the image (without sky), and the summary of it.
  void complete(Certificate& certificate, const Image& light_bound, const Image& light, double total_flux,
                double point_flux, ConstImageView image) const {
    certificate.bound = Image(shape);
    if (convolver_) {
      Convolver::Spectrum spectrum = convolver_->make_spectrum();
      convolver_->transform(light_bound.view(), spectrum);
      convolver_->convolve_bound(spectrum, certificate.bound.view());
      double squares = 0.0;
      for (const double p : light.pixels()) {
        squares += p * p;
      }
      // Rounding of the Fourier transforms: eps log2(N) in the 2-norm (Higham, Accuracy and Stability, 24.1);
      // and of the phases that place point sources, eps times the number of pixels they turn over.
      constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
      const double transforms = 4.0 * kEpsilon * std::log2(static_cast<double>(light.size()));
      const double phases = 8.0 * kEpsilon * (light.nx() + light.ny());
      const double rounding =
          (transforms * (std::sqrt(squares) + point_flux) + phases * point_flux) * psf_norm_;
      for (double& b : certificate.bound.pixels()) {
        b += rounding;
      }
    } else {
      certificate.bound = light_bound;
    }
    const auto bounds = certificate.bound.pixels();
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      certificate.max_bound = std::max(certificate.max_bound, bounds[i]);
      certificate.sum_bound += bounds[i];
      const double allowed =
          options.tolerance.atol * total_flux + options.tolerance.rtol * std::abs(image.pixels()[i]);
      certificate.n_over += bounds[i] > allowed ? 1 : 0;
    }
  }

  std::optional<Convolver> convolver_;
  Grid light_grid_;
  double psf_norm_ = 0.0;
};

Renderer::Renderer(Shape shape, const std::optional<Psf>& psf, RenderOptions options)
    : impl_(std::make_unique<Impl>(shape, psf, options)) {}
Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Shape Renderer::shape() const {
  return impl_->shape;
}
const RenderOptions& Renderer::options() const {
  return impl_->options;
}

Certificate Renderer::render(std::span<const Component> components, ImageView image) const {
  return impl_->render(components, {}, image, nullptr);
}

Certificate Renderer::render_with_jacobian(std::span<const Component> components,
                                           std::span<const std::uint8_t> wanted, ImageView image,
                                           double* jacobian) const {
  std::size_t n_parameters = 0;
  for (const Component& component : components) {
    n_parameters += component.kind->parameters.size();
  }
  if (wanted.size() != n_parameters) {
    throw InputError({"render_with_jacobian", "wanted", std::to_string(wanted.size()) + " entries",
                      "one entry is needed for every parameter", std::to_string(n_parameters)});
  }
  return impl_->render(components, wanted, image, jacobian);
}

}  // namespace gaxel
