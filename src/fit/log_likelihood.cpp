#include <fmt/format.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fit/fit_input.hpp"
#include "fit/loss.hpp"
#include "fit/noise_tolerance.hpp"
#include "fit/parameter_map.hpp"
#include "fit/penalty.hpp"
#include "gaxel/error.hpp"
#include "gaxel/uncertainty.hpp"

namespace gaxel {
namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();

/// A band's pixels, and what the fit makes least of them.
struct Pixels {
  Shape shape;
  std::vector<std::size_t> used;
  std::unique_ptr<const Loss> loss;

  /// `slope`: half the derivatives to the model's pixels, 0 in those that are not used.
  double statistic(const Image& model, Image& slope) const;
};

double Pixels::statistic(const Image& model, Image& slope) const {
  std::vector<double> seen(used.size());
  std::vector<double> residual(used.size());
  std::vector<double> weight(used.size());
  for (std::size_t i = 0; i < used.size(); ++i) seen[i] = model.data()[used[i]];
  const double sum = loss->rows(0, seen, residual.data(), weight.data());
  for (std::size_t i = 0; i < used.size(); ++i) slope.data()[used[i]] = residual[i] * weight[i];
  return sum + loss->constant();
}

}  // namespace

class LogLikelihood::Impl {
 public:
  Impl(std::span<const Band> bands, const FitResult& result, const FitOptions& options)
      : penalties_(penalties_of(result.scene)), map_(result.scene, frames_of(bands), "likelihood") {
    for (int b = 0; b < map_.n_bands(); ++b) {
      const BandFit& own = result.bands[static_cast<std::size_t>(b)];
      map_.see_through(b, own.components);
      const Observation& observation = *bands[static_cast<std::size_t>(b)].observation;
      std::vector<std::size_t> used = used_pixels(observation);
      std::unique_ptr<const Loss> loss = make_loss(options.likelihood, observation, used);
      pixels_.push_back({observation.data.shape(), std::move(used), std::move(loss)});
      renderers_.emplace_back(observation.data.shape(), own.psfs,
                              RenderOptions{fit_tolerances(observation, options).final, false, 1});
    }
    nodes_by_coefficients_ = map_.coefficients_by_nodes().inverse();
    start_ = map_.values();
    best_.resize(std::ssize(result.free_values));
    for (Eigen::Index i = 0; i < best_.size(); ++i)
      best_[i] = result.free_values[static_cast<std::size_t>(i)].value;
  }

  std::size_t size() const { return static_cast<std::size_t>(map_.size()); }

  double evaluate(std::span<const double> free_values, double* gradient) const {
    if (free_values.size() != size()) {
      throw InputError({"likelihood", "free_values", fmt::format("{} numbers", free_values.size()),
                        "not one for each free value", fmt::format("{}", size())});
    }
    const Eigen::Map<const Eigen::VectorXd> values(free_values.data(), std::ssize(free_values));
    Eigen::VectorXd by_nodes = Eigen::VectorXd::Zero(map_.size());
    const double found =
        at(start_ + nodes_by_coefficients_ * (values - best_), gradient == nullptr ? nullptr : &by_nodes);
    if (gradient != nullptr) {
      Eigen::Map<Eigen::VectorXd>(gradient, map_.size()) = nodes_by_coefficients_.transpose() * by_nodes;
    }
    return found;
  }

 private:
  bool in_range(const Eigen::VectorXd& nodes) const {
    if (!nodes.allFinite()) return false;
    for (int i = 0; i < map_.size(); ++i) {
      const FreeParameter& free = map_.parameters()[static_cast<std::size_t>(i)];
      if (nodes[i] < free.min || nodes[i] > free.max) return false;
    }
    return true;
  }

  double at(const Eigen::VectorXd& nodes, Eigen::VectorXd* gradient) const {
    if (!in_range(nodes)) return kNever;
    ParameterMap map = map_;
    map.move_to(nodes);
    const Eigen::VectorXd priors = map.prior_residual();
    double sum = priors.squaredNorm();
    if (gradient != nullptr) *gradient -= map.prior_jacobian().transpose() * priors;
    try {
      for (int b = 0; b < map.n_bands(); ++b) sum += band_statistic(map, b, gradient);
    } catch (const InputError&) {  // values that together are no shape
      sum = std::numeric_limits<double>::quiet_NaN();
    }
    if (std::isfinite(sum)) return -0.5 * sum;
    if (gradient != nullptr) gradient->setZero();
    return kNever;
  }

  double band_statistic(const ParameterMap& map, int band, Eigen::VectorXd* gradient) const {
    const auto b = static_cast<std::size_t>(band);
    const Pixels& pixels = pixels_[b];
    const std::vector<Component>& components = map.components(band);
    Image model(pixels.shape);
    renderers_[b].render(components, model.view());
    Image slope(model.shape());
    const double sum = pixels.statistic(model, slope) + sum_of_squares(penalties_, components);
    if (gradient == nullptr) return sum;
    const std::span<const std::uint8_t> wanted = map.wanted(band);
    Eigen::VectorXd by_values(std::ranges::count(wanted, 1));
    renderers_[b].vjp(components, wanted, slope.view(), by_values.data());
    for (const auto& penalty : penalties_) {
      const PenaltyRows rows = penalty->rows(components, wanted);
      by_values += rows.jacobian.transpose() * rows.residual;
    }
    *gradient -= map.derivatives(band).transpose() * by_values;
    return sum;
  }

  Penalties penalties_;
  ParameterMap map_;
  std::vector<Pixels> pixels_;
  std::vector<MultiPsfRenderer> renderers_;
  Eigen::MatrixXd nodes_by_coefficients_;
  Eigen::VectorXd start_;  // nodes of the best fit
  Eigen::VectorXd best_;   // and its free values
};

LogLikelihood::LogLikelihood(std::span<const Band> bands, const FitResult& result, const FitOptions& options)
    : impl_(std::make_unique<Impl>(bands, result, options)) {}
LogLikelihood::~LogLikelihood() = default;
LogLikelihood::LogLikelihood(LogLikelihood&&) noexcept = default;
LogLikelihood& LogLikelihood::operator=(LogLikelihood&&) noexcept = default;

std::size_t LogLikelihood::size() const {
  return impl_->size();
}

double LogLikelihood::value(std::span<const double> free_values) const {
  return impl_->evaluate(free_values, nullptr);
}

double LogLikelihood::value_and_gradient(std::span<const double> free_values,
                                         std::span<double> gradient) const {
  if (gradient.size() != size()) {
    throw InputError({"likelihood", "gradient", fmt::format("{} numbers", gradient.size()),
                      "not one for each free value", fmt::format("{}", size())});
  }
  return impl_->evaluate(free_values, gradient.data());
}

}  // namespace gaxel
