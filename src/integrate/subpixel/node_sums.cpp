#include "integrate/subpixel/node_sums.hpp"

#include <algorithm>
#include <cmath>

#include "integrate/node_kernel.hpp"

namespace gaxel {
namespace {

constexpr double kSameNode = 1e-10;

}  // namespace

void NodeSums::add(std::size_t sum, const PixelRule& rule, double side, double di, double dj) {
  for (std::size_t k = 0; k < rule.size(); ++k) {
    add_node(sum, di + side * rule.di[k], dj + side * rule.dj[k], side * side * rule.weights[k]);
  }
}

void NodeSums::add_node(std::size_t sum, double di, double dj, double weight) {
  const auto key = [](double offset) { return std::llround(offset / kSameNode); };
  const auto [entry, is_new] = index_.try_emplace({key(di), key(dj)}, nodes_.size());
  if (is_new) nodes_.push_back({di, dj, {}});
  nodes_[entry->second].terms.push_back({sum, weight});
}

void NodeSums::evaluate(const Integrand& f, PointsView points, double side,
                        std::span<const std::span<double>> sums) const {
  const std::size_t block = std::max<std::size_t>(1, std::min(points.size(), f.block_size()));
  std::vector<double> i(block);
  std::vector<double> j(block);
  std::vector<double> values(block);
  for (const std::span<double> sum : sums) std::ranges::fill(sum, 0.0);
  for (std::size_t begin = 0; begin < points.size(); begin += block) {
    const std::size_t count = std::min(block, points.size() - begin);
    for (const Node& node : nodes_) {
      const double di = side * node.di;
      const double dj = side * node.dj;
      for (std::size_t p = 0; p < count; ++p) {
        i[p] = points.i[begin + p] + di;
        j[p] = points.j[begin + p] + dj;
      }
      f.evaluate({i.data(), count}, {j.data(), count}, {values.data(), count});
      for (const Term& term : node.terms) {
        add_scaled(values.data(), count, side * side * term.weight, sums[term.sum].data() + begin);
      }
    }
  }
}

}  // namespace gaxel
