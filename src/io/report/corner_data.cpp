#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/interval_table.hpp"
#include "io/report/corner_plot.hpp"

namespace gaxel::io::report {
namespace {

constexpr std::size_t kMostAxes = 7;

/// Axes and their correlation, all of them.
CornerPlot of_covariance(const Task& task, const FitResult& result) {
  CornerPlot plot;
  std::vector<std::size_t> kept;
  std::vector<double> signs;
  const std::size_t n = result.free_values.size();
  const std::vector<FreeValueTerms> terms = free_value_terms(task, result);
  for (std::size_t i = 0; i < n; ++i) {
    const FreeValue& free = result.free_values[i];
    if (!(terms[i].error > 0.0) || !std::isfinite(terms[i].error) || !std::isfinite(terms[i].value)) continue;
    kept.push_back(i);
    // Magnitudes fall where fluxes grow.
    signs.push_back(terms[i].to_file(free.value + free.error) < terms[i].to_file(free.value) ? -1.0 : 1.0);
    plot.axes.push_back({terms[i].label(), terms[i].value, terms[i].error, {}});
  }
  for (std::size_t a = 0; a < kept.size(); ++a) {
    for (std::size_t b = 0; b < kept.size(); ++b) {
      const double errors = result.free_values[kept[a]].error * result.free_values[kept[b]].error;
      plot.correlation.push_back(signs[a] * signs[b] * result.covariance[kept[a] * n + kept[b]] / errors);
    }
  }
  return plot;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// The axes of which there are samples, with their means, errors and correlation.
CornerPlot of_samples(const Task& task, const FitResult& result, const Samples& samples) {
  CornerPlot plot;
  for (const FreeValueTerms& terms : free_value_terms(task, result)) {
    const std::string name = terms.label();
    const auto column = std::ranges::find(samples.names, name);
    if (column == samples.names.end()) continue;
    CornerAxis axis{name, 0.0, 0.0,
                    samples.columns[static_cast<std::size_t>(column - samples.names.begin())]};
    axis.value = mean(axis.samples);
    double sum = 0.0;
    for (const double value : axis.samples) sum += (value - axis.value) * (value - axis.value);
    axis.error = std::sqrt(sum / static_cast<double>(axis.samples.size() - 1));
    if (axis.error > 0.0) plot.axes.push_back(std::move(axis));
  }
  for (const CornerAxis& a : plot.axes) {
    for (const CornerAxis& b : plot.axes) {
      double sum = 0.0;
      for (std::size_t k = 0; k < a.samples.size(); ++k)
        sum += (a.samples[k] - a.value) * (b.samples[k] - b.value);
      plot.correlation.push_back(sum / (static_cast<double>(a.samples.size() - 1) * a.error * b.error));
    }
  }
  return plot;
}

/// The most correlated axes only.
CornerPlot selected(const CornerPlot& all) {
  const std::size_t n = all.axes.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto strongest = [&](std::size_t a) {
    double most = 0.0;
    for (std::size_t b = 0; b < n; ++b) {
      if (b != a) most = std::max(most, std::abs(all.correlation[a * n + b]));
    }
    return most;
  };
  std::ranges::stable_sort(order, std::greater(), strongest);
  order.resize(std::min(n, kMostAxes));
  std::ranges::sort(order);
  CornerPlot plot;
  for (const std::size_t a : order) {
    plot.axes.push_back(all.axes[a]);
    for (const std::size_t b : order) plot.correlation.push_back(all.correlation[a * n + b]);
  }
  return plot;
}

}  // namespace

std::optional<CornerPlot> corner_plot(const Task& task, const FitResult& result, const Samples* samples) {
  CornerPlot plot =
      selected(samples == nullptr ? of_covariance(task, result) : of_samples(task, result, *samples));
  if (plot.axes.size() < 2) return std::nullopt;
  return plot;
}

}  // namespace gaxel::io::report
