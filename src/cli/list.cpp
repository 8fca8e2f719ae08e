// gaxel list: the kinds of components and their parameters, as scene files know them.
#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "gaxel/component.hpp"
#include "io/convention.hpp"

namespace gaxel::cli {
namespace {

std::string range_text(const ParameterSpec& spec) {
  if (std::isinf(spec.min) && std::isinf(spec.max)) return "any";
  return fmt::format("{} to {}", spec.min, spec.max);
}

// "fwhm (pixel, 0.01 to 100000)"; what may be any pure number is named alone.
std::string summary(const ParameterSpec& spec) {
  const std::string_view unit = io::file_unit(spec, false);
  std::string facts(unit);
  if (range_text(spec) != "any") facts += (unit.empty() ? "" : ", ") + range_text(spec);
  return fmt::format("{}{}", io::file_key(spec, false), facts.empty() ? "" : " (" + facts + ")");
}

// As summary(), by rows that fit a terminal.
std::string parameter_rows(const ComponentKind& kind) {
  constexpr std::size_t kWidth = 96;
  std::string text;
  std::string row;
  for (const ParameterSpec& spec : kind.parameters) {
    const std::string entry = summary(spec) + (&spec == &kind.parameters.back() ? "" : ", ");
    if (row.size() + entry.size() > kWidth) {
      text += fmt::format("    {}\n", row.substr(0, row.find_last_not_of(' ') + 1));
      row.clear();
    }
    row += entry;
  }
  return text + fmt::format("    {}\n", row);
}

std::string left_out(const ComponentKind& kind, const ParameterSpec& spec) {
  if (!spec.fittable && !std::isnan(spec.fallback)) return fmt::format("{}", spec.fallback);
  if (!spec.fittable && kind.family == Family::kSky) return "that of the image";
  if (!spec.fittable) return "needed";
  if (kind.family == Family::kTruncation) {  // no light to estimate it from
    if (std::isnan(spec.fallback)) return "needed";
    return fmt::format("{}", io::to_file(spec.role, false, spec.fallback, {}));
  }
  const bool known = kind.family == Family::kSky || rests_unless_given(spec.role);
  if (known && !std::isnan(spec.fallback)) return fmt::format("{}", spec.fallback);
  return "estimated by fit";
}

void print_kind(const ComponentKind& kind) {
  fmt::print("{}: {}\n{}\n", kind.options.empty() ? kind.base().name : kind.name, kind.title, kind.doc);
  if (kind.max_count > 0) {
    const int least = kind.base().count;
    fmt::print(
        "Takes a number, \"{0}:{1}\" to \"{0}:{2}\"; without one, that of the parameters given. Here {3}.\n",
        kind.base().name, least, kind.max_count, kind.count);
  }
  fmt::print("\n");
  fmt::print("  {:<8} {:<19} {:<18} {:<24} {}\n", "key", "unit", "range", "left out", "meaning");
  if (kind.family == Family::kImage) {
    fmt::print("  {:<8} {:<19} {:<18} {:<24} {}\n", "file", "", "a FITS image", "needed",
               "the image whose light it is");
  }
  for (const ParameterSpec& spec : kind.parameters) {
    fmt::print("  {:<8} {:<19} {:<18} {:<24} {}\n", io::file_key(spec, false), io::file_unit(spec, false),
               range_text(spec), left_out(kind, spec), io::file_doc(spec));
    if (spec.role == Role::kFlux) {
      fmt::print("  {:<8} {:<19} {:<18} {:<24} {}\n", io::file_key(spec, true), io::file_unit(spec, true),
                 "any", "", "the same as a magnitude, in place of flux");
    }
  }
  const std::vector<OptionKey> options = option_keys(kind);
  if (options.empty()) return;
  fmt::print("\nOptions, each turned on by its key:\n");
  for (const OptionKey& option : options) {
    fmt::print("  {:<8} {} ({}+{})\n", option.key, option.doc, kind.base().name, option.option);
  }
}

int run_list(const std::string& name) {
  if (!name.empty()) {
    print_kind(component_kind(name));
    return kSuccess;
  }
  for (const ComponentKind& kind : component_kinds()) {
    fmt::print("{:<15} {}\n{}", kind.name, kind.title, parameter_rows(kind));
  }
  return kSuccess;
}

}  // namespace

void add_list(CLI::App& app, int& exit_code) {
  const auto name = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("list", "List the kinds of components and their parameters");
  command->add_option("name", *name, "A kind of component: what it is, and each of its parameters")
      ->type_name("NAME");
  command->footer(
      "Names, keys and units are those of scene files.\n"
      "Examples:\n"
      "  gaxel list\n"
      "  gaxel list moffat");
  command->callback([name, &exit_code] { exit_code = run_list(*name); });
}

}  // namespace gaxel::cli
