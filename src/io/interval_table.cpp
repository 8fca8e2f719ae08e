#include "io/interval_table.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "io/convention.hpp"

namespace gaxel::io {
namespace {

const std::array kColumns{
    EcsvColumn{"component", "string", "name of the component"},
    EcsvColumn{"parameter", "string", "key of the scene file; re_1: a coefficient of a series in wavelength"},
    EcsvColumn{"band", "string", "where the value counts; empty: in all bands"},
    EcsvColumn{"value", "float64", "best value"},
    EcsvColumn{"error", "float64", "1 sigma from the covariance"},
    EcsvColumn{"low", "float64", "lower end of the interval of 68.3 percent; infinite: not found"},
    EcsvColumn{"high", "float64", "upper end"},
    EcsvColumn{"low_end", "string",
               "found, at_range (the interval goes on to the end of the parameter's range) or open"},
    EcsvColumn{"high_end", "string", "the same for the upper end"},
    EcsvColumn{"method", "string", "profile (likelihood) or bootstrap"},
    EcsvColumn{"unit", "string", "unit of all of these, 1 for pure numbers"}};

/// Where a change of convention turns the direction round, as magnitudes do.
void put_in_order(IntervalRow& row) {
  if (row.low <= row.high) return;
  std::swap(row.low, row.high);
  std::swap(row.low_end, row.high_end);
}

std::string distance_text(double value, double end, std::string_view how, double error) {
  if (how == "open") return "open";
  const double distance = std::abs(end - value);
  const ValueText text = value_with_error(distance, error);
  const std::string shown = text.error.empty() ? fmt::format("{:.3g}", distance) : text.value;
  return how == "at_range" ? shown + " (end of range)" : shown;
}

double in_file(const FreeValueTerms& terms, double inner) {
  if (std::isfinite(inner)) return terms.to_file(inner);
  // Infinite ends stay so, on the side that finite ones go to.
  const double step = terms.error > 0.0 ? terms.error : 1.0;
  return terms.to_file(step) >= terms.to_file(0.5 * step) ? inner : -inner;
}

}  // namespace

std::string FreeValueTerms::label() const {
  const std::string name = fmt::format("{}.{}", component, parameter);
  return band.empty() ? name : fmt::format("{}.{}", name, band);
}

std::vector<FreeValueTerms> free_value_terms(const Task& task, const FitResult& result) {
  const std::vector<const TaskImage*> images = images_of(task);
  std::vector<FreeValueTerms> all;
  for (const FreeValue& free : result.free_values) {
    const SceneComponent& component = result.scene.components[free.component];
    const Parameter& owner = component.parameters[free.parameter];
    const ParameterSpec& spec = component.kind->parameters[free.parameter];
    const bool as_magnitude = component.flux_is_magnitude;
    FreeValueTerms& terms = all.emplace_back();
    terms.component = component.name;
    terms.parameter = file_key(spec, as_magnitude);
    terms.unit = file_unit(spec, as_magnitude);
    const double best = free.value;
    if (is_series(owner.basis)) {
      terms.parameter += fmt::format("_{}", free.coefficient);
      const LinearMap map = component.is_magnitude(spec.role)
                                ? LinearMap{}
                                : map_to_file(spec.role, {task.placement, task.photometry});
      terms.value = map.of_series(owner.basis, owner.coefficients)[free.coefficient];
      terms.error = std::abs(map.factor) * free.error;
      terms.to_file = [value = terms.value, factor = map.factor, best](double inner) {
        return value + factor * (inner - best);
      };
      continue;
    }
    const bool in_one_band = owner.basis == Basis::kBands;
    const TaskImage& image = *images[in_one_band ? free.coefficient : 0];
    if (in_one_band) terms.band = image.band;
    const FileFrame frame{task.placement, image.photometry};
    SceneComponent alone = component;
    alone.parameters[free.parameter].value = best;
    terms.value = file_value(alone, free.parameter, frame);
    terms.error = file_error_scale(spec.role, as_magnitude, best) * free.error;
    const Role role = spec.role;
    const double shift = terms.value - to_file(role, as_magnitude, best, frame);
    terms.to_file = [=](double inner) { return shift + to_file(role, as_magnitude, inner, frame); };
  }
  return all;
}

std::vector<IntervalRow> interval_table(const Task& task, const FitResult& result) {
  const std::vector<FreeValueTerms> terms = free_value_terms(task, result);
  std::vector<IntervalRow> rows;
  for (const ProfileInterval& interval : result.intervals) {
    const FreeValueTerms& own = terms[interval.free_value];
    put_in_order(
        rows.emplace_back(IntervalRow{own, "profile", in_file(own, interval.low), in_file(own, interval.high),
                                      to_text(interval.low_end), to_text(interval.high_end)}));
  }
  for (std::size_t i = 0; result.samples && result.samples->n > 1 && i < terms.size(); ++i) {
    constexpr double kTail = 0.158655253931457;  // beyond 1 sigma of a normal distribution
    put_in_order(rows.emplace_back(
        IntervalRow{terms[i], "bootstrap", terms[i].to_file(result.samples->quantile(i, kTail)),
                    terms[i].to_file(result.samples->quantile(i, 1.0 - kTail)), "found", "found"}));
  }
  return rows;
}

IntervalText interval_ends(const IntervalRow& row) {
  const FreeValueTerms& terms = row.terms;
  return {distance_text(terms.value, row.low, row.low_end, terms.error),
          distance_text(terms.value, row.high, row.high_end, terms.error)};
}

std::string interval_text(std::span<const IntervalRow> rows) {
  std::string text;
  for (const IntervalRow& row : rows) {
    const IntervalText ends = interval_ends(row);
    text += fmt::format("{}: {}  {} -{} +{}{}{}\n", row.method, row.terms.label(),
                        value_with_error(row.terms.value, row.terms.error).value, ends.below, ends.above,
                        row.terms.unit.empty() ? "" : " ", row.terms.unit);
  }
  return text;
}

std::string interval_ecsv(std::span<const IntervalRow> rows, const TableMeta& meta) {
  std::vector<EcsvRow> cells;
  for (const IntervalRow& row : rows) {
    const FreeValueTerms& terms = row.terms;
    cells.push_back({terms.component, terms.parameter, terms.band, terms.value, terms.error, row.low,
                     row.high, std::string(row.low_end), std::string(row.high_end), row.method,
                     unit_cell(terms.unit)});
  }
  return ecsv_document(kColumns, cells, meta);
}

std::string samples_ecsv(const Task& task, const FitResult& result, TableMeta meta) {
  const ParameterSamples& samples = *result.samples;
  meta.emplace_back("method", samples.method);
  meta.emplace_back("seed", static_cast<std::int64_t>(samples.seed));
  meta.emplace_back("failed", static_cast<std::int64_t>(samples.n_failed));
  const std::vector<FreeValueTerms> terms = free_value_terms(task, result);
  std::vector<EcsvColumn> columns;
  for (const FreeValueTerms& own : terms) {
    columns.push_back({own.label(), "float64",
                       fmt::format("of the fit to each image{}", own.unit.empty() ? "" : ", " + own.unit)});
  }
  std::vector<EcsvRow> rows;
  for (std::size_t i = 0; i < samples.n; ++i) {
    EcsvRow& row = rows.emplace_back();
    for (std::size_t k = 0; k < terms.size(); ++k)
      row.emplace_back(terms[k].to_file(samples.values[i * terms.size() + k]));
  }
  return ecsv_document(columns, rows, meta);
}

}  // namespace gaxel::io
