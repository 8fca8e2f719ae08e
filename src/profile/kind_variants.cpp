// Kinds with options and numbers: made when they are first asked for, and kept for the whole program.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "profile/kind_options.hpp"

namespace gaxel {
namespace {

/// "spline:8" as its two parts.
struct NamePart {
  std::string_view name;
  std::optional<std::string_view> count;
};

NamePart split_count(std::string_view part) {
  const std::size_t colon = part.find(':');
  if (colon == std::string_view::npos) return {part, {}};
  return {part.substr(0, colon), part.substr(colon + 1)};
}

[[noreturn]] void fail(std::string_view name, std::string what, std::string allowed) {
  throw InputError({"", "type", fmt::format("\"{}\"", name), std::move(what), std::move(allowed)});
}

/// The number behind a name, which may have none when max_count is 0 and needs one from `min_count` else.
int count_of(std::string_view whole, const NamePart& part, int max_count, int min_count = 1) {
  if (max_count == 0) {
    if (part.count) fail(whole, fmt::format("{} takes no number", part.name), std::string(part.name));
    return 0;
  }
  const std::string allowed = fmt::format("{0}:{1} to {0}:{2}", part.name, min_count, max_count);
  if (!part.count) fail(whole, fmt::format("{} needs a number", part.name), allowed);
  int count = 0;
  const char* end = part.count->data() + part.count->size();
  const auto [stop, error] = std::from_chars(part.count->data(), end, count);
  if (error != std::errc() || stop != end || count < min_count || count > max_count) {
    fail(whole, fmt::format("not a number that {} can have", part.name), allowed);
  }
  return count;
}

const ComponentKind& row_of(std::string_view whole, std::string_view name) {
  std::vector<std::string_view> names;
  for (const ComponentKind& kind : component_kinds()) {
    if (kind.name == name) return kind;
    names.push_back(kind.name);
  }
  fail(whole, "there is no such kind of component", suggestion(name, names));
}

const KindOption* find_option(std::string_view name) {
  const auto options = kind_options();
  const auto found = std::ranges::find(options, name, &KindOption::name);
  return found == options.end() ? nullptr : &*found;
}

std::vector<std::string_view> possible_options(const ComponentKind& row) {
  std::vector<std::string_view> names;
  for (const KindOption& option : kind_options()) {
    if (option.possible(row)) names.push_back(option.name);
  }
  return names;
}

struct Variant {
  const ComponentKind* row;
  int count = 0;
  bool count_given = false;
  std::vector<OptionUse> uses;  // in the order of the table
};

std::string keys_text(const ComponentKind& row) {
  std::vector<std::string_view> keys;
  for (const OptionKey& key : option_keys(row)) keys.push_back(key.key);
  return keys.empty() ? fmt::format("{} has no options", row.name)
                      : fmt::format("options of {}: {}", row.name, names_text(keys));
}

/// Throws about the key of a component that asks for an option which the row cannot have, or for one more
/// normalisation.
void check_key(const Variant& variant, const KindOption& option, std::string_view key) {
  const auto reject = [&](std::string what, std::string allowed) {
    throw InputError({"", std::string(key), "", std::move(what), std::move(allowed)});
  };
  if (!option.possible(*variant.row))
    reject(fmt::format("{} cannot have it", variant.row->name), keys_text(*variant.row));
  for (const OptionUse& use : variant.uses) {
    if (std::isnan(option.brightness_radius) || std::isnan(use.option->brightness_radius)) continue;
    reject(fmt::format("\"{}\" is given too", use.option->parameters(*variant.row, use.count).front().name),
           "one of them");
  }
}

void add_option(Variant& variant, std::string_view whole, const KindOption& option, int count) {
  const ComponentKind& row = *variant.row;
  if (!option.possible(row)) {
    const std::vector<std::string_view> names = possible_options(row);
    fail(whole, fmt::format("{} cannot have the option {}", row.name, option.name),
         names.empty() ? fmt::format("{} has no options", row.name)
                       : fmt::format("options of {}: {}", row.name, fmt::join(names, ", ")));
  }
  for (const OptionUse& use : variant.uses) {
    if (use.option == &option) fail(whole, fmt::format("the option {} is given twice", option.name), "once");
    if (!std::isnan(option.brightness_radius) && !std::isnan(use.option->brightness_radius)) {
      fail(whole, fmt::format("{} and {} are both in place of the flux", use.option->name, option.name),
           "one of them");
    }
  }
  variant.uses.push_back({&option, count, 0});
  std::ranges::sort(variant.uses, std::less(), &OptionUse::option);
}

Variant parse(std::string_view whole) {
  Variant variant{};
  for (std::string_view rest = whole; variant.row == nullptr || !rest.empty();) {
    const std::size_t plus = rest.find('+');
    const NamePart part = split_count(rest.substr(0, plus));
    rest = plus == std::string_view::npos ? std::string_view() : rest.substr(plus + 1);
    if (plus != std::string_view::npos && rest.empty()) fail(whole, "ends in a plus sign", "name+option");
    if (variant.row == nullptr) {
      variant.row = &row_of(whole, part.name);
      variant.count_given = part.count.has_value();
      variant.count = variant.row->max_count > 0 && !part.count
                          ? variant.row->count
                          : count_of(whole, part, variant.row->max_count, variant.row->count);
      continue;
    }
    const KindOption* option = find_option(part.name);
    if (option == nullptr) {
      fail(whole, fmt::format("there is no option \"{}\"", part.name),
           suggestion(part.name, possible_options(*variant.row)));
    }
    add_option(variant, whole, *option, count_of(whole, part, option->max_count));
  }
  return variant;
}

std::string with_count(std::string_view name, int count) {
  return count == 0 ? std::string(name) : fmt::format("{}:{}", name, count);
}

std::string canonical_name(const Variant& variant) {
  std::string name = with_count(variant.row->name, variant.count);
  for (const OptionUse& use : variant.uses) {
    name += fmt::format("+{}", with_count(use.option->name, use.count));
  }
  return name;
}

/// A kind and the memory of what it refers to.
struct OwnedKind {
  std::string name;
  std::deque<std::string> option_names;
  std::vector<std::string_view> options;
  std::vector<ParameterSpec> parameters;
  ComponentKind kind;

  OwnedKind(const Variant& variant, std::string canonical) : name(std::move(canonical)), kind(*variant.row) {
    const ComponentKind& row = *variant.row;
    const std::span<const ParameterSpec> own =
        row.counted_parameters != nullptr ? row.counted_parameters(variant.count) : row.parameters;
    parameters.assign(own.begin(), own.end());
    for (const OptionUse& use : variant.uses) {
      options.push_back(option_names.emplace_back(with_count(use.option->name, use.count)));
      const auto added = use.option->parameters(row, use.count);
      if (std::isnan(use.option->brightness_radius)) {
        parameters.insert(parameters.end(), added.begin(), added.end());
        if (kind.family == Family::kElliptical) kind.family = Family::kSurface;
      } else {
        *std::ranges::find_if(parameters, is_norm, &ParameterSpec::role) = added.front();
        kind.brightness_radius = use.option->brightness_radius;
        if (kind.brightness_radius == kAtBreak) kind.family = Family::kSurface;
      }
    }
    kind.name = name;
    kind.parameters = parameters;
    kind.count = variant.count;
    kind.row = variant.row;
    kind.options = options;
  }
};

const ComponentKind& kind_of(const Variant& variant) {
  if (variant.uses.empty() && variant.count == 0) return *variant.row;
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<const OwnedKind>, std::less<>> kinds;
  std::string name = canonical_name(variant);
  const std::scoped_lock lock(mutex);
  std::unique_ptr<const OwnedKind>& kind = kinds[name];
  if (!kind) kind = std::make_unique<const OwnedKind>(variant, std::move(name));
  return kind->kind;
}

bool has_key(std::span<const ParameterSpec> specs, std::string_view key) {
  return std::ranges::find(specs, key, &ParameterSpec::name) != specs.end();
}

/// Makes the number as large as the parameter of this name needs; false where no number is enough.
bool grow_count(Variant& variant, std::string_view key) {
  const ComponentKind& row = *variant.row;
  if (row.counted_parameters == nullptr || variant.count_given) return false;
  for (int count = variant.count; count <= row.max_count; ++count) {
    if (!has_key(row.counted_parameters(count), key)) continue;
    variant.count = count;
    return true;
  }
  return false;
}

/// The option, and the smallest number for it, that has a parameter of this name.
std::optional<OptionUse> option_with(const ComponentKind& row, std::string_view key) {
  for (const KindOption& option : kind_options()) {
    for (int count = std::min(1, option.max_count); count <= option.max_count; ++count) {
      if (has_key(option.parameters(row, count), key)) return OptionUse{&option, count, 0};
    }
    if (std::ranges::find(option.lists, key) != option.lists.end()) return OptionUse{&option, 0, 0};
  }
  return {};
}

}  // namespace

const ComponentKind& component_kind(std::string_view name) {
  return kind_of(parse(name));
}

const ComponentKind& component_kind(std::string_view name, std::span<const std::string_view> keys) {
  Variant variant = parse(name);
  for (const std::string_view key : keys) {
    if (has_key(kind_of(variant).parameters, key) || grow_count(variant, key)) continue;
    const std::optional<OptionUse> wanted = option_with(*variant.row, key);
    if (!wanted) continue;
    const auto used = std::ranges::find(variant.uses, wanted->option, &OptionUse::option);
    if (used == variant.uses.end()) {
      check_key(variant, *wanted->option, key);
      add_option(variant, name, *wanted->option, wanted->count);
    } else {
      used->count = std::max(used->count, wanted->count);
    }
  }
  return kind_of(variant);
}

std::vector<OptionKey> option_keys(const ComponentKind& kind) {
  std::vector<OptionKey> keys;
  for (const KindOption& option : kind_options()) {
    if (!option.possible(kind.base())) continue;
    for (const ParameterSpec& spec : option.parameters(kind.base(), option.max_count)) {
      keys.push_back({spec.name, spec.doc, option.name});
    }
    for (const std::string_view key : option.lists) keys.push_back({key, option.doc, option.name});
  }
  return keys;
}

const ParameterSpec* option_parameter(const ComponentKind& kind, const OptionKey& key) {
  const KindOption* option = find_option(key.option);
  const auto specs = option->parameters(kind.base(), option->max_count);
  const auto found = std::ranges::find(specs, key.key, &ParameterSpec::name);
  return found == specs.end() ? nullptr : &*found;
}

std::vector<std::string_view> norm_keys(const ComponentKind& kind) {
  std::vector<std::string_view> keys;
  const ComponentKind& base = kind.base();
  for (const ParameterSpec& spec : base.parameters) {
    if (is_norm(spec.role)) keys.push_back(spec.name);
  }
  for (const KindOption& option : kind_options()) {
    if (std::isnan(option.brightness_radius) || !option.possible(base)) continue;
    keys.push_back(option.parameters(base, 0).front().name);
  }
  return keys;
}

std::vector<OptionUse> options_of(const ComponentKind& kind) {
  std::vector<OptionUse> uses;
  std::size_t first = kind.parameters.size();
  for (const std::string_view text : kind.options) {
    const NamePart part = split_count(text);
    const KindOption* option = find_option(part.name);
    uses.push_back({option, count_of(text, part, option->max_count), 0});
    if (std::isnan(option->brightness_radius)) {
      first -= option->parameters(kind.base(), uses.back().count).size();
    }
  }
  for (OptionUse& use : uses) {
    use.first = first;
    if (std::isnan(use.option->brightness_radius)) {
      first += use.option->parameters(kind.base(), use.count).size();
    }
  }
  return uses;
}

}  // namespace gaxel
