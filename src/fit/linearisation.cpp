#include "fit/linearisation.hpp"

#include <algorithm>

#include "fit/tall_qr.hpp"

namespace gaxel {

PixelResidual::PixelResidual(const Observation& observation, const MultiPsfRenderer& renderer,
                             const Penalties* penalties)
    : observation_(observation),
      renderer_(&renderer),
      penalties_(penalties),
      model_(observation.data.shape()) {
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] == 0) continue;
    used_.push_back(i);
    weight_.push_back(1.0 / observation.sigma.data()[i]);
  }
}

void PixelResidual::use(const MultiPsfRenderer& renderer) {
  renderer_ = &renderer;
  plan_ = {};
}

std::optional<Linearisation> PixelResidual::linearise(std::span<const Component> components,
                                                      std::span<const std::uint8_t> wanted) {
  const auto n =
      static_cast<Eigen::Index>(std::ranges::count_if(wanted, [](auto mark) { return mark != 0; }));
  derivatives_.resize(static_cast<std::size_t>(n) * model_.size());
  plan_ = renderer_->prepare(components, plan_);
  renderer_->render_with_jacobian(components, wanted, model_.view(), derivatives_.data(), plan_);

  TallQr qr(static_cast<int>(n) + 1);
  for (std::size_t first = 0; first < used_.size(); first += TallQr::kBlockRows) {
    const std::size_t rows = std::min<std::size_t>(TallQr::kBlockRows, used_.size() - first);
    auto block = qr.block();
    for (Eigen::Index column = 0; column <= n; ++column) {
      const bool derivative = column < n;
      const double* plane =
          derivative ? derivatives_.data() + static_cast<std::size_t>(column) * model_.size() : model_.data();
      double* target = &block(0, column);
      for (std::size_t k = 0; k < rows; ++k) {
        const std::size_t pixel = used_[first + k];
        const double value = derivative ? plane[pixel] : plane[pixel] - observation_.data.data()[pixel];
        target[k] = value * weight_[first + k];
      }
    }
    qr.absorb(static_cast<int>(rows));
  }

  for (std::size_t i = 0; penalties_ != nullptr && i < penalties_->size(); ++i) {
    const PenaltyRows rows = (*penalties_)[i]->rows(components, wanted);
    for (Eigen::Index first = 0; first < rows.residual.size(); first += TallQr::kBlockRows) {
      const Eigen::Index count = std::min<Eigen::Index>(TallQr::kBlockRows, rows.residual.size() - first);
      auto block = qr.block();
      block.topLeftCorner(count, n) = rows.jacobian.middleRows(first, count);
      block.col(n).head(count) = rows.residual.segment(first, count);
      qr.absorb(static_cast<int>(count));
    }
  }

  const Eigen::MatrixXd factor = qr.factor();
  if (!factor.allFinite()) return std::nullopt;
  return Linearisation{factor.col(n), factor.leftCols(n)};
}

}  // namespace gaxel
