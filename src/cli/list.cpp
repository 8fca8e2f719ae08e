// gaxel list: the kinds of components and their parameters, as scene files know them.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/nearest_name.hpp"
#include "cli/commands.hpp"
#include "gaxel/component.hpp"
#include "io/convention.hpp"
#include "profile/kind_options.hpp"

namespace gaxel::cli {
namespace {

std::string range_text(const ParameterSpec& spec) {
  if (std::isinf(spec.min) && std::isinf(spec.max)) return "any";
  return fmt::format("{:.10g} to {:.10g}", spec.min, spec.max);
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

/// A line of a table: key, unit, range, what it is when left out, meaning.
using Row = std::array<std::string, 5>;

Row row_of(const ComponentKind& kind, const ParameterSpec& spec, std::string key) {
  return {std::move(key), std::string(io::file_unit(spec, false)), range_text(spec), left_out(kind, spec),
          std::string(io::file_doc(spec))};
}

std::vector<Row> parameter_table(const ComponentKind& kind) {
  std::vector<Row> rows;
  if (kind.family == Family::kImage) {
    rows.push_back({"file", "", "a FITS image", "needed", "the image whose light it is"});
  }
  for (const ParameterSpec& spec : kind.parameters) {
    rows.push_back(row_of(kind, spec, std::string(io::file_key(spec, false))));
    if (spec.role == Role::kFlux) {
      rows.push_back({std::string(io::file_key(spec, true)), std::string(io::file_unit(spec, true)), "any",
                      "", "the same as a magnitude, in place of flux"});
    }
  }
  return rows;
}

/// One row for each key that turns an option on, or for a family of them: "f1 to f10".
std::vector<Row> option_table(const ComponentKind& kind) {
  const std::vector<OptionKey> options = option_keys(kind);
  std::vector<std::string_view> keys;
  for (const OptionKey& option : options) keys.push_back(option.key);
  std::vector<Row> rows;
  for (const std::string& family : name_families(keys)) {
    const auto first = std::ranges::find(options, family.substr(0, family.find(' ')), &OptionKey::key);
    const ParameterSpec* spec = option_parameter(kind, *first);
    if (spec == nullptr) {
      rows.push_back({family, "", "names", "", std::string(first->doc)});
      continue;
    }
    Row row = row_of(kind, *spec, family);
    if (is_norm(spec->role)) {
      row[3].clear();
      row[4] += ", in place of flux";
    } else if (!std::isnan(spec->fallback)) {
      row[3] = fmt::format("{}", spec->fallback);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_kind(const ComponentKind& kind) {
  fmt::print("{}: {}\n{}\n", kind.options.empty() ? kind.base().name : kind.name, kind.title,
             io::file_doc(kind));
  if (kind.max_count > 0) {
    fmt::print(
        "Written \"{0}:N\", N from {1} to {2}; \"{0}\" alone takes the smallest N that has all keys given. "
        "This is N = {3}.\n",
        kind.base().name, kind.base().count, kind.max_count, kind.count);
  }
  const std::vector<Row> parameters = parameter_table(kind);
  const std::vector<Row> options = option_table(kind);
  std::array<std::size_t, 4> widths{8, 19, 18, 16};
  for (const std::vector<Row>* rows : {&parameters, &options}) {
    for (const Row& row : *rows) {
      for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
  }
  const auto print_rows = [&widths](const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      fmt::print("  {:<{}}  {:<{}}  {:<{}}  {:<{}}  {}\n", row[0], widths[0], row[1], widths[1], row[2],
                 widths[2], row[3], widths[3], row[4]);
    }
  };
  fmt::print("\n");
  print_rows({{"key", "unit", "range", "left out", "meaning"}});
  print_rows(parameters);
  if (options.empty()) return;
  fmt::print("\nOptions, each turned on by its key:\n");
  print_rows(options);
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
