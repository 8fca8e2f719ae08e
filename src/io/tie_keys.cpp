#include "io/tie_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/nearest_name.hpp"

namespace gaxel::io {
namespace {

using Named = NamedParameter;

std::vector<Named> by_length(std::vector<Named> names) {
  // The longest that fits is the one that is meant.
  std::ranges::stable_sort(names, std::ranges::greater(), [](const Named& one) { return one.name.size(); });
  return names;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

/// The name that begins at a place of the text.
const Named* name_at(std::string_view text, std::size_t place, const std::vector<Named>& names) {
  if (place > 0 && is_word(text[place - 1])) return nullptr;
  for (const Named& named : names) {
    if (text.substr(place, named.name.size()) != named.name) continue;
    const std::size_t end = place + named.name.size();
    if (end == text.size() || !is_word(text[end])) return &named;
  }
  return nullptr;
}

bool is_magnitude(const SceneComponent& component, std::size_t parameter) {
  return component.is_magnitude(component.kind->parameters[parameter].role);
}

/// A variable of an inner value, as a value of files.
std::string as_in_file(const std::string& variable, const SceneComponent& component, std::size_t parameter,
                       const FileFrame& frame) {
  if (is_magnitude(component, parameter)) return fmt::format("(_zeropoint - 2.5 * log10({}))", variable);
  const LinearMap map = map_to_file(component.kind->parameters[parameter].role, frame);
  return map.is_identity() ? variable
                           : fmt::format("({:.17g} * {} + {:.17g})", map.factor, variable, map.constant);
}

/// An expression of values of files, as an inner value.
std::string as_inner(const std::string& expression, const SceneComponent& component, std::size_t parameter,
                     const FileFrame& frame) {
  if (is_magnitude(component, parameter)) return fmt::format("10 ^ (0.4 * (_zeropoint - ({})))", expression);
  const LinearMap map = map_to_inner(component.kind->parameters[parameter].role, frame);
  return map.is_identity() ? expression
                           : fmt::format("{:.17g} * ({}) + {:.17g}", map.factor, expression, map.constant);
}

/// What looks like a component's parameter and is none.
std::optional<std::string> stranger(std::string_view text) {
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    const std::size_t dot = word.find('.');
    const bool name = !word.empty() && std::isalpha(static_cast<unsigned char>(word.front())) != 0;
    if (name && dot != std::string_view::npos) return std::string(word);
    begin = std::max(end, begin + 1);
  }
  return std::nullopt;
}

}  // namespace

std::vector<NamedParameter> named_parameters(const Scene& scene) {
  std::vector<NamedParameter> names;
  for (std::size_t c = 0; c < scene.components.size(); ++c) {
    const SceneComponent& component = scene.components[c];
    for (std::size_t i = 0; i < component.parameters.size(); ++i) {
      const std::string_view key = file_key(component.kind->parameters[i], component.flux_is_magnitude);
      names.push_back({fmt::format("{}.{}", component.name, key), c, i});
    }
  }
  return names;
}

void fail_unknown(const TomlTable& table, std::string_view key, const std::string& name, const Scene& scene) {
  const std::vector<NamedParameter> names = named_parameters(scene);
  std::vector<std::string_view> known;
  for (const NamedParameter& named : names) known.push_back(named.name);
  table.fail(key, fmt::format("\"{}\" is no parameter of the scene", name), suggestion(name, known));
}

Tie read_tie(const TomlTable& component, std::string_view key, const std::string& text, const Scene& scene,
             std::size_t target, std::size_t parameter, const SceneFrame& frame) {
  const std::vector<Named> names = by_length(named_parameters(scene));
  Tie tie;
  tie.text = text;
  std::string expression;
  for (std::size_t place = 0; place < text.size();) {
    const Named* named = name_at(text, place, names);
    if (named == nullptr) {
      expression += text[place++];
      continue;
    }
    const std::string variable = fmt::format("v{}", tie.terms.size());
    tie.terms.push_back({variable, named->component, named->parameter});
    expression += as_in_file(variable, scene.components[named->component], named->parameter, frame.file);
    place += named->name.size();
  }
  if (const std::optional<std::string> unknown = stranger(expression)) {
    fail_unknown(component, key, *unknown, scene);
  }
  tie.expression = as_inner(expression, scene.components[target], parameter, frame.file);
  return tie;
}

}  // namespace gaxel::io
