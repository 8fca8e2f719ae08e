#include "fit/linearisation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace gaxel {
namespace {

/// The last residual, which no derivative belongs to, so that the sum of squares is `statistic`. Where the
/// others are more than that already, a longer Jacobian with the same gradient: shorter steps.
void complete(double statistic, Linearisation& about) {
  const Eigen::Index n = about.residual.size() - 1;
  statistic = std::max(statistic, 0.0);
  const double explained = about.residual.head(n).squaredNorm();
  if (explained > statistic) {
    const double shorter = std::max(std::sqrt(statistic / explained), std::numeric_limits<double>::min());
    about.jacobian /= shorter;
    about.residual *= shorter;
  }
  about.residual[n] = std::sqrt(std::max(statistic - explained, 0.0));
}

std::vector<std::size_t> marked(std::span<const std::uint8_t> marks, std::size_t n) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < n; ++i) {
    if (marks.empty() || marks[i] != 0) result.push_back(i);
  }
  return result;
}

}  // namespace

PixelResidual::PixelResidual(const Observation& observation, const MultiPsfRenderer& renderer,
                             const LikelihoodOptions& likelihood, const Penalties* penalties)
    : observation_(observation),
      renderer_(&renderer),
      used_(used_pixels(observation)),
      loss_(make_loss(likelihood, observation, used_)),
      penalties_(penalties),
      model_(observation.data.shape()) {}

void PixelResidual::use(const MultiPsfRenderer& renderer) {
  renderer_ = &renderer;
  plan_ = {};
}

void PixelResidual::render(std::span<const Component> components, std::span<const std::uint8_t> wanted) {
  components_.assign(components.begin(), components.end());
  wanted_.assign(wanted.begin(), wanted.end());
  n_columns_ = static_cast<std::size_t>(std::ranges::count_if(wanted, [](auto mark) { return mark != 0; }));
  derivatives_.resize(n_columns_ * model_.size());
  plan_ = renderer_->prepare(components, plan_);
  renderer_->render_with_jacobian(components, wanted, model_.view(), derivatives_.data(), plan_);
}

void PixelResidual::move(std::span<const Component> components, std::span<const ColumnMove> moves) {
  components_.assign(components.begin(), components.end());
  for (std::size_t column = 0; column < n_columns_; ++column) {
    const double step = moves[column].step;
    if (step == 0.0) continue;
    const double* from = plane(column);
    for (const std::size_t pixel : used_) model_.data()[pixel] += step * from[pixel];
  }
}

void PixelResidual::scale(std::span<const ColumnMove> moves) {
  for (std::size_t column = 0; column < n_columns_; ++column) {
    const double factor = moves[column].factor;
    if (factor == 1.0) continue;
    double* values = derivatives_.data() + column * model_.size();
    for (const std::size_t pixel : used_) values[pixel] *= factor;
  }
}

std::optional<Linearisation> PixelResidual::reduce(std::span<const std::uint8_t> columns) {
  const std::vector<std::size_t> chosen = marked(columns, n_columns_);
  const auto n = static_cast<Eigen::Index>(chosen.size());
  TallQr qr(static_cast<int>(n) + 1);
  double statistic = 0.0;
  std::array<double, TallQr::kBlockRows> model{};
  std::array<double, TallQr::kBlockRows> weight{};
  for (std::size_t first = 0; first < used_.size(); first += TallQr::kBlockRows) {
    const std::size_t rows = std::min<std::size_t>(TallQr::kBlockRows, used_.size() - first);
    auto block = qr.block();
    for (std::size_t k = 0; k < rows; ++k) model[k] = model_.data()[used_[first + k]];
    statistic += loss_->rows(first, {model.data(), rows}, &block(0, n), weight.data());
    for (Eigen::Index column = 0; column < n; ++column) {
      const double* from = plane(chosen[static_cast<std::size_t>(column)]);
      double* target = &block(0, column);
      for (std::size_t k = 0; k < rows; ++k) target[k] = from[used_[first + k]] * weight[k];
    }
    qr.absorb(static_cast<int>(rows));
  }
  statistic += add_penalties(chosen, qr);
  const Eigen::MatrixXd factor = qr.factor();
  if (!factor.allFinite() || !std::isfinite(statistic)) return std::nullopt;

  const auto all = static_cast<Eigen::Index>(n_columns_);
  Linearisation about{Eigen::VectorXd::Zero(all + 1), Eigen::MatrixXd::Zero(all + 1, all)};
  about.residual.head(n) = factor.col(n).head(n);
  about.residual[all] = factor(n, n);
  for (Eigen::Index column = 0; column < n; ++column) {
    const auto place = static_cast<Eigen::Index>(chosen[static_cast<std::size_t>(column)]);
    about.jacobian.col(place).head(n) = factor.col(column).head(n);
  }
  if (!loss_->is_quadratic()) complete(statistic, about);
  return about;
}

std::optional<Linearisation> PixelResidual::linearise(std::span<const Component> components,
                                                      std::span<const std::uint8_t> wanted) {
  render(components, wanted);
  return reduce();
}

double PixelResidual::add_penalties(std::span<const std::size_t> columns, TallQr& qr) const {
  double sum = 0.0;
  const auto n = static_cast<Eigen::Index>(columns.size());
  for (std::size_t i = 0; penalties_ != nullptr && i < penalties_->size(); ++i) {
    const PenaltyRows rows = (*penalties_)[i]->rows(components_, wanted_);
    sum += rows.residual.squaredNorm();
    for (Eigen::Index first = 0; first < rows.residual.size(); first += TallQr::kBlockRows) {
      const Eigen::Index count = std::min<Eigen::Index>(TallQr::kBlockRows, rows.residual.size() - first);
      auto block = qr.block();
      block.topLeftCorner(count, n) = rows.jacobian(Eigen::seqN(first, count), columns);
      block.col(n).head(count) = rows.residual.segment(first, count);
      qr.absorb(static_cast<int>(count));
    }
  }
  return sum;
}

std::vector<double> PixelResidual::used_model() const {
  std::vector<double> model;
  model.reserve(used_.size());
  for (const std::size_t pixel : used_) model.push_back(model_.data()[pixel]);
  return model;
}

PixelInformation PixelResidual::information() const {
  const LossInformation own = loss_->information(used_model());
  const std::vector<std::size_t> columns = marked({}, n_columns_);
  TallQr qr(static_cast<int>(n_columns_) + 1);
  for (std::size_t first = 0; first < used_.size(); first += TallQr::kBlockRows) {
    const std::size_t rows = std::min<std::size_t>(TallQr::kBlockRows, used_.size() - first);
    auto block = qr.block();
    for (const std::size_t column : columns) {
      double* target = &block(0, static_cast<Eigen::Index>(column));
      for (std::size_t k = 0; k < rows; ++k) target[k] = plane(column)[used_[first + k]] * own.k[first + k];
    }
    std::copy_n(own.score.begin() + static_cast<std::ptrdiff_t>(first), rows,
                &block(0, static_cast<Eigen::Index>(n_columns_)));
    qr.absorb(static_cast<int>(rows));
  }
  add_penalties(columns, qr);
  return {qr.factor().leftCols(static_cast<Eigen::Index>(n_columns_)), own.ratio};
}

double PixelResidual::chi2() const {
  double sum = 0.0;
  for (const std::size_t pixel : used_) {
    const double off =
        (model_.data()[pixel] - observation_.data.data()[pixel]) / observation_.sigma.data()[pixel];
    sum += off * off;
  }
  return sum;
}

}  // namespace gaxel
