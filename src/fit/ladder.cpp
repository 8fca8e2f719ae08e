#include "gaxel/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

// Where the search for a bulge and a disc begins, in terms of the one Sersic profile of both.
constexpr double kBulgeShare = 0.4;
constexpr double kBulgeSize = 0.4;
constexpr double kBulgeIndex = 2.0;
constexpr double kDiscSize = 1.2;
constexpr double kExponentialIndex = 1.0;

bool has(const SceneComponent& component, Role role) {
  return component.kind->index_of(role) >= 0;
}

/// A component of a kind with all that it has in common with others, by role, of the first rather than the
/// second; the rest is to be estimated.
SceneComponent as_kind(std::string_view kind, const SceneComponent& like, const SceneComponent& asked) {
  SceneComponent result;
  result.kind = &component_kind(kind);
  result.name = like.name;
  result.flux_is_magnitude = like.flux_is_magnitude;
  result.psf = like.psf;
  for (const ParameterSpec& spec : result.kind->parameters) {
    Parameter& own = result.parameters.emplace_back();
    own.free = spec.fittable;
    if (has(like, spec.role) || has(asked, spec.role))
      own = (has(like, spec.role) ? like : asked).parameter(spec.role);
  }
  return result;
}

void multiply(Parameter& parameter, double factor, bool magnitudes) {
  parameter.value *= factor;
  if (magnitudes && is_series(parameter.basis)) {  // of magnitudes the first coefficient is their constant
    const double fainter = -2.5 * std::log10(factor);
    const auto n = parameter.basis == Basis::kChebyshev ? std::size_t{1} : parameter.coefficients.size();
    for (std::size_t i = 0; i < n; ++i) parameter.coefficients[i] += fainter;
    return;
  }
  for (double& coefficient : parameter.coefficients) coefficient *= factor;
}

void start_at(SceneComponent& component, Role role, double value) {
  Parameter& own = component.parameter(role);
  if (!own.free) return;
  const ParameterSpec& spec =
      component.kind->parameters[static_cast<std::size_t>(component.kind->index_of(role))];
  own.value = std::clamp(value, std::max(spec.min, own.min), std::min(spec.max, own.max));
}

/// A name that no component has.
std::string free_name(const Scene& scene, const std::string& wanted, const std::string& otherwise) {
  const bool taken = std::ranges::count(scene.components, wanted, &SceneComponent::name) > 0;
  return taken ? otherwise : wanted;
}

void follow_centre(SceneComponent& disc, const SceneComponent& bulge, std::size_t where) {
  for (const Role role : {Role::kX, Role::kY}) {
    const auto index = static_cast<std::size_t>(bulge.kind->index_of(role));
    const std::string name = fmt::format("{}.{}", bulge.name, bulge.kind->parameters[index].name);
    Parameter& own = disc.parameter(role);
    own = Parameter{};
    own.free = false;
    own.tie = Tie{"centre", {{"centre", where, index}}, name};
  }
}

void add_bulge_and_disc(const SceneComponent& whole, const SceneComponent& asked, std::size_t where,
                        Scene& scene) {
  SceneComponent bulge = as_kind("sersic", whole, asked);
  SceneComponent disc = as_kind("exponential", whole, asked);
  bulge.name = free_name(scene, "bulge", whole.name + "_bulge");
  disc.name = free_name(scene, "disc", whole.name + "_disc");
  multiply(bulge.parameter(Role::kFlux), kBulgeShare, bulge.flux_is_magnitude);
  multiply(disc.parameter(Role::kFlux), 1.0 - kBulgeShare, disc.flux_is_magnitude);
  for (const auto& [part, factor] : {std::pair(&bulge, kBulgeSize), {&disc, kDiscSize}}) {
    Parameter& size = part->parameter(Role::kRe);
    multiply(size, factor, false);
    start_at(*part, Role::kRe, size.value);
  }
  start_at(bulge, Role::kN, kBulgeIndex);
  start_at(bulge, Role::kQ, std::sqrt(whole.parameter(Role::kQ).value));
  follow_centre(disc, bulge, where);
  scene.components[where] = std::move(bulge);
  scene.components.push_back(std::move(disc));
}

void check_component(const Scene& scene, std::size_t component) {
  const auto fail = [](const std::string& value, const char* what, const char* allowed) {
    throw InputError({"ladder", "component", value, what, allowed});
  };
  if (component >= scene.components.size()) {
    fail(fmt::format("{}", component), "there is no such component",
         "the position of a component of the scene, from 0");
  }
  const SceneComponent& own = scene.components[component];
  if (!is_source(own.kind->family) || !has(own, Role::kFlux)) {
    fail(own.name, "its light has no flux, which all models of a ladder have",
         "a source of light with a flux or magnitude");
  }
  if (!own.parameter(Role::kFlux).free)
    fail(own.name, "its flux is not free", "a source of light with a free flux or magnitude");
  if (!own.inner.empty() || !own.outer.empty())
    fail(own.name, "it is cut by truncations", "a component without");
  const auto refers = [&](const Parameter& parameter) {
    const bool tied =
        parameter.tie && std::ranges::count(parameter.tie->terms, component, &Tie::Term::component) > 0;
    return tied || (parameter.limit && parameter.limit->component == component);
  };
  for (const SceneComponent& other : scene.components) {
    if (std::ranges::any_of(other.parameters, refers))
      fail(own.name, "others are tied or limited to it", "a component that stands alone");
  }
}

/// The scene with a rung's model in the place of a component. What that has in common with the component is
/// taken from it, the rest from the one that was asked for.
Scene on_rung(Rung rung, const Scene& scene, std::size_t component, const SceneComponent& asked) {
  Scene result = scene;
  SceneComponent& own = result.components[component];
  const SceneComponent& like = scene.components[component];
  switch (rung) {
    case Rung::kPoint:
      own = as_kind("pointsource", like, asked);
      break;
    case Rung::kExponential:
      own = as_kind("exponential", like, asked);
      break;
    case Rung::kSersic:
      own = as_kind("sersic", like, asked);
      if (!has(like, Role::kN)) start_at(own, Role::kN, kExponentialIndex);
      break;
    case Rung::kBulgeDisc:
      add_bulge_and_disc(like, asked, component, result);
      break;
  }
  return result;
}

}  // namespace

std::string_view to_text(Rung rung) {
  switch (rung) {
    case Rung::kPoint:
      return "point";
    case Rung::kExponential:
      return "exponential";
    case Rung::kSersic:
      return "sersic";
    case Rung::kBulgeDisc:
      break;
  }
  return "bulge_disc";
}

Ladder fit_ladder(std::span<const Band> bands, const Scene& scene, std::size_t component,
                  const FitOptions& options, const ProgressCallback& progress) {
  check_component(scene, component);
  const SceneComponent& asked = scene.components[component];
  Ladder ladder;
  Scene best = scene;
  for (const Rung rung : kRungs) {
    FitResult result = fit(bands, on_rung(rung, best, component, asked), options, progress);
    best = result.scene;
    const bool cancelled = result.stop_reason == StopReason::kCancelled;
    ladder.steps.push_back({rung, std::move(result)});
    if (cancelled) break;
  }
  const auto least = [&](double FitSummary::* criterion) {
    const auto found = std::ranges::min_element(
        ladder.steps, {}, [criterion](const LadderStep& step) { return step.result.*criterion; });
    return static_cast<std::size_t>(found - ladder.steps.begin());
  };
  ladder.least_bic = least(&FitSummary::bic);
  ladder.least_aic = least(&FitSummary::aic);
  return ladder;
}

}  // namespace gaxel
