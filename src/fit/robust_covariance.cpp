#include "fit/robust_covariance.hpp"

#include <algorithm>
#include <cmath>

#include "fit/covariance.hpp"
#include "fit/error_transfer.hpp"
#include "fit/loss.hpp"
#include "fit/noise_correlation.hpp"

namespace gaxel {
namespace {

/// A band's pixels at the best point, in units of their expected errors; 0 where they are not used.
struct WeightedPixels {
  Image residual;  // as the loss takes it
  Image light;     // the model without its sky
  std::vector<Image> derivatives;
  double ratio = 1.0;  // of the expected mean square of the gradient's terms to residual * derivative
};

WeightedPixels weighted_pixels(const ParameterMap& map, int band, const Observation& observation,
                               const BandFit& fit, const LikelihoodOptions& likelihood,
                               const RenderOptions& options) {
  const Shape shape = observation.data.shape();
  const std::vector<Component>& components = map.components(band);
  const std::span<const std::uint8_t> wanted = map.wanted(band);
  const auto n = static_cast<std::size_t>(std::ranges::count(wanted, 1));
  const MultiPsfRenderer renderer(shape, fit.psfs, options);
  std::vector<double> planes(n * shape.size());
  Image model(shape);
  renderer.render_with_jacobian(components, wanted, model.view(), planes.data());
  Image sky(shape);
  for (const Component& component : components) {
    if (component.kind->family != Family::kSky) continue;
    Image one(shape);
    renderer.render({&component, 1}, one.view());
    for (std::size_t i = 0; i < sky.size(); ++i) sky.data()[i] += one.data()[i];
  }
  const std::vector<std::size_t> used = used_pixels(observation);
  std::vector<double> used_model;
  for (const std::size_t i : used) used_model.push_back(model.data()[i]);
  const LossInformation about = make_loss(likelihood, observation, used)->information(used_model);
  WeightedPixels result{Image(shape), Image(shape), std::vector<Image>(n, Image(shape)), about.ratio};
  const double root = std::sqrt(about.ratio);
  for (std::size_t u = 0; u < used.size(); ++u) {
    const std::size_t i = used[u];
    result.residual.data()[i] = about.score[u] / root;
    result.light.data()[i] = about.k[u] * (model.data()[i] - sky.data()[i]);
    for (std::size_t p = 0; p < n; ++p)
      result.derivatives[p].data()[i] = about.k[u] * planes[p * shape.size() + i];
  }
  return result;
}

Eigen::MatrixXd squared_information(const WeightedPixels& pixels) {
  const auto n = static_cast<Eigen::Index>(pixels.derivatives.size());
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(n, n);
  for (Eigen::Index a = 0; a < n; ++a) {
    for (Eigen::Index b = 0; b <= a; ++b) {
      const double* first = pixels.derivatives[static_cast<std::size_t>(a)].data();
      const double* second = pixels.derivatives[static_cast<std::size_t>(b)].data();
      const double* residual = pixels.residual.data();
      for (std::size_t i = 0; i < pixels.residual.size(); ++i)
        sum(a, b) += residual[i] * residual[i] * first[i] * second[i];
      sum(b, a) = sum(a, b);
    }
  }
  return sum;
}

std::vector<double> row_major(const Eigen::MatrixXd& matrix) {
  std::vector<double> flat;
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) flat.push_back(matrix(i, j));
  }
  return flat;
}

}  // namespace

RobustCovariance robust_covariance(const ParameterMap& map, std::span<const Band> bands,
                                   const FitResult& result, const Eigen::MatrixXd& bread,
                                   std::span<const Tolerance> tolerances, const FitOptions& options) {
  // Priors are taken at their word: they have no pixels.
  const Eigen::MatrixXd prior = map.prior_jacobian();
  Eigen::MatrixXd scattered = prior.transpose() * prior;
  Eigen::MatrixXd correlated = scattered;
  RobustCovariance found;
  for (std::size_t b = 0; b < bands.size(); ++b) {
    const auto band = static_cast<int>(b);
    const Observation& observation = *bands[b].observation;
    const WeightedPixels pixels = weighted_pixels(map, band, observation, result.bands[b], options.likelihood,
                                                  {tolerances[b], false, options.threads});
    const Eigen::MatrixXd chain = map.derivatives(band);
    scattered += pixels.ratio * chain.transpose() * squared_information(pixels) * chain;
    const NoiseCorrelation& noise =
        found.noise.emplace_back(noise_correlation(pixels.residual, pixels.light, observation.used));
    correlated += pixels.ratio * noise.mean_square * chain.transpose() *
                  correlated_information(pixels.derivatives, noise) * chain;
  }
  const Eigen::MatrixXd by_sandwich = sandwich(bread, scattered);
  const Eigen::MatrixXd by_correlation = sandwich(bread, correlated);
  found.sandwich = row_major(coefficient_covariance(map, by_sandwich));
  found.correlated = row_major(coefficient_covariance(map, by_correlation));
  for (int band = 0; band < map.n_bands(); ++band) {
    found.sandwich_errors.push_back(errors_in_band(map, band, by_sandwich));
    found.correlated_errors.push_back(errors_in_band(map, band, by_correlation));
  }
  return found;
}

}  // namespace gaxel
