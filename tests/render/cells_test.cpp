// The cells that a component is integrated on, as the renderer tells them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include "gaxel/error.hpp"
#include "gaxel/quadrature.hpp"
#include "gaxel/render.hpp"

namespace gaxel {
namespace {

constexpr double kBOfExponential = 1.6783469900166605;  // P(2, b) = 1/2

Component sersic(double x, double y, double re, double n, double q, double theta) {
  return {&component_kind("sersic"), {x, y, 100.0, re, n, q, theta}};
}

Psf flat_psf(int side, double oversample) {
  PsfOptions options;
  options.oversample = oversample;
  return Psf(Image(Shape{side, side}, 1.0), options);
}

bool overlap(const Cell& a, const Cell& b) {
  return a.x_min < b.x_max && b.x_min < a.x_max && a.y_min < b.y_max && b.y_min < a.y_max;
}

struct Case {
  Component light;
  Shape shape;
  int psf_side;  // 0: none
  double oversample;
};

class Cells : public ::testing::TestWithParam<Case> {
 protected:
  std::optional<Psf> psf() const {
    const Case& c = GetParam();
    return c.psf_side == 0 ? std::nullopt : std::optional(flat_psf(c.psf_side, c.oversample));
  }
};

TEST_P(Cells, FillTheGridOnce) {
  const Case& c = GetParam();
  const Renderer renderer(c.shape, psf());
  const CellMap map = renderer.cells({&c.light, 1}, 0);
  EXPECT_TRUE(map.grid.step == 1.0 || c.psf_side > 0);
  // Areas of powers of two add up without rounding.
  double area = 0.0;
  const auto right = map.grid.x0 + (map.grid.shape.nx - 0.5) * map.grid.step;
  const auto top = map.grid.y0 + (map.grid.shape.ny - 0.5) * map.grid.step;
  for (const Cell& cell : map.cells) {
    area += (cell.x_max - cell.x_min) * (cell.y_max - cell.y_min);
    EXPECT_GE(cell.x_min, map.grid.x0 - 0.5 * map.grid.step);
    EXPECT_GE(cell.y_min, map.grid.y0 - 0.5 * map.grid.step);
    EXPECT_LE(cell.x_max, right);
    EXPECT_LE(cell.y_max, top);
  }
  EXPECT_EQ(area, static_cast<double>(map.grid.shape.size()) * map.grid.step * map.grid.step);
  for (std::size_t i = 0; i < map.cells.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) EXPECT_FALSE(overlap(map.cells[i], map.cells[k])) << i << " " << k;
  }
}

TEST_P(Cells, AreThoseThatTheCertificateCounts) {
  const Case& c = GetParam();
  const Renderer renderer(c.shape, psf());
  Image image(c.shape);
  const Certificate certificate = renderer.render({&c.light, 1}, image.view());
  if (c.psf_side != 0) {  // known by its transform
    EXPECT_EQ(certificate.n_evaluations, 0);
    return;
  }
  const CellMap map = renderer.cells({&c.light, 1}, 0);
  std::vector<std::int64_t> tiles(certificate.tiles_per_size.size());
  std::vector<std::int64_t> cells(certificate.cells_per_level.size());
  std::int64_t n_nodes = 0;
  for (const Cell& cell : map.cells) {
    n_nodes += cell.n_nodes();
    const double longer = std::max(cell.x_max - cell.x_min, cell.y_max - cell.y_min) / map.grid.step;
    const double shorter = std::min(cell.x_max - cell.x_min, cell.y_max - cell.y_min) / map.grid.step;
    switch (cell.kind) {
      case CellKind::kTile:
        EXPECT_LE(longer, std::ldexp(1.0, cell.level));
        ++tiles.at(static_cast<std::size_t>(cell.level));
        break;
      case CellKind::kPixel:
      case CellKind::kPart:
        EXPECT_EQ(shorter, std::ldexp(1.0, cell.level));
        EXPECT_EQ(cell.kind == CellKind::kPixel, cell.level == 0);
        ++cells.at(static_cast<std::size_t>(-cell.level));
        break;
      case CellKind::kCusp:
        EXPECT_EQ(longer, 1.0);
        EXPECT_EQ(cell.n_nodes(), 0);
        ++cells.back();
    }
  }
  EXPECT_EQ(tiles, certificate.tiles_per_size);
  EXPECT_EQ(cells, certificate.cells_per_level);
  EXPECT_EQ(n_nodes, certificate.n_evaluations);
}

INSTANTIATE_TEST_SUITE_P(Grids, Cells,
                         ::testing::Values(Case{sersic(31.3, 20.7, 5.0, 4.0, 0.6, 0.4), {50, 61}, 0, 1},
                                           Case{sersic(31.3, 150.0, 20.0, 1.0, 0.1, 1.1), {300, 61}, 0, 1},
                                           Case{sersic(-3.2, 20.0, 8.0, 0.7, 0.5, 0.0), {50, 61}, 12, 1},
                                           Case{sersic(31.3, 20.7, 5.0, 4.0, 0.6, 0.4), {50, 61}, 9, 2}));

TEST(Cells, RulesOnThemGiveThePixels) {
  const Shape shape{20, 20};
  const double re = 2.0;
  const double q = 0.2;
  const double theta = 0.4;
  const Component light = sersic(9.8, 10.3, re, 1.0, q, theta);
  const double centre = 100.0 * kBOfExponential * kBOfExponential / (2.0 * std::numbers::pi * q * re * re);
  const auto brightness = [&](double x, double y) {
    const double major = (x - 9.8) * std::cos(theta) + (y - 10.3) * std::sin(theta);
    const double minor = (y - 10.3) * std::cos(theta) - (x - 9.8) * std::sin(theta);
    return centre * std::exp(-kBOfExponential * std::hypot(major, minor / q) / re);
  };
  const Renderer renderer(shape);
  Image image(shape);
  renderer.render({&light, 1}, image.view());
  Image sum(shape);
  bool has_parts = false;
  for (const Cell& cell : renderer.cells({&light, 1}, 0).cells) {
    if (cell.kind != CellKind::kPixel && cell.kind != CellKind::kPart) continue;
    has_parts |= cell.kind == CellKind::kPart;
    const QuadratureRule& along_x = gauss_legendre(cell.nodes_x);
    const QuadratureRule& along_y = gauss_legendre(cell.nodes_y);
    const double x = 0.5 * (cell.x_min + cell.x_max);
    const double y = 0.5 * (cell.y_min + cell.y_max);
    const double hx = 0.5 * (cell.x_max - cell.x_min);
    const double hy = 0.5 * (cell.y_max - cell.y_min);
    for (std::size_t j = 0; j < along_y.size(); ++j) {
      for (std::size_t i = 0; i < along_x.size(); ++i) {
        sum(static_cast<int>(std::lround(y)), static_cast<int>(std::lround(x))) +=
            hx * along_x.weights[i] * hy * along_y.weights[j] *
            brightness(x + hx * along_x.nodes[i], y + hy * along_y.nodes[j]);
      }
    }
  }
  EXPECT_TRUE(has_parts);
  for (std::size_t k = 0; k < sum.size(); ++k) {
    if (sum.data()[k] == 0.0) continue;  // of a tile, or at the cusp
    EXPECT_NEAR(sum.data()[k], image.data()[k], 1e-11) << k;
  }
}

TEST(Cells, AreThoseOfTheComponentAskedFor) {
  const Shape shape{50, 61};
  const std::vector<Component> components = {sersic(12.0, 40.0, 2.0, 1.0, 0.8, -0.3),
                                             {&component_kind("sky"), {3.0, 0.0, 0.0, 30.0, 25.0}},
                                             sersic(30.2, 21.7, 5.0, 2.5, 0.5, 0.4)};
  // A floor is shared by the components: both count.
  const Renderer renderer(shape, std::nullopt, {{1e-6, 1e-9, 1e-3}, false, 1});
  Image image(shape);
  const Certificate certificate = renderer.render(components, image.view());
  std::int64_t n_nodes = 0;
  for (const std::size_t which : {0U, 2U}) {
    const std::vector<Cell> cells = renderer.cells(components, which).cells;
    for (const Cell& cell : cells) n_nodes += cell.n_nodes();
    const auto cusp = std::ranges::find(cells, CellKind::kCusp, &Cell::kind);
    ASSERT_NE(cusp, cells.end());
    EXPECT_LE(std::abs(0.5 * (cusp->x_min + cusp->x_max) - components[which].value(Role::kX)), 1.0);
  }
  EXPECT_EQ(n_nodes, certificate.n_evaluations);
}

TEST(Cells, OfWhatIsNotIntegratedAreRefused) {
  const Renderer renderer(Shape{10, 10});
  std::vector<Component> components = {sersic(5.0, 5.0, 2.0, 1.0, 0.8, 0.0),
                                       {&component_kind("pointsource"), {4.0, 4.0, 1.0}}};
  EXPECT_NO_THROW(renderer.cells(components, 0));
  EXPECT_THROW(renderer.cells(components, 1), InputError);
  EXPECT_THROW(renderer.cells(components, 2), InputError);
  components[0].values[3] = -1.0;
  EXPECT_THROW(renderer.cells(components, 0), InputError);
}

}  // namespace
}  // namespace gaxel
