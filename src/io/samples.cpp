#include "io/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "gaxel/error.hpp"
#include "io/interval_table.hpp"
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

std::optional<Samples> bootstrap_samples(const Task& task, const FitResult& result) {
  if (!result.samples || result.samples->n < 2) return std::nullopt;
  const std::vector<FreeValueTerms> terms = free_value_terms(task, result);
  Samples samples;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    samples.names.push_back(terms[k].label());
    std::vector<double>& column = samples.columns.emplace_back();
    for (std::size_t i = 0; i < result.samples->n; ++i)
      column.push_back(terms[k].to_file(result.samples->values[i * terms.size() + k]));
  }
  return samples;
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
  return std::ranges::any_of(free_value_terms(task, result), [&](const FreeValueTerms& terms) {
    return std::ranges::find(samples.names, terms.label()) != samples.names.end();
  });
}

}  // namespace gaxel::io
