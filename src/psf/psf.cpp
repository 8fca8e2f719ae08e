#include "gaxel/psf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "gaxel/error.hpp"
#include "psf/composed_psf.hpp"
#include "psf/convolver_cache.hpp"
#include "psf/elliptical_psf.hpp"
#include "psf/image_psf.hpp"
#include "psf/psf_checks.hpp"

namespace gaxel {
namespace {

[[noreturn]] void reject(std::string value, std::string what, std::string allowed) {
  throw InputError({"", "psf", std::move(value), std::move(what), std::move(allowed)});
}

std::string size_text(const Image& kernel) {
  return fmt::format("{} x {} pixels", kernel.nx(), kernel.ny());
}

void check_finite(const Image& kernel) {
  const auto pixels = kernel.pixels();
  const auto is_bad = [](double value) { return !std::isfinite(value); };
  const auto first = std::find_if(pixels.begin(), pixels.end(), is_bad);
  if (first == pixels.end()) return;
  const auto position = static_cast<int>(first - pixels.begin());
  reject(fmt::format("{} in column {}, row {} (0-based)", *first, position % kernel.nx(),
                     position / kernel.nx()),
         fmt::format("{} of {} pixels are not finite", std::count_if(first, pixels.end(), is_bad),
                     pixels.size()),
         "finite values; replace or cut off the bad pixels");
}

double checked_sum(const Image& kernel) {
  const auto pixels = kernel.pixels();
  long double sum = 0.0L;
  for (double value : pixels) sum += value;
  if (std::all_of(pixels.begin(), pixels.end(), [](double value) { return value == 0.0; })) {
    reject(size_text(kernel), "the PSF is zero everywhere", "a PSF with light in it");
  }
  const auto result = static_cast<double>(sum);
  if (!(result > 0.0)) {
    reject(fmt::format("sum {:.6g}", result), "the PSF's sum is not positive",
           "a positive sum; subtract the right background from the PSF");
  }
  return result;
}

void check_value(const char* key, double value, double min, double max) {
  if (value >= min && value <= max) return;
  throw InputError({"psf", key, fmt::format("{}", value), "out of range", fmt::format("{} to {}", min, max)});
}

void check_shape(const PsfShape& shape) {
  check_value("fwhm", shape.fwhm, 0.1, 1000.0);
  check_value("q", shape.q, 0.1, 1.0);
  check_value("theta", shape.theta, -1e6, 1e6);
}

std::string to_text(const PsfShape& shape) {
  std::string text = fmt::format("FWHM {:.6g} pixels", shape.fwhm);
  if (shape.q < 1.0) text += fmt::format(", q {:.6g}, theta {:.6g}", shape.q, shape.theta);
  return text;
}

double checked_center(std::optional<double> given, int n, const char* key) {
  if (!given) return n / 2;
  if (!(*given >= -0.5 && *given <= n - 0.5)) {
    throw InputError({"", key, fmt::format("{}", *given), "the centre of the PSF lies outside its image",
                      fmt::format("-0.5 to {} (0-based PSF pixels)", n - 0.5)});
  }
  return *given;
}

}  // namespace

Psf::Psf(Image kernel, PsfOptions options) : kernel_(std::move(kernel)), options_(options) {
  if (kernel_.empty()) reject("", "the PSF has no pixels", "at least 1 pixel along each axis");
  if (!(options.oversample >= kLeastOversample && options.oversample <= kMostOversample)) {
    throw InputError({"", "oversample", fmt::format("{}", options.oversample),
                      "not a number of PSF pixels per data pixel",
                      fmt::format("{} to {}", kLeastOversample, kMostOversample)});
  }
  check_finite(kernel_);
  original_sum_ = checked_sum(kernel_);
  options_.x_center = checked_center(options.x_center, kernel_.nx(), "x_center");
  options_.y_center = checked_center(options.y_center, kernel_.ny(), "y_center");
  for (double& value : kernel_.pixels()) value /= original_sum_;
  warnings_ = suspicious_features(kernel_.view(), oversample(), x_center(), y_center());
  model_ = std::make_shared<const ImagePsf>(kernel_, options_);
  convolvers_ = std::make_shared<ConvolverCache>();
  description_ =
      fmt::format("{} x {} pixels, oversampled {:.6g} times", kernel_.nx(), kernel_.ny(), oversample());
}

Psf::Psf(std::shared_ptr<const PsfModel> model, std::string description)
    : model_(std::move(model)),
      convolvers_(std::make_shared<ConvolverCache>()),
      description_(std::move(description)) {}

Psf Psf::gaussian(const PsfShape& shape) {
  check_shape(shape);
  return {std::make_shared<const GaussianPsf>(shape), "Gaussian, " + to_text(shape)};
}

Psf Psf::moffat(const PsfShape& shape, double beta) {
  check_shape(shape);
  check_value("beta", beta, 1.1, 20.0);
  return {std::make_shared<const MoffatPsf>(shape, beta),
          fmt::format("Moffat, {}, beta {:.6g}", to_text(shape), beta)};
}

Psf Psf::sum(const std::vector<Weighted>& terms) {
  double sum = 0.0;
  for (const Weighted& term : terms) {
    if (!(term.weight > 0.0 && std::isfinite(term.weight))) {
      throw InputError(
          {"psf", "weight", fmt::format("{}", term.weight), "out of range", "a finite number above 0"});
    }
    sum += term.weight;
  }
  if (terms.empty()) reject("", "a sum of no PSFs", "one PSF or more");
  if (!std::isfinite(sum)) {
    throw InputError(
        {"psf", "weight", fmt::format("{}", sum), "the sum of the weights is not finite", "a finite sum"});
  }
  std::vector<SumPsf::Term> parts;
  std::string description;
  std::vector<std::string> warnings;
  for (const Weighted& term : terms) {
    parts.push_back({term.psf.model_, term.weight / sum});
    if (!description.empty()) description += " + ";
    description += fmt::format("{:.4g} ({})", term.weight / sum, term.psf.description_);
    warnings.insert(warnings.end(), term.psf.warnings_.begin(), term.psf.warnings_.end());
  }
  Psf psf(std::make_shared<const SumPsf>(std::move(parts)), std::move(description));
  psf.warnings_ = std::move(warnings);
  return psf;
}

Psf Psf::diffused(Image kernel) const {
  if (kernel.ny() % 2 == 0 || kernel.nx() % 2 == 0) {
    throw InputError({"psf", "diffusion", size_text(kernel), "a kernel without a middle element",
                      "an odd number of rows and of columns"});
  }
  check_finite(kernel);
  const double sum = checked_sum(kernel);
  for (double& value : kernel.pixels()) value /= sum;
  Psf psf = *this;
  psf.description_ += fmt::format(", charge diffusion over {} x {} pixels", kernel.nx(), kernel.ny());
  psf.model_ = std::make_shared<const DiffusedPsf>(model_, std::move(kernel));
  psf.convolvers_ = std::make_shared<ConvolverCache>();
  return psf;
}

std::string Psf::size_warning(Shape image) const {
  if (kernel_.empty()) return "";
  const double width = kernel_.nx() / oversample();
  const double height = kernel_.ny() / oversample();
  if (width <= image.nx && height <= image.ny) return "";
  return fmt::format(
      "the PSF ({:.6g} x {:.6g} pixels of the data) is larger than the image ({} x {}): light far outside "
      "the image counts; cut the PSF or widen the image",
      width, height, image.nx, image.ny);
}

}  // namespace gaxel
