#include "fit/information.hpp"

namespace gaxel {

Information information_of(const ParameterMap& map, std::span<PixelResidual> pixels) {
  const Eigen::MatrixXd prior = map.prior_jacobian();
  Information result{prior, prior.transpose() * prior};
  bool is_known = true;
  for (int band = 0; band < map.n_bands(); ++band) {
    PixelResidual& own = pixels[static_cast<std::size_t>(band)];
    own.render(map.components(band), map.wanted(band));
    const PixelInformation information = own.information();
    const Eigen::MatrixXd rows = information.jacobian * map.derivatives(band);
    const Eigen::Index above = result.jacobian.rows();
    result.jacobian.conservativeResize(above + rows.rows(), map.size());
    result.jacobian.bottomRows(rows.rows()) = rows;
    result.score += information.ratio * rows.transpose() * rows;
    is_known = is_known && information.ratio == 1.0;
  }
  if (is_known) result.score.resize(0, 0);
  return result;
}

}  // namespace gaxel
