#include "render/each_psf.hpp"

#include <algorithm>
#include <string>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

void add_counts(const std::vector<std::int64_t>& counts, std::vector<std::int64_t>& sums) {
  sums.resize(std::max(sums.size(), counts.size()), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) sums[i] += counts[i];
}

// The certificate lists the cells of all levels, then the cusps.
void add_cells(std::vector<std::int64_t> cells, std::vector<std::int64_t>& sums) {
  if (cells.empty()) return;
  const std::int64_t cusps = cells.back() + (sums.empty() ? 0 : sums.back());
  cells.pop_back();
  if (!sums.empty()) sums.pop_back();
  add_counts(cells, sums);
  sums.push_back(cusps);
}

void add_certificate(const Certificate& part, Certificate& sum) {
  sum.sum_bound += part.sum_bound;
  sum.n_over += part.n_over;
  sum.limit_hit |= part.limit_hit;
  sum.n_evaluations += part.n_evaluations;
  sum.evaluations_per_pixel += part.evaluations_per_pixel;
  add_counts(part.tiles_per_size, sum.tiles_per_size);
  add_cells(part.cells_per_level, sum.cells_per_level);
  if (part.bound.empty()) return;
  if (sum.bound.empty()) sum.bound = Image(part.bound.shape());
  for (std::size_t i = 0; i < sum.bound.size(); ++i) sum.bound.data()[i] += part.bound.data()[i];
  sum.max_bound = *std::ranges::max_element(sum.bound.pixels());
}

std::span<const std::uint8_t> take(std::span<const std::uint8_t>& flags, const Component& component) {
  if (flags.empty()) return {};
  const auto own = flags.first(component.values.size());
  flags = flags.subspan(own.size());
  return own;
}

std::size_t count(std::span<const std::uint8_t> flags) {
  return static_cast<std::size_t>(std::ranges::count_if(flags, [](auto flag) { return flag != 0; }));
}

}  // namespace

std::vector<std::optional<Psf>> psfs_at(const VaryingPsf& psf, std::span<const Component> components) {
  std::vector<std::optional<Psf>> psfs;
  for (const Component& component : components) {
    const bool sky = component.kind->family == Family::kSky;
    psfs.push_back(sky ? std::nullopt
                       : std::optional(psf.at(component.value(Role::kX), component.value(Role::kY))));
  }
  return psfs;
}

EachPsf::EachPsf(Shape shape, std::span<const std::optional<Psf>> psfs, const RenderOptions& options) {
  for (const std::optional<Psf>& psf : psfs) renderers_.emplace_back(shape, psf, options);
}

void EachPsf::check_number(std::size_t n, const char* what) const {
  if (n == renderers_.size()) return;
  throw InputError({"render", what, std::to_string(n), "not as many as there are PSFs",
                    std::to_string(renderers_.size())});
}

std::vector<RenderPlan> EachPsf::prepare(std::span<const Component> components,
                                         std::span<const RenderPlan> previous) const {
  check_number(components.size(), "components");
  std::vector<RenderPlan> plans;
  for (std::size_t i = 0; i < renderers_.size(); ++i) {
    const RenderPlan known = i < previous.size() ? previous[i] : RenderPlan();
    plans.push_back(renderers_[i].prepare(components.subspan(i, 1), known));
  }
  return plans;
}

CellMap EachPsf::cells(std::span<const Component> components, std::size_t which) const {
  check_number(components.size(), "components");
  if (which >= components.size()) {
    throw InputError({"cells", "which", std::to_string(which), "there is no such component",
                      "0 to " + std::to_string(components.size() - 1)});
  }
  return renderers_[which].cells(components.subspan(which, 1), 0);
}

Certificate EachPsf::render(std::span<const Component> components, std::span<const std::uint8_t> flags,
                            ImageView image, double* jacobian, std::span<const RenderPlan> plans) const {
  check_number(components.size(), "components");
  if (!plans.empty()) check_number(plans.size(), "plan");
  std::ranges::fill(image.pixels(), 0.0);
  Certificate certificate;
  Image own(image.shape());
  for (std::size_t i = 0; i < renderers_.size(); ++i) {
    const auto component = components.subspan(i, 1);
    const RenderPlan plan = plans.empty() ? RenderPlan() : plans[i];
    const auto wanted = take(flags, component.front());
    if (count(wanted) > 0) {
      add_certificate(renderers_[i].render_with_jacobian(component, wanted, own.view(), jacobian, plan),
                      certificate);
      jacobian += count(wanted) * image.size();
    } else {
      add_certificate(renderers_[i].render(component, own.view(), plan), certificate);
    }
    for (std::size_t k = 0; k < own.size(); ++k) image.data()[k] += own.data()[k];
  }
  return certificate;
}

void EachPsf::vjp(std::span<const Component> components, std::span<const std::uint8_t> flags,
                  ConstImageView cotangent, double* gradient, std::span<const RenderPlan> plans) const {
  check_number(components.size(), "components");
  if (!plans.empty()) check_number(plans.size(), "plan");
  for (std::size_t i = 0; i < renderers_.size(); ++i) {
    const auto component = components.subspan(i, 1);
    const auto wanted = take(flags, component.front());
    if (count(wanted) == 0) continue;
    renderers_[i].vjp(component, wanted, cotangent, gradient, plans.empty() ? RenderPlan() : plans[i]);
    gradient += count(wanted);
  }
}

}  // namespace gaxel
