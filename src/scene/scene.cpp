#include "gaxel/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "gaxel/error.hpp"
#include "scene/tie_function.hpp"

namespace gaxel {

namespace {

std::string range_text(double min, double max) {
  if (std::isinf(min) && std::isinf(max)) return "any finite number";
  if (std::isinf(max)) return fmt::format("at least {}", min);
  if (std::isinf(min)) return fmt::format("at most {}", max);
  return fmt::format("{} to {}", min, max);
}

/// Throws the errors of one parameter.
/// As a scene's file has it.
std::string limit_text(const Limit& limit, bool magnitudes) {
  if (!magnitudes)
    return fmt::format("[{}, {}]", limit.is_ratio ? std::max(limit.min, 0.0) : limit.min, limit.max);
  const auto difference = [](double ratio) { return ratio > 0.0 ? -2.5 * std::log10(ratio) : HUGE_VAL; };
  return fmt::format("[{:.6g}, {:.6g}]", difference(limit.max), difference(limit.min));
}

class ParameterCheck {
 public:
  ParameterCheck(const std::string& where, const Scene& scene, const SceneComponent& component,
                 std::size_t index)
      : where_(where),
        scene_(scene),
        component_(component),
        spec_(component.kind->parameters[index]),
        parameter_(component.parameters[index]) {}

  void run(const Wavelengths& wavelengths) const {
    check_bounds();
    if (parameter_.free && !spec_.fittable) {
      fail("", "free", "this is a constant that cannot be fitted", "give it as a fixed value");
    }
    if (parameter_.prior && !(parameter_.prior->sigma > 0.0 && std::isfinite(parameter_.prior->sigma) &&
                              std::isfinite(parameter_.prior->mean))) {
      fail(".prior", fmt::format("{}", parameter_.prior->sigma), "no prior", "a mean and a sigma above 0");
    }
    if (parameter_.limit) check_limit(wavelengths);
    if (parameter_.tie) {
      check_tie();
    } else if (parameter_.basis == Basis::kConstant) {
      check_value(parameter_.value);
    } else {
      check_coefficients(wavelengths);
    }
  }

 private:
  [[noreturn]] void fail(const std::string& detail, const std::string& value, const std::string& what,
                         const std::string& allowed) const {
    throw InputError(
        {where_, fmt::format("{}.{}{}", component_.name, spec_.name, detail), value, what, allowed});
  }

  void check_bounds() const {
    const std::string range = range_text(spec_.min, spec_.max);
    for (const auto& [name, bound] : {std::pair{".min", parameter_.min}, {".max", parameter_.max}}) {
      if (std::isnan(bound)) fail(name, "nan", "the bound is not a number", range);
      if (std::isfinite(bound) && (bound < spec_.min || bound > spec_.max)) {
        fail(name, fmt::format("{}", bound), "the bound lies outside the parameter's range", range);
      }
    }
    if (!(parameter_.min < parameter_.max)) {
      fail("", fmt::format("[{}, {}]", parameter_.min, parameter_.max),
           "the lower bound is not below the upper one", "min < max");
    }
  }

  void check_tie() const {
    if (parameter_.free || parameter_.basis != Basis::kConstant)
      fail("", parameter_.tie->expression, "a parameter with a tie is neither free nor a series",
           "one of them");
    if (!spec_.fittable)
      fail("", parameter_.tie->expression, "this is a constant that cannot be tied", "a value");
    for (const Tie::Term& term : parameter_.tie->terms) {
      if (!is_there(term.component, term.parameter))
        fail("", parameter_.tie->expression, "tied to what is not there", "parameters of the scene");
    }
    const TieFunction readable(*parameter_.tie, where_, fmt::format("{}.{}", component_.name, spec_.name));
    const std::string& text =
        parameter_.tie->text.empty() ? parameter_.tie->expression : parameter_.tie->text;
    if (comes_back(parameter_, 0)) fail("", text, "ties that go in a circle", "one of them free or fixed");
  }

  void check_limit(const Wavelengths& wavelengths) const {
    const Limit& limit = *parameter_.limit;
    const bool magnitudes = component_.is_magnitude(spec_.role);
    const std::string key = limit.is_ratio && !magnitudes ? ".ratio" : ".difference";
    const std::string text = limit_text(limit, magnitudes);
    if (parameter_.tie || !spec_.fittable)
      fail(key, text, "only a parameter of its own can be limited to another", "no tie, no constant");
    if (!is_there(limit.component, limit.parameter))
      fail(key, text, "limited to what is not there", "parameters of the scene");
    if (!(limit.min < limit.max)) fail(key, text, "the limits leave no room", "min < max");
    if (limit.is_ratio && !(limit.max > 0.0 && (limit.min >= 0.0 || std::isinf(limit.min))))
      fail(key, text, "limits of a ratio must not be negative", "0 <= min < max");
    if (magnitudes && !limit.is_ratio)
      fail(key, text, "a difference of magnitudes is a ratio of fluxes", "a ratio");
    if (std::isfinite(parameter_.min) || std::isfinite(parameter_.max)) {
      fail(key, text, "a parameter that is limited to another has no bounds of its own",
           "the bounds on the other one, or no limit");
    }
    if (comes_back(parameter_, 0))
      fail(key, text, "limits and ties that go in a circle", "one of them without");
    if (is_series(parameter_.basis)) {
      fail(key, text, "a series in wavelength cannot be limited to another parameter",
           "one that is constant, or has a value in each band");
    }
    const bool all_free = std::ranges::all_of(parameter_.free_coefficients, [](auto m) { return m != 0; });
    if (parameter_.free && !all_free)
      fail(key, text, "some bands' values are fixed, others limited", "all of them free");
    const Parameter& other = scene_.components[limit.component].parameters[limit.parameter];
    const bool other_varies = other.basis != Basis::kConstant || other.tie;
    if (wavelengths.size() > 1 && parameter_.basis == Basis::kConstant && other_varies) {
      fail(key, text, "one value for all bands is limited to what differs from band to band",
           "both constant, or a value of its own in each band");
    }
    if (!parameter_.free) check_fixed(limit, other, key, text);
  }

  /// The limit of a fixed parameter is one of the other, if that can keep it.
  void check_fixed(const Limit& limit, const Parameter& other, const std::string& key,
                   const std::string& text) const {
    const auto name = [&] {
      const SceneComponent& owner = scene_.components[limit.component];
      return fmt::format("{}.{}", owner.name, owner.kind->parameters[limit.parameter].name);
    };
    if (other.tie || other.limit || is_series(other.basis)) {
      fail(key, text,
           fmt::format("it is fixed, and {} is no parameter of its own that could keep the limit", name()),
           "one of them free, or no limit");
    }
    if (other.free || parameter_.basis != Basis::kConstant || other.basis != Basis::kConstant) return;
    constexpr double kRounding = 1e-9;
    const double apart = limit.is_ratio ? parameter_.value / other.value : parameter_.value - other.value;
    const double slack = kRounding * (limit.is_ratio ? std::abs(apart) : std::abs(other.value));
    if (apart < limit.min - slack || apart > limit.max + slack)
      fail(key, text, fmt::format("it and {} are fixed, and not within the limit", name()),
           "one of them free, or no limit");
  }

  bool is_there(std::size_t component, std::size_t parameter) const {
    return component < scene_.components.size() && parameter < scene_.components[component].parameters.size();
  }

  /// Whether following ties and limits from there leads to this parameter. Circles without it are those of
  /// others.
  bool comes_back(const Parameter& from, std::size_t depth) const {
    if (depth > n_followers()) return false;
    const auto leads_back = [&](std::size_t component, std::size_t parameter) {
      if (!is_there(component, parameter)) return false;
      const Parameter& other = scene_.components[component].parameters[parameter];
      return &other == &parameter_ || comes_back(other, depth + 1);
    };
    if (from.limit && from.free && leads_back(from.limit->component, from.limit->parameter)) return true;
    return from.tie && std::ranges::any_of(from.tie->terms, [&](const Tie::Term& term) {
             return leads_back(term.component, term.parameter);
           });
  }

  std::size_t n_followers() const {
    std::size_t n = 0;
    for (const SceneComponent& component : scene_.components) {
      for (const Parameter& parameter : component.parameters) n += parameter.tie || parameter.limit ? 1 : 0;
    }
    return n;
  }

  void check_coefficients(const Wavelengths& wavelengths) const {
    const std::size_t n = parameter_.coefficients.size();
    const auto n_right =
        static_cast<std::size_t>(wavelengths.n_coefficients(parameter_.basis, static_cast<int>(n)));
    if (n == 0 || n != n_right) {
      fail("", fmt::format("{} coefficients", n), "not as many as there are bands",
           fmt::format("{}", n_right));
    }
    const auto n_free =
        std::ranges::count_if(parameter_.free_coefficients, [](auto mark) { return mark != 0; });
    if (parameter_.free_coefficients.size() != n || (n_free > 0) != parameter_.free) {
      fail(".free", fmt::format("{} of {} coefficients", n_free, n), "not what the parameter says itself",
           "a mark for each coefficient, any set if the parameter is free");
    }
    check_ends(n);
    const int n_wavelengths = wavelengths.n_different();
    if (is_series(parameter_.basis) && n_free > n_wavelengths) {
      fail("", fmt::format("{} free coefficients", n_free),
           "more than there are wavelengths to find them from", fmt::format("at most {}", n_wavelengths));
    }
    const bool magnitudes = component_.is_magnitude(spec_.role) && is_series(parameter_.basis);
    for (int band = 0; band < wavelengths.size(); ++band) {
      const std::vector<double> functions =
          wavelengths.functions_in(band, parameter_.basis, static_cast<int>(n));
      double value = 0.0;
      for (std::size_t i = 0; i < n; ++i) value += functions[i] * parameter_.coefficients[i];
      if (!magnitudes) check_value(value);
    }
  }

  void check_ends(std::size_t n) const {
    const std::vector<double>& low = parameter_.coefficient_min;
    const std::vector<double>& high = parameter_.coefficient_max;
    for (const auto& [key, ends] : {std::pair{".min", &low}, {".max", &high}}) {
      if (!ends->empty() && ends->size() != n)
        fail(key, fmt::format("{} ends", ends->size()), "not one for each coefficient", fmt::format("{}", n));
    }
    for (std::size_t i = 0; i < std::min(low.size(), high.size()); ++i) {
      if (!(low[i] < high[i])) {
        fail(".min", fmt::format("[{}, {}]", low[i], high[i]), "the lower end is not below the upper one",
             "min < max");
      }
    }
  }

  void check_value(double value) const {
    if (std::isnan(value)) return;
    const double low = std::max(spec_.min, parameter_.min);
    const double high = std::min(spec_.max, parameter_.max);
    if (!std::isfinite(value) || value < spec_.min || value > spec_.max) {
      fail("", fmt::format("{}", value), "outside the parameter's range", range_text(spec_.min, spec_.max));
    }
    if (value < low || value > high) {
      fail("", fmt::format("{}", value), "outside the bounds given for it", range_text(low, high));
    }
    if (component_.is_magnitude(spec_.role) && value <= 0.0) {
      fail("", fmt::format("{}", value), "a flux that is fitted as a magnitude must be positive", "above 0");
    }
  }

  const std::string& where_;
  const Scene& scene_;
  const SceneComponent& component_;
  const ParameterSpec& spec_;
  const Parameter& parameter_;
};

void validate_shape(const SceneComponent& component, const std::string& where) {
  if (component.kind == nullptr) {
    throw InputError(
        {where, component.name + ".type", "", "the component has no kind", "take one of component_kinds()"});
  }
  if (component.parameters.size() != component.kind->parameters.size()) {
    throw InputError({where, component.name, std::to_string(component.parameters.size()),
                      "wrong number of parameters",
                      fmt::format("the {} of {}", component.kind->parameters.size(), component.kind->name)});
  }
}

}  // namespace

Parameter& SceneComponent::parameter(Role role) {
  return parameters.at(static_cast<std::size_t>(kind->index_of(role)));
}

const Parameter& SceneComponent::parameter(Role role) const {
  return parameters.at(static_cast<std::size_t>(kind->index_of(role)));
}

std::vector<Component> Scene::render_list() const {
  std::vector<Component> list;
  list.reserve(components.size());
  for (const SceneComponent& component : components) {
    Component& flat = list.emplace_back(
        Component{component.kind, {}, component.psf, component.inner, component.outer, component.image});
    for (const Parameter& parameter : component.parameters) flat.values.push_back(parameter.value);
  }
  return list;
}

int Scene::n_free() const {
  int count = 0;
  for (const SceneComponent& component : components) {
    for (const Parameter& parameter : component.parameters) {
      const bool constant = parameter.basis == Basis::kConstant;
      count += constant ? (parameter.free ? 1 : 0)
                        : static_cast<int>(std::ranges::count_if(parameter.free_coefficients,
                                                                 [](auto mark) { return mark != 0; }));
    }
  }
  return count;
}

void validate(const Scene& scene, const std::string& where) {
  validate(scene, Wavelengths(), where);
}

void validate(const Scene& scene, const Wavelengths& wavelengths, const std::string& where) {
  if (scene.components.empty()) {
    throw InputError({where, "component", "", "the scene has no components", "at least one"});
  }
  std::set<std::string> names;
  for (const SceneComponent& component : scene.components) {
    validate_shape(component, where);
    if (!names.insert(component.name).second) {
      throw InputError({where, "name", fmt::format("\"{}\"", component.name),
                        "two components have the same name", "names must be unique"});
    }
    for (std::size_t i = 0; i < component.parameters.size(); ++i)
      ParameterCheck(where, scene, component, i).run(wavelengths);
  }
}

}  // namespace gaxel
