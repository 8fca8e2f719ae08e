#include "gaxel/derived.hpp"

#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <utility>

#include "fit/error_transfer.hpp"
#include "fit/parameter_map.hpp"
#include "gaxel/error.hpp"
#include "profile/light_facts.hpp"

namespace gaxel {
namespace {

using Size = Eigen::Index;

/// (n_free, n_free); 0 for what is held at a bound. What is at its limit to another one moves with that.
Eigen::MatrixXd as_matrix(const std::vector<double>& flat, const FitResult& result) {
  const auto n = static_cast<Size>(result.free_values.size());
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Eigen::MatrixXd matrix = Eigen::Map<const RowMajor>(flat.data(), n, n);
  for (Size i = 0; i < n; ++i) {
    if (result.free_values[static_cast<std::size_t>(i)].flag != ParameterFlag::kAtBound ||
        !std::isnan(matrix(i, i)))
      continue;
    matrix.row(i).setZero();
    matrix.col(i).setZero();
  }
  return matrix;
}

class Collector {
 public:
  Collector(const FitResult& result, std::span<const DerivedFrame> frames)
      : frames_(frames), formal_(as_matrix(result.covariance, result)) {
    if (!result.robust) return;
    sandwich_ = as_matrix(result.robust->sandwich, result);
    correlated_ = as_matrix(result.robust->correlated, result);
  }

  void add(DerivedValue place, std::string key, std::string unit, const Graded& graded) {
    if (!std::isfinite(graded.value)) return;
    place.key = std::move(key);
    place.unit = std::move(unit);
    place.value = graded.value;
    place.error = error(formal_, graded);
    if (sandwich_) place.sandwich = error(*sandwich_, graded);
    if (correlated_) place.correlated = error(*correlated_, graded);
    place.gradient.assign(graded.gradient.begin(), graded.gradient.end());
    values_.push_back(std::move(place));
  }

  void add_light(const DerivedValue& place, const Graded& flux) {
    add(place, "flux", "counts", flux);
    const std::optional<double> zeropoint = frames_[place.band].zeropoint;
    if (zeropoint) add(place, "mag", "mag", magnitude(flux, *zeropoint));
  }

  void add_length(const DerivedValue& place, const std::string& key, const Graded& pixels) {
    add(place, key, "pixel", pixels);
    add_arcsec(place, key, pixels);
  }

  void add_arcsec(const DerivedValue& place, const std::string& key, const Graded& pixels) {
    const std::optional<double> scale = frames_[place.band].pixel_scale_arcsec;
    if (scale) add(place, key + "_arcsec", "arcsec", *scale * pixels);
  }

  void add_brightness(const DerivedValue& place, const std::string& mu, const std::string& intensity,
                      const std::optional<Graded>& per_pixel) {
    if (!per_pixel) return;
    const DerivedFrame& frame = frames_[place.band];
    if (!frame.zeropoint) {
      add(place, intensity, "counts/pixel", *per_pixel);
      return;
    }
    const double area = frame.pixel_scale_arcsec ? std::pow(*frame.pixel_scale_arcsec, 2) : 1.0;
    add(place, mu, frame.pixel_scale_arcsec ? "mag/arcsec2" : "mag/pixel2",
        magnitude((1.0 / area) * *per_pixel, *frame.zeropoint));
  }

  std::vector<DerivedValue> take() { return std::move(values_); }

 private:
  static double error(const Eigen::MatrixXd& covariance, const Graded& graded) {
    const double variance = carried(graded.gradient.transpose(), covariance)(0, 0);
    return variance > 0.0 ? std::sqrt(variance) : kNoValue;
  }

  std::span<const DerivedFrame> frames_;
  Eigen::MatrixXd formal_;
  std::optional<Eigen::MatrixXd> sandwich_;
  std::optional<Eigen::MatrixXd> correlated_;
  std::vector<DerivedValue> values_;
};

/// The components' values in a band by the fit's free ones, (all values, n_free).
Eigen::MatrixXd values_by_free(const ParameterMap& map, int band) {
  const Eigen::MatrixXd wanted = map.derivatives(band) * map.coefficients_by_nodes().inverse();
  const auto marks = map.wanted(band);
  Eigen::MatrixXd all = Eigen::MatrixXd::Zero(std::ssize(marks), map.size());
  Size row = 0;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i] != 0) all.row(static_cast<Size>(i)) = wanted.row(row++);
  }
  return all;
}

void add_component(const DerivedValue& place, const Component& component, const LightFacts& facts,
                   const Eigen::MatrixXd& chain, Collector& collector) {
  const auto by_free = [&chain](const std::optional<Graded>& own) -> std::optional<Graded> {
    if (!own) return std::nullopt;
    return Graded{own->value, chain.transpose() * own->gradient};
  };
  if (facts.flux) collector.add_light(place, *by_free(facts.flux));
  const std::optional<Graded> radius = by_free(facts.half_light_radius);
  if (radius) {
    collector.add_length(place, "r_half", *radius);
    collector.add_length(place, "r_half_circ", *by_free(facts.circular_radius));
  }
  const int re = component.kind->index_of(Role::kRe);
  if (re >= 0 && is_source(component.kind->family)) {
    const auto index = static_cast<std::size_t>(re);
    const double scale = component.values[index];
    if (!radius || std::abs(radius->value - scale) > 1e-9 * scale) {
      collector.add_arcsec(place, std::string(component.kind->parameters[index].name),
                           {scale, chain.row(re).transpose()});
    }
  }
  collector.add_brightness(place, "mu_e", "i_e", by_free(facts.half_light_intensity));
  collector.add_brightness(place, "mean_mu_e", "mean_i_e", by_free(facts.mean_intensity));
  collector.add_brightness(place, "mu_0", "i_0", by_free(facts.central_intensity));
}

/// Fluxes by the free values; empty for what has none.
using Fluxes = std::vector<std::optional<Graded>>;

/// The flux of all sources; empty where that of one is not known.
std::optional<Graded> sum_of(const Fluxes& fluxes, const std::vector<Component>& components) {
  std::optional<Graded> sum;
  for (std::size_t c = 0; c < fluxes.size(); ++c) {
    if (!is_source(components[c].kind->family)) continue;
    if (!fluxes[c]) return std::nullopt;
    sum = sum ? *sum + *fluxes[c] : *fluxes[c];
  }
  return sum;
}

std::vector<BandFrame> checked_frames(const FitResult& result, std::span<const DerivedFrame> frames) {
  if (frames.size() != result.bands.size()) {
    throw InputError({"derived", "frames", fmt::format("{}", frames.size()), "not one for each band",
                      fmt::format("{}", result.bands.size())});
  }
  std::vector<BandFrame> plain;
  for (const DerivedFrame& frame : frames) {
    plain.push_back(frame.frame);
    const double scale = frame.pixel_scale_arcsec.value_or(1.0);
    if (scale > 0.0 && std::isfinite(scale)) continue;
    throw InputError({"derived", "pixel_scale", fmt::format("{}", scale), "no size of a pixel",
                      "above 0 and finite, arcsec"});
  }
  return plain;
}

}  // namespace

std::vector<DerivedValue> derived_values(const FitResult& result, std::span<const DerivedFrame> frames) {
  const ParameterMap map(result.scene, checked_frames(result, frames), "derived");
  Collector collector(result, frames);
  std::vector<Fluxes> fluxes;  // [band]
  std::vector<std::optional<Graded>> totals;
  for (std::size_t b = 0; b < frames.size(); ++b) {
    const std::vector<Component>& components = map.components(static_cast<int>(b));
    const Eigen::MatrixXd by_free = values_by_free(map, static_cast<int>(b));
    Fluxes& own = fluxes.emplace_back(components.size());
    Size row = 0;
    for (std::size_t c = 0; c < components.size(); ++c) {
      const Size n = std::ssize(components[c].values);
      const Eigen::MatrixXd chain = by_free.middleRows(row, n);
      row += n;
      const LightFacts facts = light_facts(components[c]);
      DerivedValue place;
      place.component = c;
      place.band = b;
      add_component(place, components[c], facts, chain, collector);
      if (facts.flux) own[c] = Graded{facts.flux->value, chain.transpose() * facts.flux->gradient};
    }
    totals.push_back(sum_of(own, components));
    const auto n_sources =
        std::ranges::count_if(components, [](const Component& one) { return is_source(one.kind->family); });
    if (!totals[b] || n_sources < 2) continue;
    for (std::size_t c = 0; c < components.size(); ++c) {
      DerivedValue place;
      place.component = c;
      place.band = b;
      if (own[c]) collector.add(place, "fraction", "", *own[c] / *totals[b]);
    }
    DerivedValue place;
    place.band = b;
    collector.add_light(place, *totals[b]);
  }

  const auto add_colours = [&](std::optional<std::size_t> component, const auto& flux_in) {
    for (std::size_t a = 0; a < frames.size(); ++a) {
      for (std::size_t b = a + 1; b < frames.size(); ++b) {
        const std::optional<Graded>& first = flux_in(a);
        const std::optional<Graded>& second = flux_in(b);
        if (!frames[a].zeropoint || !frames[b].zeropoint || !first || !second) continue;
        DerivedValue place;
        place.component = component;
        place.band = a;
        place.minus = b;
        collector.add(place, "colour", "mag",
                      magnitude(*first, *frames[a].zeropoint) - magnitude(*second, *frames[b].zeropoint));
      }
    }
  };
  std::size_t n_with_flux = 0;
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    n_with_flux += fluxes.front()[c] ? 1 : 0;
    add_colours(c, [&](std::size_t b) -> const std::optional<Graded>& { return fluxes[b][c]; });
  }
  if (n_with_flux > 1)
    add_colours(std::nullopt, [&](std::size_t b) -> const std::optional<Graded>& { return totals[b]; });
  return collector.take();
}

}  // namespace gaxel
