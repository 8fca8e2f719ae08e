// What a fit moves: the slots of a map, one for each parameter of the scene.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fit/limit.hpp"
#include "fit/magnitudes.hpp"
#include "fit/parameter_map.hpp"
#include "gaxel/error.hpp"

namespace gaxel {

Eigen::MatrixXd ParameterMap::unlimited_values(std::span<const BandFrame> bands,
                                               const std::string& where) const {
  Scene plain = scene_;
  bool any = false;
  for (SceneComponent& component : plain.components) {
    for (Parameter& own : component.parameters) {
      any = any || own.limit;
      own.limit.reset();
    }
  }
  if (!any) return {};
  const ParameterMap map(std::move(plain), bands, where);
  Eigen::MatrixXd result(std::ssize(map.slots_), n_bands());
  for (int b = 0; b < n_bands(); ++b) result.col(b) = at(map.bands_, b).reference;
  return result;
}

void ParameterMap::add_slots(const Eigen::MatrixXd& unlimited, const std::string& where) {
  std::vector<std::size_t> first;  // slot of each component
  std::size_t n = 0;
  for (const SceneComponent& component : scene_.components) {
    first.push_back(n);
    n += component.parameters.size();
  }
  for (std::size_t c = 0; c < scene_.components.size(); ++c) {
    for (std::size_t i = 0; i < scene_.components[c].parameters.size(); ++i) {
      Slot slot{c, i};
      const Parameter& own = parameter(slot);
      if (own.tie) {
        TieSlot tie{TieFunction(*own.tie, "fit", std::string(spec(slot).name)), {}, slots_.size()};
        for (const Tie::Term& term : own.tie->terms)
          tie.terms.push_back(first[term.component] + term.parameter);
        slot.tie = static_cast<int>(ties_.size());
        ties_.push_back(std::move(tie));
      } else if (own.free && own.limit) {
        const std::size_t other = first[own.limit->component] + own.limit->parameter;
        const Parameter start =
            limited_start(own, *own.limit, unlimited.row(static_cast<Eigen::Index>(slots_.size())),
                          unlimited.row(static_cast<Eigen::Index>(other)));
        ties_.push_back({limit_function(*own.limit), {other, slots_.size()}, slots_.size()});
        slot.tie = static_cast<int>(ties_.size()) - 1;
        add_free(slot, start, limited(free_parameter(scene_, c, i), *own.limit));
      } else if (own.free) {
        add_free(slot, own, free_parameter(scene_, c, i));
        for (int node = slot.first; node < size(); ++node)
          keep_limits_of_fixed(slot, at(parameters_, node), unlimited, where);
      }
      slots_.push_back(slot);
    }
  }
}

void ParameterMap::add_free(Slot& slot, const Parameter& own, FreeParameter free) {
  const bool magnitude = is_magnitude(slot) && slot.tie < 0;
  const bool stands_for_flux = magnitude && is_series(own.basis);
  if (stands_for_flux) {
    const double zeropoint = bands_.front().frame.zeropoint;
    const double faint = zeropoint - 2.5 * std::log10(free.min);
    free.min = zeropoint - 2.5 * std::log10(free.max);
    free.max = faint;
    free.logarithm = false;
  }
  const Series& series = series_.emplace_back(own, wavelengths_, free.min, free.max);
  slot.series = static_cast<int>(series_.size()) - 1;
  slot.first = size();
  free.in_series = is_series(own.basis);
  if (!series.has_range()) {
    free.logarithm = free.bounded = free.has_scale = false;
    free.min = -std::numeric_limits<double>::infinity();
    free.max = -free.min;
  }
  free.is_linear = free.is_linear && !stands_for_flux;
  for (free.node = 0; free.node < series.size(); ++free.node) {
    free.band = series.band_of(free.node);
    FreeParameter& node = parameters_.emplace_back(free);
    if (magnitude && free.band > 0) {
      const double ratio = flux_ratio(at(bands_, free.band).frame.zeropoint - bands_[0].frame.zeropoint);
      node.min *= ratio;
      node.max *= ratio;
    }
    node.bounded =
        node.bounded || std::isfinite(series.low(free.node)) || std::isfinite(series.high(free.node));
    node.min = std::max(node.min, series.low(free.node));
    node.max = std::min(node.max, series.high(free.node));
  }
}

void ParameterMap::keep_limits_of_fixed(const Slot& slot, FreeParameter& node,
                                        const Eigen::MatrixXd& unlimited, const std::string& where) const {
  constexpr double kRounding = 1e-12;
  Eigen::Index row = 0;
  for (const SceneComponent& component : scene_.components) {
    for (std::size_t i = 0; i < component.parameters.size(); ++i, ++row) {
      const Parameter& fixed = component.parameters[i];
      if (!fixed.limit || fixed.free) continue;
      if (fixed.limit->component != slot.component || fixed.limit->parameter != slot.index) continue;
      const double value = unlimited(row, std::max(node.band, 0));
      const ValueRange range = range_of_other(*fixed.limit, value);
      const double least = std::max(node.min, range.low);
      const double most = std::min(node.max, range.high);
      if (!(least <= most + kRounding * std::abs(most))) {
        throw InputError({where, fmt::format("{}.{}", component.name, component.kind->parameters[i].name),
                          fmt::format("{:g}", value),
                          fmt::format("fixed, and limited to {}.{}, which has no value left then",
                                      scene_.components[slot.component].name, spec(slot).name),
                          fmt::format("that one between {:g} and {:g}, or no limit", node.min, node.max)});
      }
      node.bounded = node.bounded || least > node.min || most < node.max;
      node.min = std::min(least, most);  // a single value where the ranges touch
      node.max = most;
    }
  }
}

void ParameterMap::order_ties() {
  std::vector<TieSlot> ordered;
  std::vector<char> waits(slots_.size(), 0);
  for (const TieSlot& tie : ties_) waits[tie.target] = 1;
  while (!ties_.empty()) {
    const auto next = std::ranges::find_if(ties_, [&](const TieSlot& tie) {
      return std::ranges::none_of(tie.terms,
                                  [&](std::size_t term) { return term != tie.target && waits[term] != 0; });
    });
    waits[next->target] = 0;
    at(slots_, static_cast<int>(next->target)).tie = static_cast<int>(ordered.size());
    ordered.push_back(std::move(*next));
    ties_.erase(next);
  }
  ties_ = std::move(ordered);
}

}  // namespace gaxel
