#include <algorithm>
#include <cmath>
#include <numeric>

#include "io/convention.hpp"
#include "io/report/corner_plot.hpp"

namespace gaxel::io::report {
namespace {

constexpr std::size_t kMostAxes = 7;

/// A free value as files have it: value and signed derivative.
struct InFile {
  double value = 0.0;
  double derivative = 1.0;
};

InFile in_file(const Task& task, const FitResult& result, const FreeValue& free) {
  const SceneComponent& component = result.scene.components[free.component];
  const Parameter& parameter = component.parameters[free.parameter];
  const Role role = component.kind->parameters[free.parameter].role;
  const bool as_magnitude = role == Role::kFlux && component.flux_is_magnitude;
  const bool series = is_series(parameter.basis);
  if (as_magnitude && series) return {free.value, 1.0};
  const std::vector<const TaskImage*> images = images_of(task);
  const std::size_t band = parameter.basis == Basis::kBands ? free.coefficient : 0;
  const FileFrame frame{task.placement, images[band]->photometry};
  if (as_magnitude) {
    return {to_file(role, true, free.value, frame), -file_error_scale(role, true, free.value)};
  }
  const LinearMap map = map_to_file(role, frame);
  // The functions of a series that are not its first carry no constant.
  const bool carries = !series || parameter.basis == Basis::kBSpline || free.coefficient == 0;
  return {map.factor * free.value + (carries ? map.constant : 0.0), map.factor};
}

/// Axes and their correlation, all of them.
CornerPlot of_covariance(const Task& task, const FitResult& result) {
  CornerPlot plot;
  std::vector<std::size_t> kept;
  std::vector<double> signs;
  const std::size_t n = result.free_values.size();
  for (std::size_t i = 0; i < n; ++i) {
    const FreeValue& free = result.free_values[i];
    const auto [value, derivative] = in_file(task, result, free);
    const double error = std::abs(derivative) * free.error;
    if (!(error > 0.0) || !std::isfinite(error) || !std::isfinite(value)) continue;
    kept.push_back(i);
    signs.push_back(derivative < 0.0 ? -1.0 : 1.0);
    plot.axes.push_back({sample_name(task, result, free), value, error, {}});
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
  for (const FreeValue& free : result.free_values) {
    const std::string name = sample_name(task, result, free);
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
