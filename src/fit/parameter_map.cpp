#include "fit/parameter_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "fit/magnitudes.hpp"
#include "gaxel/error.hpp"

namespace gaxel {
namespace {

bool is_place(Role role) {
  return role == Role::kX || role == Role::kY;
}

/// By what a parameter grows when lengths do, as a power; places apart.
int power_of_length(const ParameterSpec& spec) {
  if (is_place(spec.role)) return 0;
  if (spec.role == Role::kScale) return 1;
  return spec.unit == "pixel" ? 1 : spec.unit == "1/pixel" ? -1 : 0;
}

}  // namespace

ParameterMap::ParameterMap(Scene scene, std::span<const BandFrame> bands, const std::string& where)
    : scene_(std::move(scene)), wavelengths_(wavelengths_of(bands)) {
  for (const BandFrame& frame : bands) bands_.push_back({frame, {}, {}, {}, {}, {}});
  add_slots(unlimited_values(bands, where), where);
  order_ties();
  check_maps(where);
  for (InBand& band : bands_) {
    band.reference.resize(std::ssize(slots_));
    band.chain.resize(std::ssize(slots_), size());
    band.components = scene_.render_list();
  }
  find_wanted();
  find_linear();
  add_priors();
  move_to(start());
}

const Parameter& ParameterMap::parameter(const Slot& slot) const {
  return scene_.components[slot.component].parameters[slot.index];
}

const ParameterSpec& ParameterMap::spec(const Slot& slot) const {
  return scene_.components[slot.component].kind->parameters[slot.index];
}

bool ParameterMap::is_magnitude(const Slot& slot) const {
  return scene_.components[slot.component].is_magnitude(spec(slot).role);
}

void ParameterMap::check_maps(const std::string& where) const {
  constexpr double kMostDistortion = 0.01;
  for (const InBand& band : bands_) {
    const PixelMap& map = band.frame.pixels;
    if (!(map.scale() > 0.0 && std::isfinite(map.scale())) || map.distortion() > kMostDistortion) {
      throw InputError({where, "pixels", fmt::format("[{}, {}; {}, {}]", map.xx, map.xy, map.yx, map.yy),
                        "pixels that are skewed or not square against the first band's",
                        fmt::format("scaled, turned and mirrored, to {}", kMostDistortion)});
    }
    if (!map.is_mirrored()) continue;
    for (const Slot& slot : slots_) {
      const bool has_sense = (spec(slot).role == Role::kOption && spec(slot).unit == "rad") ||
                             spec(slot).role == Role::kRotation;
      if (!has_sense) continue;
      throw InputError({where, scene_.components[slot.component].name, std::string(spec(slot).name),
                        "a shape with a sense of rotation, in a band that is mirrored against the first one",
                        "images of one parity"});
    }
  }
}

void ParameterMap::find_wanted() {
  for (int b = 0; b < n_bands(); ++b) {
    InBand& band = at(bands_, b);
    band.wanted.assign(slots_.size(), 0);
    for (std::size_t s = 0; s < slots_.size(); ++s) {
      if (slots_[s].series < 0) continue;
      const Series& series = at(series_, slots_[s].series);
      band.wanted[s] = series.in_bands().row(b).isZero(0.0) ? 0 : 1;
    }
    for (const TieSlot& tie : ties_) {
      band.wanted[tie.target] =
          std::ranges::any_of(tie.terms, [&](std::size_t term) { return band.wanted[term] != 0; }) ? 1 : 0;
    }
    const PixelMap& map = band.frame.pixels;
    if (map.xy == 0.0 && map.yx == 0.0) continue;
    for (std::size_t s = 0; s + 1 < slots_.size(); ++s) {  // y follows x in every kind
      if (spec(slots_[s]).role != Role::kX || spec(slots_[s + 1]).role != Role::kY) continue;
      if (!spec(slots_[s]).fittable) continue;
      band.wanted[s] = band.wanted[s + 1] = std::max(band.wanted[s], band.wanted[s + 1]);
    }
  }
}

// By second differences of the values of ties, all linear parameters moving at once, each at its own pace.
void ParameterMap::find_linear() {
  if (ties_.empty()) return;
  const Eigen::VectorXd here = start();
  Eigen::VectorXd step = Eigen::VectorXd::Zero(size());
  for (int i = 0; i < size(); ++i) {
    if (at(parameters_, i).is_linear) step[i] = (0.1 + 0.037 * i) * (here[i] != 0.0 ? here[i] : 1.0);
  }
  for (int b = 0; b < n_bands(); ++b) {
    evaluate(b, here + step);
    const Eigen::VectorXd ahead = at(bands_, b).reference;
    evaluate(b, here - step);
    const Eigen::VectorXd behind = at(bands_, b).reference;
    evaluate(b, here);
    for (const TieSlot& tie : ties_) {
      const auto s = static_cast<Eigen::Index>(tie.target);
      const double bend = ahead[s] + behind[s] - 2.0 * at(bands_, b).reference[s];
      const bool straight = std::abs(bend) <= 1e-10 * (std::abs(ahead[s]) + std::abs(behind[s]));
      const bool moves = ahead[s] != behind[s];
      if (!moves || (straight && is_linear(spec(slots_[tie.target]).role))) continue;
      for (int i = 0; i < size(); ++i) {
        FreeParameter& free = at(parameters_, i);
        if (!free.is_linear || at(bands_, b).chain(s, i) == 0.0) continue;
        free.is_linear = false;
        free.logarithm = is_norm(free.role) && free.min >= 0.0 && here[i] > 0.0;
        free.has_scale = free.logarithm;
      }
    }
  }
}

void ParameterMap::add_priors() {
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Parameter& own = parameter(slots_[s]);
    if (!own.prior || !(own.free || own.tie)) continue;
    for (int b = 0; b < (own.basis == Basis::kConstant && !own.tie ? 1 : n_bands()); ++b) {
      Prior prior = *own.prior;
      if (is_magnitude(slots_[s])) {
        const double magnitudes = at(bands_, b).frame.zeropoint - bands_[0].frame.zeropoint;
        if (prior.logarithm) {
          prior.mean += kPerMagnitude * magnitudes;
        } else {
          prior.mean *= flux_ratio(magnitudes);
          prior.sigma *= flux_ratio(magnitudes);
        }
      }
      priors_.push_back({s, prior, b});
    }
  }
}

Eigen::VectorXd ParameterMap::start() const {
  Eigen::VectorXd result(size());
  Eigen::Index next = 0;
  for (const Series& series : series_) {
    result.segment(next, series.size()) = series.start();
    next += series.size();
  }
  for (int i = 0; i < size(); ++i)
    result[i] = std::clamp(result[i], at(parameters_, i).min, at(parameters_, i).max);
  return result;
}

void ParameterMap::evaluate(int b, const Eigen::VectorXd& values) {
  InBand& band = at(bands_, b);
  band.chain.setZero();
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Slot& slot = slots_[s];
    if (slot.tie >= 0 && slot.series < 0) continue;
    const auto row = static_cast<Eigen::Index>(s);
    double& value = band.reference[row];
    if (slot.series < 0) {
      value = values_in_bands(parameter(slot), wavelengths_)[b];
    } else {
      const Series& series = at(series_, slot.series);
      const auto nodes = series.in_bands().row(b);
      value = nodes.dot(values.segment(slot.first, series.size())) + series.offset()[b];
      band.chain.row(row).segment(slot.first, series.size()) = nodes;
    }
    if (!is_magnitude(slot) || slot.tie >= 0) continue;
    const Basis basis = parameter(slot).basis;
    if (is_series(basis)) {
      value = flux_ratio(band.frame.zeropoint - value);
      band.chain.row(row) *= -kPerMagnitude * value;
    } else if (basis == Basis::kConstant && b > 0) {
      const double ratio = flux_ratio(band.frame.zeropoint - bands_[0].frame.zeropoint);
      value *= ratio;
      band.chain.row(row) *= ratio;
    }
  }
  for (TieSlot& tie : ties_) {
    tie.function.in_band(band.frame);
    std::vector<double> terms;
    for (const std::size_t term : tie.terms) terms.push_back(band.reference[static_cast<Eigen::Index>(term)]);
    const auto row = static_cast<Eigen::Index>(tie.target);
    band.reference[row] = tie.function(terms);
    if (band.wanted[tie.target] == 0) continue;
    const std::vector<double> derivatives = tie.function.derivatives(terms);
    Eigen::RowVectorXd chain = Eigen::RowVectorXd::Zero(size());
    for (std::size_t k = 0; k < terms.size(); ++k)
      chain += derivatives[k] * band.chain.row(static_cast<Eigen::Index>(tie.terms[k]));
    band.chain.row(row) = chain;
  }
}

void ParameterMap::take_to_pixels(int b) {
  InBand& band = at(bands_, b);
  const PixelMap& map = band.frame.pixels;
  band.own_chain = band.chain;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const auto row = static_cast<Eigen::Index>(s);
    double& value = band.components[slots_[s].component].values[slots_[s].index];
    value = band.reference[row];
    if (b == 0) continue;
    const ParameterSpec& own = spec(slots_[s]);
    if (own.role == Role::kY) {  // x has come before
      double& x = band.components[slots_[s].component].values[slots_[s].index - 1];
      const double in_x = band.reference[row - 1];
      x = map.x(in_x, value);
      value = map.y(in_x, value);
      const auto along_x = band.chain.row(row - 1);
      const auto along_y = band.chain.row(row);
      band.own_chain.row(row - 1) = map.xx * along_x + map.xy * along_y;
      band.own_chain.row(row) = map.yx * along_x + map.yy * along_y;
    } else if (own.role == Role::kTheta || own.role == Role::kRotation) {
      value = map.angle(value);
      if (map.is_mirrored()) band.own_chain.row(row) *= -1.0;
    } else if (const int power = power_of_length(own); power != 0) {
      const double factor = std::pow(map.scale(), power);
      value *= factor;
      band.own_chain.row(row) *= factor;
    }
  }
}

void ParameterMap::see_through(int b, std::span<const Component> components) {
  for (std::size_t c = 0; c < components.size(); ++c) at(bands_, b).components[c].psf = components[c].psf;
}

void ParameterMap::move_to(const Eigen::VectorXd& values) {
  values_ = values;
  for (int b = 0; b < n_bands(); ++b) {
    evaluate(b, values);
    take_to_pixels(b);
  }
}

Eigen::MatrixXd ParameterMap::derivatives(int b) const {
  const InBand& band = at(bands_, b);
  std::vector<Eigen::Index> rows;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    if (band.wanted[s] != 0) rows.push_back(static_cast<Eigen::Index>(s));
  }
  return band.own_chain(rows, Eigen::all);
}

Scene ParameterMap::scene() const {
  Scene result = scene_;
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Slot& slot = slots_[s];
    Parameter& own = result.components[slot.component].parameters[slot.index];
    if (slot.tie >= 0) {
      own.value = bands_.front().reference[static_cast<Eigen::Index>(s)];
      for (std::size_t b = 0; b < own.coefficients.size(); ++b)
        own.coefficients[b] = bands_[b].reference[static_cast<Eigen::Index>(s)];
      continue;
    }
    if (slot.series < 0) continue;
    const Series& series = at(series_, slot.series);
    series.write(values_.segment(slot.first, series.size()), own);
  }
  return result;
}

Eigen::MatrixXd ParameterMap::coefficients_by_nodes() const {
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(size(), size());
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    const Slot& slot = slots_[s];
    if (slot.series < 0) continue;
    const Eigen::MatrixXd& own = at(series_, slot.series).coefficients_by_nodes();
    const Eigen::Index n = own.rows();
    if (slot.tie < 0) {
      result.block(slot.first, slot.first, n, n) = own;
      continue;
    }
    for (int node = slot.first; node < slot.first + n; ++node) {
      const InBand& band = at(bands_, std::max(at(parameters_, node).band, 0));
      result.row(node) = band.chain.row(static_cast<Eigen::Index>(s));
    }
  }
  return result;
}

bool ParameterMap::is_limited(int parameter) const {
  return std::ranges::any_of(slots_, [&](const Slot& slot) {
    return slot.tie >= 0 && slot.series >= 0 && parameter >= slot.first &&
           parameter < slot.first + at(series_, slot.series).size();
  });
}

Eigen::VectorXd ParameterMap::prior_residual() const {
  Eigen::VectorXd result(std::ssize(priors_));
  for (int i = 0; i < result.size(); ++i) {
    const PriorRow& row = at(priors_, i);
    const double value = at(bands_, row.band).reference[static_cast<Eigen::Index>(row.slot)];
    const double seen = row.prior.logarithm ? std::log(value) : value;
    result[i] = (seen - row.prior.mean) / row.prior.sigma;
  }
  return result;
}

Eigen::MatrixXd ParameterMap::prior_jacobian() const {
  Eigen::MatrixXd result(std::ssize(priors_), size());
  for (int i = 0; i < result.rows(); ++i) {
    const PriorRow& row = at(priors_, i);
    const InBand& band = at(bands_, row.band);
    const auto slot = static_cast<Eigen::Index>(row.slot);
    const double scale = row.prior.logarithm ? row.prior.sigma * band.reference[slot] : row.prior.sigma;
    result.row(i) = band.chain.row(slot) / scale;
  }
  return result;
}

}  // namespace gaxel
