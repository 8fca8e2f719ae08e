#include <algorithm>
#include <cstddef>
#include <set>
#include <string>

#include "gaxel/error.hpp"
#include "gaxel/render.hpp"
#include "render/add_pixels.hpp"
#include "render/image_bound.hpp"
#include "render/spectrum_pool.hpp"
#include "render/wanted.hpp"
#include "render/work_sums.hpp"

namespace gaxel {
namespace {

// The certificate of a sum of images, but for what is told by all of its pixels.
void add_certificate(const Certificate& part, Certificate& sum) {
  sum.total_flux += part.total_flux;
  sum.limit_hit |= part.limit_hit;
  sum.estimated |= part.estimated;
  sum.n_evaluations += part.n_evaluations;
  sum.evaluations_per_pixel += part.evaluations_per_pixel;
  add_each(part.tiles_per_size, sum.tiles_per_size);
  if (const auto& cells = part.cells_per_level; !cells.empty()) {  // of points alone there are none
    add_cells({cells.begin(), cells.end() - 1}, cells.back(), sum.cells_per_level);
  }
  if (sum.bound.empty()) {
    sum.bound = part.bound;
  } else {
    add_pixels(part.bound.pixels(), sum.bound.pixels());
  }
}

bool is_sky(const Component& component) {
  return component.kind->family == Family::kSky;
}

bool is_truncation(const Component& component) {
  return component.kind->family == Family::kTruncation;
}

bool is_cut_by(const Component& component, std::size_t truncation) {
  return std::ranges::find(component.inner, truncation) != component.inner.end() ||
         std::ranges::find(component.outer, truncation) != component.outer.end();
}

}  // namespace

// The components that one renderer sees, in order.
struct MultiPsfRenderer::Group {
  const Renderer* renderer;
  std::size_t plan;  ///< which of the plans
  bool sky;
  std::vector<Component> components = {};
  std::vector<std::size_t> members = {};  ///< their places among all components
  std::vector<std::uint8_t> wanted = {};
  std::vector<std::size_t> rows = {};  ///< of the Jacobian that are wanted of them

  /// Of numbers for every wanted parameter those of the group's.
  std::vector<double> of_members(std::span<const double> numbers) const {
    std::vector<double> own;
    for (const std::size_t row : rows) own.push_back(numbers[row]);
    return own;
  }

  /// From their places among all components to those in the group, which has all that cut its members.
  void renumber_truncations() {
    for (Component& component : components) {
      for (auto* cuts : {&component.inner, &component.outer}) {
        for (std::size_t& cut : *cuts) {
          const auto place = std::ranges::find(members, cut);
          if (place != members.end()) cut = static_cast<std::size_t>(place - members.begin());
        }
      }
    }
  }
};

int MultiPsfPlan::n_profiles() const {
  int n = 0;
  for (const RenderPlan& plan : plans) n += plan.n_profiles();
  return n;
}

int MultiPsfPlan::n_made() const {
  int n = 0;
  for (const RenderPlan& plan : plans) n += plan.n_made();
  return n;
}

MultiPsfRenderer::MultiPsfRenderer(Shape shape, const std::vector<Psf>& psfs, RenderOptions options)
    : shape_(shape), options_(options) {
  // The floor is shared by all images that are added.
  RenderOptions of_each = options;
  of_each.tolerance.floor /= static_cast<double>(psfs.size() + 1);
  for (const Psf& psf : psfs) renderers_.emplace_back(shape, psf, psfs.size() == 1 ? options : of_each);
  renderers_.emplace_back(shape, std::nullopt, psfs.empty() ? options : of_each);
}

std::size_t MultiPsfRenderer::renderer_of(const Component& component) const {
  return component.psf == kNoPsf ? renderers_.size() - 1 : static_cast<std::size_t>(component.psf);
}

// Of all components but the sky, if it is the same.
std::optional<std::size_t> MultiPsfRenderer::common_renderer(std::span<const Component> components) const {
  std::optional<std::size_t> common;
  for (const Component& component : components) {
    if (is_sky(component) || is_truncation(component)) continue;
    if (common && *common != renderer_of(component)) return std::nullopt;
    common = renderer_of(component);
  }
  return common;
}

// One group if all are seen through one PSF, with the sky; else the sky is a group of its own, the last.
std::vector<MultiPsfRenderer::Group> MultiPsfRenderer::groups_of(std::span<const Component> components,
                                                                 std::span<const std::uint8_t> wanted,
                                                                 const MultiPsfPlan& plan) const {
  const std::size_t none = renderers_.size() - 1;
  std::vector<int> psfs;
  for (const Component& component : components) {
    const int n = static_cast<int>(std::max<std::size_t>(none, 1));
    if (component.psf != kNoPsf && (component.psf < 0 || component.psf >= n)) {
      throw InputError({"render", "psf", std::to_string(component.psf), "there is no PSF of that number",
                        "0 to " + std::to_string(n - 1) + ", or " + std::to_string(kNoPsf) + " for none"});
    }
    psfs.push_back(component.psf);
  }
  if (!plan.psfs.empty() && plan.psfs != psfs) {
    throw InputError({"render", "plan", std::to_string(plan.psfs.size()) + " components",
                      "made for other components, or other PSFs of theirs", "one for these components"});
  }
  const std::optional<std::size_t> common = common_renderer(components);
  std::vector<Group> groups;
  for (std::size_t i = 0; i < renderers_.size(); ++i) groups.push_back({&renderers_[i], i, false});
  groups.push_back({&renderers_[none], none + 1, true});
  const auto group_of = [&](const Component& component) {
    return !is_sky(component) ? renderer_of(component) : common ? *common : groups.size() - 1;
  };
  std::size_t row = 0;
  for (std::size_t c = 0; c < components.size(); ++c) {
    const Component& component = components[c];
    std::set<std::size_t> numbers;
    for (const Component& other : components) {
      if (is_cut_by(other, c)) numbers.insert(group_of(other));
    }
    if (numbers.empty()) numbers.insert(common && is_truncation(component) ? *common : group_of(component));
    const std::size_t n = wanted.empty() ? 0 : component.kind->parameters.size();
    const std::span<const std::uint8_t> flags = wanted.first(n);
    for (const std::size_t number : numbers) {
      Group& group = groups[number];
      group.components.push_back(component);
      group.members.push_back(c);
      group.wanted.insert(group.wanted.end(), flags.begin(), flags.end());
      std::size_t next = row;
      for (const std::uint8_t flag : flags) {
        if (flag != 0) group.rows.push_back(next++);
      }
    }
    row += static_cast<std::size_t>(std::ranges::count_if(flags, [](auto flag) { return flag != 0; }));
    wanted = wanted.subspan(n);
  }
  for (Group& group : groups) group.renumber_truncations();
  std::erase_if(groups, [](const Group& group) { return group.components.empty(); });
  return groups;
}

MultiPsfPlan MultiPsfRenderer::prepare(std::span<const Component> components,
                                       const MultiPsfPlan& previous) const {
  MultiPsfPlan plan;
  plan.plans.resize(renderers_.size() + 1);
  for (const Group& group : groups_of(components, {}, {})) {
    const bool known = group.plan < previous.plans.size();
    plan.plans[group.plan] =
        group.renderer->prepare(group.components, known ? previous.plans[group.plan] : RenderPlan());
  }
  for (const Component& component : components) plan.psfs.push_back(component.psf);
  return plan;
}

CellMap MultiPsfRenderer::cells(std::span<const Component> components, std::size_t which) const {
  for (const Group& group : groups_of(components, {}, {})) {
    const auto place = std::ranges::find(group.members, which);
    if (place == group.members.end()) continue;
    return group.renderer->cells(group.components, static_cast<std::size_t>(place - group.members.begin()));
  }
  throw InputError({"cells", "which", std::to_string(which), "there is no such component",
                    "a number below " + std::to_string(components.size())});
}

Certificate MultiPsfRenderer::render(std::span<const Component> components, ImageView image,
                                     const MultiPsfPlan& plan) const {
  return render_groups(groups_of(components, {}, plan), image, nullptr, plan);
}

Certificate MultiPsfRenderer::render_with_jacobian(std::span<const Component> components,
                                                   std::span<const std::uint8_t> wanted, ImageView image,
                                                   double* jacobian, const MultiPsfPlan& plan) const {
  check_flags(components, wanted, "render_with_jacobian");
  return render_groups(groups_of(components, wanted, plan), image, jacobian, plan);
}

Certificate MultiPsfRenderer::render_groups(const std::vector<Group>& groups, ImageView image,
                                            double* jacobian, const MultiPsfPlan& plan) const {
  const auto render_group = [&](const Group& group, ImageView to, double* rows, SpectrumPool* shared) {
    const RenderPlan known = plan.plans.empty() ? RenderPlan() : plan.plans[group.plan];
    const std::span<const std::uint8_t> wanted = group.wanted;
    return group.renderer->render_shared(group.components, rows == nullptr ? wanted.first(0) : wanted, to,
                                         rows, known, shared);
  };
  if (groups.size() == 1) return render_group(groups.front(), image, jacobian, nullptr);
  std::ranges::fill(image.pixels(), 0.0);
  for (const Group& group : groups) {
    for (const std::size_t row : group.rows) std::fill_n(jacobian + row * shape_.size(), shape_.size(), 0.0);
  }
  Certificate sum;
  Image part(shape_);
  std::vector<double> rows;
  const std::size_t n_pixels = shape_.size();
  bool summed_up = false;
  SpectrumPool spectra;
  const auto sum_up_light = [&] {
    spectra.add_to(image);
    if (options_.certificate && !summed_up) sum_up(options_.tolerance, image, sum);
    summed_up = true;
  };
  for (const Group& group : groups) {
    if (group.sky) sum_up_light();
    rows.resize(group.rows.size() * n_pixels);
    const Certificate certificate =
        render_group(group, part.view(), jacobian == nullptr ? nullptr : rows.data(), &spectra);
    if (!group.sky) add_certificate(certificate, sum);
    add_pixels(part.pixels(), image.pixels());
    for (std::size_t r = 0; r < group.rows.size(); ++r) {
      add_pixels({rows.data() + r * n_pixels, n_pixels}, {jacobian + group.rows[r] * n_pixels, n_pixels});
    }
  }
  sum_up_light();
  return sum;
}

void MultiPsfRenderer::vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                           ConstImageView cotangent, double* gradient, const MultiPsfPlan& plan) const {
  check_flags(components, wanted, "vjp");
  std::fill_n(gradient, std::ranges::count_if(wanted, [](auto flag) { return flag != 0; }), 0.0);
  for (const Group& group : groups_of(components, wanted, plan)) {
    std::vector<double> part(group.rows.size());
    group.renderer->vjp(group.components, group.wanted, cotangent, part.data(),
                        plan.plans.empty() ? RenderPlan() : plan.plans[group.plan]);
    for (std::size_t r = 0; r < part.size(); ++r) gradient[group.rows[r]] += part[r];
  }
}

void MultiPsfRenderer::second_derivative(std::span<const Component> components,
                                         std::span<const std::uint8_t> wanted, std::span<const double> first,
                                         std::span<const double> second, ImageView image,
                                         const MultiPsfPlan& plan) const {
  check_flags(components, wanted, "second_derivative");
  check_direction(wanted, first, "second_derivative");
  check_direction(wanted, second, "second_derivative");
  std::ranges::fill(image.pixels(), 0.0);
  Image part(shape_);
  for (const Group& group : groups_of(components, wanted, plan)) {
    group.renderer->second_derivative(group.components, group.wanted, group.of_members(first),
                                      group.of_members(second), part.view(),
                                      plan.plans.empty() ? RenderPlan() : plan.plans[group.plan]);
    add_pixels(part.pixels(), image.pixels());
  }
}

void MultiPsfRenderer::second_vjp(std::span<const Component> components, std::span<const std::uint8_t> wanted,
                                  std::span<const double> direction, ConstImageView cotangent,
                                  double* gradient, const MultiPsfPlan& plan) const {
  check_flags(components, wanted, "second_vjp");
  check_direction(wanted, direction, "second_vjp");
  std::fill_n(gradient, direction.size(), 0.0);
  for (const Group& group : groups_of(components, wanted, plan)) {
    std::vector<double> part(group.rows.size());
    group.renderer->second_vjp(group.components, group.wanted, group.of_members(direction), cotangent,
                               part.data(), plan.plans.empty() ? RenderPlan() : plan.plans[group.plan]);
    for (std::size_t r = 0; r < part.size(); ++r) gradient[group.rows[r]] += part[r];
  }
}

}  // namespace gaxel
