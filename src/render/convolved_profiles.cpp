#include "render/convolved_profiles.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/parallel.hpp"
#include "base/recycled.hpp"
#include "psf/convolver_cache.hpp"
#include "psf/light_sum.hpp"
#include "render/add_pixels.hpp"
#include "render/fading.hpp"

namespace gaxel {
namespace {

Moments flux_of(double flux) {
  Moments m{};
  m[kFlux] = flux;
  return m;
}

// Whether samples at the pixels' centres are spread beyond the PSF's reach. An image of the data's pixels has
// exactly its own values for a response.
bool rings_from_centres(const Psf& psf) {
  const bool is_own_response =
      !psf.kernel().empty() && psf.oversample() == 1.0 && psf.pixel_in_psf() != PixelInPsf::kNone &&
      psf.x_center() == std::floor(psf.x_center()) && psf.y_center() == std::floor(psf.y_center());
  return !is_own_response && rings(psf);
}

// The distinct convolvers of the lights, in the order of their first use.
template <class ConvolverOf>
std::vector<const Convolver*> distinct(std::size_t n, ConvolverOf&& convolver_of) {
  std::vector<const Convolver*> found;
  for (std::size_t i = 0; i < n; ++i) {
    const Convolver* convolver = convolver_of(i);
    if (std::ranges::find(found, convolver) == found.end()) found.push_back(convolver);
  }
  return found;
}

}  // namespace

// What is left out of a convolution is small beside the tolerance.
ConvolverOptions convolver_options(const Tolerance& tolerance) {
  ConvolverOptions options;
  options.negligible_light = 0.25 * std::max(tolerance.atol, 1e-14);
  // The same for all tolerances but the finest, so that PSFs' images are transformed once for most.
  constexpr double kUsual = 2.5e-14;
  options.negligible_transfer = std::min(kUsual, 1e-4 * options.negligible_light);
  return options;
}

ConvolvedProfiles::ConvolvedProfiles(const Psf& psf, const Convolver& base, const RenderOptions& options)
    : psf_(psf),
      base_(&base),
      tolerance_(options.tolerance),
      threads_(options.threads),
      margin_(rings_from_centres(psf) ? kFadingMargin : 0),
      needed_(base.model_grid()) {
  needed_.x0 -= margin_;
  needed_.y0 -= margin_;
  needed_.shape.nx += 2 * margin_;
  needed_.shape.ny += 2 * margin_;
}

std::unique_ptr<const SplitLight> ConvolvedProfiles::split(const EllipticalLight& light, bool with_shapes,
                                                           const double* shape_rates) const {
  // An error of the transform is spread over the pixels of the PSF; the laws of the registry reach 3e-9.
  const double tolerance = std::max(tolerance_.atol, 3e-9);
  auto split = std::make_unique<const SplitLight>(light, needed_, margin_,
                                                  std::numbers::sqrt2 * base_->highest_frequency(), tolerance,
                                                  with_shapes, shape_rates);
  return split->error() <= tolerance ? std::move(split) : nullptr;
}

const Convolver& ConvolvedProfiles::convolver_for(const SplitLight& light) const {
  const Shape known_period = margin_ > 0 ? needed_.shape : base_->padded();
  const Shape period = light.period(known_period);
  if (margin_ == 0 && period == known_period) return *base_;
  // In steps, so that a fit meets few sizes.
  constexpr int kStep = 32;
  const Shape least = needed_.shape;
  const auto margin = [](int wanted, int known) {
    return kStep * std::max(0, (wanted - known + 2 * kStep - 1) / (2 * kStep));
  };
  const int x = margin(period.nx, least.nx);
  const int y = margin(period.ny, least.ny);
  const Shape widened{least.ny + 2 * y, least.nx + 2 * x};
  const std::scoped_lock lock(mutex_);
  for (const auto& known : wider_) {
    if (known->model_grid().shape == widened) return *known;
  }
  const double right = -needed_.x0;
  const double up = -needed_.y0;
  const Reach reach{least.nx - base_->region().nx - right + x, right + x,
                    least.ny - base_->region().ny - up + y, up + y};
  ConvolverOptions options = convolver_options(tolerance_);
  options.reach = reach;
  wider_.push_back(ConvolverCache::convolver(psf_, base_->region(), options));
  return *wider_.back();
}

void ConvolvedProfiles::add(std::span<const SplitLight* const> lights, SpectrumPool& spectra) const {
  std::vector<const Convolver*> convolvers;
  for (const SplitLight* light : lights) convolvers.push_back(&convolver_for(*light));
  for (const Convolver* convolver : distinct(lights.size(), [&](std::size_t i) { return convolvers[i]; })) {
    const Grid& grid = convolver->model_grid();
    Image samples;
    for (std::size_t i = 0; i < lights.size(); ++i) {
      if (convolvers[i] != convolver || !lights[i]->has_samples(convolver->padded())) continue;
      if (samples.empty()) samples = Image(grid.shape);
      const Moments flux = flux_of(lights[i]->light().flux);
      const ImageView view = samples.view();
      lights[i]->add_samples(grid, convolver->padded(), {&flux, 1}, {&view, 1}, threads_);
    }
    Convolver::Spectrum* const to = &spectra.spectrum(*convolver);
    if (!samples.empty()) {
      Convolver::Spectrum spectrum = convolver->make_undefined_spectrum();
      convolver->transform(samples.view(), spectrum, Sampling::kPoint);
      to->add(spectrum);
    }
    LightSum cores;
    for (std::size_t i = 0; i < lights.size(); ++i) {
      if (convolvers[i] != convolver || lights[i]->table() == nullptr) continue;
      cores.add(std::make_unique<const CoreLight>(*lights[i], *convolver,
                                                  std::vector{image_weights(lights[i]->light().flux)}));
    }
    if (!cores.empty()) convolver->add({&to, 1}, cores, threads_);
  }
}

void ConvolvedProfiles::add_with_derivatives(const SplitLight& light,
                                             std::span<const LightParameter> parameters, ImageView image,
                                             std::span<const ImageView> derivatives) const {
  const Convolver& convolver = convolver_for(light);
  const EllipticalLight& profile = light.light();
  std::vector<Moments> moments;
  std::vector<TransformWeights> weights;
  std::vector<ImageView> targets(derivatives.begin(), derivatives.end());
  for (const LightParameter parameter : parameters) {
    moments.push_back(
        derivative_weights(*profile.law, profile.frame, profile.flux, profile.d_flux, parameter));
    weights.push_back(
        derivative_transform(*profile.law, profile.frame, profile.flux, profile.d_flux, parameter));
  }
  // The derivative to the flux, or to the brightness in its place, is proportional to the image.
  const auto unit = std::ranges::find(parameters, LightParameter::kFlux);
  Image own;
  if (unit == parameters.end()) {
    own = Image(image.shape());
    moments.push_back(flux_of(profile.flux));
    weights.push_back(image_weights(profile.flux));
    targets.push_back(own.view());
  }
  const std::size_t n = targets.size();
  std::vector<Convolver::Spectrum> spectra;
  std::vector<Convolver::Spectrum*> to;
  const bool has_samples = light.has_samples(convolver.padded());
  for (std::size_t d = 0; d < n; ++d) {
    spectra.push_back(has_samples ? convolver.make_undefined_spectrum() : convolver.make_spectrum());
  }
  for (Convolver::Spectrum& spectrum : spectra) to.push_back(&spectrum);
  if (has_samples) {
    const Shape shape = convolver.model_grid().shape;
    std::vector<RecycledArray> samples;
    std::vector<ImageView> views;
    for (std::size_t d = 0; d < n; ++d) {
      samples.push_back(take_array(shape.size()));
      views.emplace_back(samples.back().get(), shape);
      std::ranges::fill(views.back().pixels(), 0.0);
    }
    light.add_samples(convolver.model_grid(), convolver.padded(), moments, views, threads_);
    parallel_for(static_cast<int>(n), threads_, [&](int i) {
      const auto d = static_cast<std::size_t>(i);
      convolver.transform(views[d], spectra[d], Sampling::kPoint);
    });
  }
  if (light.table() != nullptr) convolver.add(to, CoreLight(light, convolver, std::move(weights)), threads_);
  parallel_for(static_cast<int>(n), threads_, [&](int i) {
    const auto d = static_cast<std::size_t>(i);
    convolver.convolve(spectra[d], targets[d]);
  });
  if (unit == parameters.end()) {
    add_pixels(own.pixels(), image.pixels());
  } else {
    const ImageView of_unit = derivatives[static_cast<std::size_t>(unit - parameters.begin())];
    const double scale = profile.flux / profile.d_flux[static_cast<std::size_t>(LightParameter::kFlux)];
    for (std::size_t i = 0; i < image.size(); ++i) image.pixels()[i] += scale * of_unit.pixels()[i];
  }
}

void ConvolvedProfiles::gradients(std::span<const Wanted> wanted, ConstImageView cotangent) const {
  std::vector<const Convolver*> convolvers;
  for (const Wanted& w : wanted) convolvers.push_back(&convolver_for(*w.light));
  for (const Convolver* convolver : distinct(wanted.size(), [&](std::size_t i) { return convolvers[i]; })) {
    Convolver::Spectrum spectrum = convolver->make_undefined_spectrum();
    convolver->convolve_adjoint(cotangent, spectrum);
    bool has_samples = false;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Wanted& w = wanted[i];
      if (convolvers[i] != convolver) continue;
      const EllipticalLight& light = w.light->light();
      has_samples |= w.light->has_samples(convolver->padded());
      std::fill_n(w.gradient, w.parameters.size(), 0.0);
      if (w.light->table() == nullptr) continue;
      std::vector<TransformWeights> weights;
      for (const LightParameter parameter : w.parameters) {
        weights.push_back(derivative_transform(*light.law, light.frame, light.flux, light.d_flux, parameter));
      }
      convolver->add_adjoint(spectrum, CoreLight(*w.light, *convolver, std::move(weights)),
                             {w.gradient, w.parameters.size()}, threads_);
    }
    if (!has_samples) continue;
    Image of_samples(convolver->model_grid().shape);
    convolver->transform_adjoint(spectrum, of_samples.view(), Sampling::kPoint);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const Wanted& w = wanted[i];
      if (convolvers[i] != convolver) continue;
      const EllipticalLight& light = w.light->light();
      const Moments sums =
          w.light->sum_samples(convolver->model_grid(), convolver->padded(), of_samples.view(), threads_);
      for (std::size_t p = 0; p < w.parameters.size(); ++p) {
        w.gradient[p] += sum_of_products(
            derivative_weights(*light.law, light.frame, light.flux, light.d_flux, w.parameters[p]), sums);
      }
    }
  }
}

void ConvolvedProfiles::add_second_derivative(const SplitLight& light, const LightRates& rates,
                                              const LightDirection& other, ImageView image) const {
  const Convolver& convolver = convolver_for(light);
  const ProfileLight profile = light.light().profile();
  Convolver::Spectrum spectrum = convolver.make_spectrum();
  if (light.has_samples(convolver.padded())) {
    Image samples(convolver.model_grid().shape);
    light.add_second_samples(convolver.model_grid(), convolver.padded(), rates,
                             direction_weights(profile, rates, other), samples.view(), threads_);
    convolver.transform(samples.view(), spectrum, Sampling::kPoint);
  }
  if (light.table() != nullptr) {
    SecondTransformWeights weights;
    for (std::size_t p = 0; p < kLightParameters; ++p) {
      if (other[p] == 0.0) continue;
      weights.add(other[p], second_transform(profile, rates, static_cast<LightParameter>(p)));
    }
    Convolver::Spectrum* const to = &spectrum;
    convolver.add({&to, 1}, SecondCoreLight(light, convolver, rates, {weights}), threads_);
  }
  Image convolved(image.shape());
  convolver.convolve(spectrum, convolved.view());
  add_pixels(convolved.pixels(), image.pixels());
}

void ConvolvedProfiles::second_gradient(const SplitLight& light, const LightRates& rates,
                                        std::span<const LightParameter> parameters, ConstImageView cotangent,
                                        std::span<double> gradient) const {
  const Convolver& convolver = convolver_for(light);
  const ProfileLight profile = light.light().profile();
  Convolver::Spectrum spectrum = convolver.make_undefined_spectrum();
  convolver.convolve_adjoint(cotangent, spectrum);
  std::ranges::fill(gradient, 0.0);
  if (light.table() != nullptr) {
    std::vector<SecondTransformWeights> weights;
    for (const LightParameter parameter : parameters) {
      weights.push_back(second_transform(profile, rates, parameter));
    }
    convolver.add_adjoint(spectrum, SecondCoreLight(light, convolver, rates, std::move(weights)), gradient,
                          threads_);
  }
  if (!light.has_samples(convolver.padded())) return;
  Image of_samples(convolver.model_grid().shape);
  convolver.transform_adjoint(spectrum, of_samples.view(), Sampling::kPoint);
  const MomentRates sums = light.sum_second_samples(convolver.model_grid(), convolver.padded(), rates,
                                                    of_samples.view(), threads_);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    gradient[p] += gaxel::second_derivative(profile, rates, parameters[p], sums);
  }
}

double ConvolvedProfiles::error(const SplitLight& light) const {
  // The mean over all frequencies of |T| is at most the root of the mean of its square.
  return std::abs(light.light().flux) * light.error() * base_->response_norm(Sampling::kPoint);
}

}  // namespace gaxel
