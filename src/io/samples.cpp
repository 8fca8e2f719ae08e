#include "io/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "gaxel/error.hpp"
#include "io/convention.hpp"
#include "io/text_file.hpp"

namespace gaxel::io {
namespace {

constexpr const char* kAllowed = "an ECSV table of numbers between blanks";
constexpr TextKind kKind{"a table of samples", "the file is too large for samples", kAllowed};

/// Fields between blanks; those in quotes may hold blanks, and a quote as two.
std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t i = 0;
  while ((i = line.find_first_not_of(" \t\r", i)) != std::string::npos) {
    std::string& field = fields.emplace_back();
    const bool quoted = line[i] == '"';
    if (quoted) ++i;
    for (; i < line.size(); ++i) {
      if (quoted && line[i] == '"') {
        if (i + 1 == line.size() || line[i + 1] != '"') break;
        ++i;
      } else if (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r')) {
        break;
      }
      field += line[i];
    }
    ++i;
    if (i >= line.size()) break;
  }
  return fields;
}

double number_of(const std::string& text, const std::string& path, int line, const std::string& name) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    throw InputError({fmt::format("{}:{}", path, line), name, text, "not a finite number", kAllowed});
  return value;
}

}  // namespace

std::string sample_name(const Task& task, const FitResult& result, const FreeValue& free) {
  const SceneComponent& component = result.scene.components[free.component];
  const Parameter& parameter = component.parameters[free.parameter];
  const std::string name =
      fmt::format("{}.{}", component.name,
                  file_key(component.kind->parameters[free.parameter], component.flux_is_magnitude));
  if (parameter.basis == Basis::kConstant) return name;
  if (parameter.basis == Basis::kBands)
    return fmt::format("{}.{}", name, images_of(task)[free.coefficient]->band);
  return fmt::format("{}_{}", name, free.coefficient);
}

Samples read_samples(const std::string& path) {
  std::istringstream text(read_text_file(path, kKind));
  Samples samples;
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    if (line.starts_with('#')) continue;
    const std::vector<std::string> fields = fields_of(line);
    if (fields.empty()) continue;
    if (samples.names.empty()) {
      samples.names = fields;
      samples.columns.resize(fields.size());
      continue;
    }
    if (fields.size() != samples.names.size()) {
      throw InputError({fmt::format("{}:{}", path, number), "", fmt::format("{} fields", fields.size()),
                        "not as many as columns", fmt::format("{}", samples.names.size())});
    }
    for (std::size_t k = 0; k < fields.size(); ++k)
      samples.columns[k].push_back(number_of(fields[k], path, number, samples.names[k]));
  }
  if (samples.names.empty() || samples.columns.front().size() < 2)
    throw InputError({path, "", "", "fewer than two samples", kAllowed});
  return samples;
}

bool has_samples(const Samples& samples, const Task& task, const FitResult& result) {
  return std::ranges::any_of(result.free_values, [&](const FreeValue& free) {
    return std::ranges::find(samples.names, sample_name(task, result, free)) != samples.names.end();
  });
}

}  // namespace gaxel::io
