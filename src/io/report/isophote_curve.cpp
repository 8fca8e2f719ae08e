#include "io/report/isophote_curve.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "profile/shape_chain.hpp"

namespace gaxel::io::report {
namespace {

constexpr int kCells = 120;  // along a side of the square that is searched

/// Isophotal radii minus 1 on the corners of a grid of cells about the centre.
class RadiusGrid {
 public:
  RadiusGrid(const ShapeChain<double>& chain, double half) : half_(half) {
    for (int row = 0; row <= kCells; ++row) {
      for (int col = 0; col <= kCells; ++col) {
        double radius = 0.0;
        double unused = 0.0;
        double weight = 0.0;
        chain.place(offset(col), offset(row), true, radius, unused, weight);
        values_.push_back(radius - 1.0);
      }
    }
  }

  double offset(int i) const { return half_ * (2.0 * i / kCells - 1.0); }
  double at(int row, int col) const {
    return values_[static_cast<std::size_t>(row) * (kCells + 1) + static_cast<std::size_t>(col)];
  }
  bool is_inside_on_edge() const {
    for (int i = 0; i <= kCells; ++i) {
      if (std::min({at(0, i), at(kCells, i), at(i, 0), at(i, kCells)}) < 0.0) return true;
    }
    return false;
  }

 private:
  double half_;
  std::vector<double> values_;
};

/// The pieces of the curve in the triangle of three corners: a straight line, or none.
struct Corner {
  double x;
  double y;
  double value;
};

void add_piece(const std::array<Corner, 3>& corners, std::vector<Segment>& pieces) {
  std::vector<std::array<double, 2>> ends;
  for (std::size_t i = 0; i < 3; ++i) {
    const Corner& a = corners[i];
    const Corner& b = corners[(i + 1) % 3];
    if ((a.value < 0.0) == (b.value < 0.0)) continue;
    const double share = a.value / (a.value - b.value);
    ends.push_back({std::lerp(a.x, b.x, share), std::lerp(a.y, b.y, share)});
  }
  if (ends.size() == 2) pieces.push_back({ends[0][0], ends[0][1], ends[1][0], ends[1][1]});
}

}  // namespace

std::vector<Segment> isophote_curve(const SceneComponent& component) {
  std::vector<double> values;
  for (const Parameter& parameter : component.parameters) values.push_back(parameter.value);
  const ShapeLayout layout(*component.kind);
  const ShapeChain<double> chain(layout, values.data());
  const double re = component.parameter(Role::kRe).value;
  for (const double reach : {1.2, 2.0, 4.0}) {
    const RadiusGrid grid(chain, reach * re);
    if (grid.is_inside_on_edge()) continue;
    const double x = component.parameter(Role::kX).value;
    const double y = component.parameter(Role::kY).value;
    const auto corner = [&](int row, int col) {
      return Corner{x + grid.offset(col), y + grid.offset(row), grid.at(row, col)};
    };
    std::vector<Segment> pieces;
    for (int row = 0; row < kCells; ++row) {
      for (int col = 0; col < kCells; ++col) {
        add_piece({corner(row, col), corner(row, col + 1), corner(row + 1, col + 1)}, pieces);
        add_piece({corner(row, col), corner(row + 1, col), corner(row + 1, col + 1)}, pieces);
      }
    }
    return pieces;
  }
  return {};
}

}  // namespace gaxel::io::report
