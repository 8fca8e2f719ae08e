#include "render/lights.hpp"
#include "base/stop_scopes.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

std::string to_text(const Grid& grid) {
  std::ostringstream text;
  text << grid.shape.ny << " x " << grid.shape.nx << " cells of side " << grid.step << " from (" << grid.x0
       << ", " << grid.y0 << ")";
  return text.str();
}

[[noreturn]] void reject_grid(const Grid& of_plan, const Grid& own) {
  throw InputError(
      {"render", "plan", to_text(of_plan), "made for another shape or PSF", "one for " + to_text(own)});
}

// Adds the known plan where it holds, else one that is made; returns how many were made.
template <class Light, class SharedPlan>
int take_or_plan(const std::vector<SharedPlan>* known, const Light& light, const LightOptions& options,
                 std::vector<SharedPlan>& plans) {
  const std::size_t i = plans.size();
  const bool holds = known != nullptr && i < known->size() && (*known)[i] != nullptr &&
                     still_holds(*(*known)[i], light, options);
  plans.push_back(holds ? (*known)[i] : plan_light(light, options));
  return holds ? 0 : 1;
}

}  // namespace

Lights::Lights(const Setting& setting, std::span<const Component> components, const std::vector<Part>& parts,
               const RenderPlan::Impl* plan)
    : setting_(setting),
      parts_(parts),
      plan_(plan),
      elliptical_(lights_of(parts)),
      splits_(elliptical_.size()),
      surfaces_(components, setting.model_grid()),
      n_images_(static_cast<std::size_t>(std::ranges::count(parts, Family::kImage, &Part::family))) {
  check_plan();
  if (!setting.profiles) return;
  for (const Part& part : parts) {
    if (part.family() != Family::kElliptical) continue;
    stop_if_wanted();
    const LightDirection direction = light_direction(part.roles, part.first);
    const double* shape_rates = direction.data() + static_cast<std::size_t>(LightParameter::kShape1);
    splits_[part.light] = setting.profiles->split(elliptical_[part.light], !part.roles.empty(),
                                                  part.first.empty() ? nullptr : shape_rates);
  }
}

void Lights::check_plan() const {
  if (plan_ == nullptr) return;
  // Its cells would lie beyond this renderer's images.
  if (plan_->grid != setting_.model_grid()) reject_grid(plan_->grid, setting_.model_grid());
  const auto check_grids = [&](const auto& plans) {
    for (const auto& plan : plans) {
      if (plan && plan->grid != setting_.light_grid()) reject_grid(plan->grid, setting_.light_grid());
    }
  };
  check_grids(plan_->elliptical);
  check_grids(plan_->surfaces);
  if (plan_->elliptical.size() != elliptical_.size() || plan_->surfaces.size() != surfaces_.size()) {
    throw InputError(
        {"render", "plan", std::to_string(plan_->elliptical.size() + plan_->surfaces.size()) + " profiles",
         "made for other components", std::to_string(elliptical_.size() + surfaces_.size()) + " profiles"});
  }
}

bool Lights::integrates_elliptical() const {
  return std::ranges::any_of(splits_, [](const auto& split) { return split == nullptr; });
}

LightOptions Lights::options(double flux) const {
  return setting_.light_options(flux, elliptical_.size() + surfaces_.size() + n_images_);
}

LightOptions Lights::image_options(const Part& part) const {
  return options(part.component->value(Role::kFlux));
}

PlannedLight Lights::planned(const Part& part) const {
  const EllipticalLight& light = elliptical(part);
  return {&light, plan_ == nullptr ? nullptr : plan_->elliptical[part.light].get(), options(light.flux)};
}

PlannedSurface Lights::planned_surface(const Part& part) const {
  const SurfaceLight& light = surface(part);
  return {&light, plan_ == nullptr ? nullptr : plan_->surfaces[part.light].get(), options(light.flux())};
}

double Lights::total_flux() const {
  double total = 0.0;
  for (const EllipticalLight& light : elliptical_) total += std::abs(light.flux);
  for (std::size_t i = 0; i < surfaces_.size(); ++i) total += surfaces_[i].flux();
  for (const Part& part : parts_) {
    const bool has_flux = part.family() == Family::kPoint || part.family() == Family::kImage;
    if (has_flux) total += std::abs(part.component->value(Role::kFlux));
  }
  return total;
}

LightSize Lights::light_size(const DrawnSize& drawn) const {
  LightSize size{drawn.norm, 0.0, 0.0};
  for (const auto& split : splits_) {
    if (!split) continue;
    size.points += std::abs(split->light().flux);
    size.error += setting_.profiles->error(*split);
  }
  for (const Part& part : parts_) {
    if (part.family() == Family::kPoint) size.points += std::abs(part.component->value(Role::kFlux));
  }
  return size;
}

std::shared_ptr<const RenderPlan::Impl> Lights::prepare(const RenderPlan::Impl* previous) const {
  const auto plan = std::make_shared<RenderPlan::Impl>();
  plan->grid = setting_.model_grid();
  for (std::size_t i = 0; i < elliptical_.size(); ++i) {
    if (splits_[i]) {
      plan->elliptical.push_back(nullptr);
      continue;
    }
    plan->n_made += take_or_plan(previous == nullptr ? nullptr : &previous->elliptical, elliptical_[i],
                                 options(elliptical_[i].flux), plan->elliptical);
  }
  for (std::size_t i = 0; i < surfaces_.size(); ++i) {
    plan->n_made += take_or_plan(previous == nullptr ? nullptr : &previous->surfaces, surfaces_[i],
                                 options(surfaces_[i].flux()), plan->surfaces);
  }
  return plan;
}

}  // namespace gaxel
