#include "cli/inspect_scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gaxel/error.hpp"
#include "gaxel/light_image.hpp"
#include "io/parameter_table.hpp"
#include "io/task.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {
namespace {

struct LoadedScene {
  io::Task task;
  std::string why_no_fit;  ///< empty when it can be fitted
};

/// Whether the problem may be that there is no image, which inspect does not need.
bool is_about_image(const InputError& error) {
  const std::string& key = error.problem().key;
  return key == "A)" || key == "image" || key.starts_with("image.");
}

LoadedScene load(const std::string& file, const legacy::LegacyOptions& options) {
  try {
    return {legacy::load_any_task(file, options, true), ""};
  } catch (const InputError& for_a_fit) {
    try {
      return {legacy::load_any_task(file, options, false), for_a_fit.what()};
    } catch (const InputError&) {
      if (is_about_image(for_a_fit)) throw;
      throw for_a_fit;
    }
  }
}

void print_image(const io::TaskImage& task, bool for_a_fit) {
  const Observation& observation = task.observation;
  if (!task.band.empty()) fmt::print("  band    {}, wavelength {:g}\n", task.band, task.wavelength);
  fmt::print("  image   {}\n", task.image_file.empty() ? "none, only a shape" : task.image_file);
  fmt::print("  region  x {}..{}, y {}..{} ({} x {} pixels)\n", task.placement.first_x,
             task.placement.first_x + task.shape.nx - 1, task.placement.first_y,
             task.placement.first_y + task.shape.ny - 1, task.shape.nx, task.shape.ny);
  if (for_a_fit) {
    const auto used = std::count(observation.used.begin(), observation.used.end(), std::uint8_t{1});
    fmt::print("  pixels  {} used, {} masked\n", used,
               static_cast<std::ptrdiff_t>(observation.used.size()) - used);
  }
  for (const Psf& psf : observation.psfs) {
    fmt::print("  PSF     {}{}", psf.description(),
               observation.varying_psf ? " in the middle of the region: it changes over the image" : "");
    if (!psf.kernel().empty()) fmt::print(", sum {:.6g} before it was normalised", psf.original_sum());
    fmt::print("\n");
  }
  if (observation.psfs.empty()) fmt::print("  PSF     none\n");
  if (const std::string light = io::photometry_text(task.photometry); !light.empty())
    fmt::print("  light   {}\n", light);
}

/// Coefficients or values in the bands, or what they follow; empty for constants.
std::string variation_text(const Parameter& parameter) {
  if (parameter.tie) return fmt::format("= {}", parameter.tie->text);
  if (parameter.basis == Basis::kConstant) return "";
  const auto n_free = std::ranges::count(parameter.free_coefficients, 1);
  if (parameter.basis == Basis::kBands)
    return n_free == 0 ? "fixed in each band" : fmt::format("free in {} bands", n_free);
  return fmt::format("{} series, {} free of {} coefficients", to_text(parameter.basis), n_free,
                     parameter.coefficients.size());
}

void print_parameter(const SceneComponent& component, std::size_t index, const io::FileFrame& frame) {
  const ParameterSpec& spec = component.kind->parameters[index];
  const Parameter& parameter = component.parameters[index];
  const bool as_magnitude = component.flux_is_magnitude;
  if (const std::string text = variation_text(parameter); !text.empty()) {
    fmt::print("    {:<6} {:>14} {:<19} {}\n", io::file_key(spec, as_magnitude), "",
               io::file_unit(spec, as_magnitude), text);
    return;
  }
  const std::string value = std::isnan(parameter.value)
                                ? "estimated"
                                : fmt::format("{:.8g}", io::file_value(component, index, frame));
  std::string bounds;
  if (std::isfinite(parameter.min) || std::isfinite(parameter.max)) {
    double low = std::isinf(parameter.min) ? parameter.min
                                           : io::to_file(spec.role, as_magnitude, parameter.min, frame);
    double high = std::isinf(parameter.max) ? parameter.max
                                            : io::to_file(spec.role, as_magnitude, parameter.max, frame);
    if (spec.role == Role::kFlux && as_magnitude) std::swap(low, high);
    bounds = fmt::format("  within [{:.6g}, {:.6g}]", low, high);
  }
  fmt::print("    {:<6} {:>14} {:<19} {}{}\n", io::file_key(spec, as_magnitude), value,
             io::file_unit(spec, as_magnitude), parameter.free ? "free" : "fixed", bounds);
}

}  // namespace

void inspect_scene(const std::string& file, const legacy::LegacyOptions& options) {
  const auto [task, why_no_fit] = load(file, options);
  if (!why_no_fit.empty()) fmt::print("  for rendering only: {}\n", why_no_fit);
  if (!task.title.empty()) fmt::print("  title   {}\n", task.title);
  for (const io::TaskImage* image : io::images_of(task)) print_image(*image, why_no_fit.empty());
  for (const SceneComponent& component : task.scene.components) {
    fmt::print("  {} ({})\n", component.name, component.kind->title);
    if (component.image != nullptr) {
      fmt::print("    {:<6} {} ({} x {} pixels, sum {:.6g})\n", "file", component.image_file,
                 component.image->pixels().nx(), component.image->pixels().ny(), component.image->sum());
    }
    for (std::size_t p = 0; p < component.parameters.size(); ++p) {
      print_parameter(component, p, {task.placement, task.photometry});
    }
  }
  fmt::print("  {} free parameters\n", task.scene.n_free());
  for (const std::string& note : task.notes) fmt::print("  note: {}\n", note);
  for (const std::string& warning : task.warnings) fmt::print("  warning: {}\n", warning);
}

}  // namespace gaxel::cli
