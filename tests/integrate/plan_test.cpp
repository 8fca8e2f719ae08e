// Plans: what they cover, what they cost, when they hold.
#include "integrate/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "integrate/cusp.hpp"
#include "integrate/execute.hpp"
#include "integrate/leaf_errors.hpp"
#include "integrate/sampled_light.hpp"
#include "profile/sersic.hpp"

namespace gaxel {
namespace {

TEST(Plan, CoversEveryPixelOfItsBandOnce) {
  const SersicLaw law(4.0);
  const EllipseFrame f(20.3, 31.1, 2.0, 0.2, 0.5);
  const Grid grid{{70, 45}, -3.0, -2.0, 1.0};
  const RowBand band{10, 50};
  const Plan plan = prepare(law, f, {grid, band, {1e-9, 1e-6}});
  std::vector<double> area(grid.shape.size(), 0.0);
  EXPECT_FALSE(plan.tiles.empty());
  for (const TileBucket& bucket : plan.tile_buckets) {
    for (std::size_t k = bucket.first; k < bucket.first + bucket.count; ++k) {
      const Tile& tile = plan.tiles[k];
      for (int row = tile.row; row < std::min(tile.row + bucket.side_y, 60); ++row) {
        for (int col = tile.col; col < std::min(tile.col + bucket.side_x, 45); ++col) {
          area[static_cast<std::size_t>(row * grid.shape.nx + col)] += 1.0;
        }
      }
    }
  }
  for (const CellBucket& bucket : plan.cell_buckets) {
    for (std::size_t k = bucket.first; k < bucket.first + bucket.count; ++k) {
      const CellBlock& block = plan.blocks[k];
      for (int row = 0; row < block.ny; ++row) {
        for (int col = 0; col < block.nx; ++col) {
          area[static_cast<std::size_t>(block.pixel + row * grid.shape.nx + col)] +=
              std::ldexp(1.0, -bucket.level_x - bucket.level_y);
        }
      }
    }
  }
  for (const std::int32_t pixel : plan.cusp_pixels) area[static_cast<std::size_t>(pixel)] += 1.0;
  for (int row = 0; row < grid.shape.ny; ++row) {
    for (int col = 0; col < grid.shape.nx; ++col) {
      const bool inside = row >= band.first_row && row < band.end();
      EXPECT_EQ(area[static_cast<std::size_t>(row * grid.shape.nx + col)], inside ? 1.0 : 0.0)
          << row << " " << col;
    }
  }
  EXPECT_FALSE(plan.limit_hit);
}

TEST(Plan, LightThatUnderflowsCostsNothing) {
  const SersicLaw law(0.2);
  const EllipseFrame f(100.0, 100.2, 3.0, 0.7, 0.3);
  const Plan plan = prepare(law, f, {Grid{{200, 200}, 0.0, 0.0, 1.0}, {0, 200}, {0.0, 1e-6}});
  EXPECT_LT(plan.cusp_pixels.size(), 1000U);  // of 40,000
}

TEST(Plan, SaysWhenItCannotKeepTheTolerance) {
  const SersicLaw law(4.0);
  const EllipseFrame f(4.5, 4.5, 2.0, 0.2, 0.5);  // on a corner: the closed form is needed and good to 4e-15
  const Plan plan = prepare(law, f, {Grid{{10, 10}, 0.0, 0.0, 1.0}, {0, 10}, {1e-17, 1e-15}});
  EXPECT_TRUE(plan.limit_hit);
}

// Moved, stretched and turned galaxies: a plan that is said to hold keeps the tolerance, one that does not is
// noticed.
TEST(Plan, HoldsForLightsNearTheOneItWasMadeFor) {
  const Grid grid{{40, 44}, 0.0, 0.0, 1.0};
  const PixelTolerance tolerance{1e-8, 1e-5};
  const Plan plan = prepare(SersicLaw(2.5), EllipseFrame(20.2, 18.1, 3.0, 0.5, 0.4),
                            {grid, {0, 40}, {0.25 * tolerance.absolute, 0.25 * tolerance.relative}});
  int held = 0;
  int let_go = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const double change =
        0.5 * std::pow(10.0, -4.0 + 4.0 * (trial % 20) / 19.0) * (trial % 2 == 0 ? 1.0 : -1.0);
    const bool shape = trial % 3 == 0;
    const SersicLaw law(shape ? 2.5 * (1.0 + change) : 2.5);
    const EllipseFrame f(20.2 + (shape ? 0.0 : change), 18.1, shape ? 3.0 : 3.0 * (1.0 + 0.5 * change),
                         shape ? std::min(1.0, 0.5 * (1.0 + change)) : 0.5, 0.4 + change);
    if (!still_holds(plan, law, f, tolerance)) {
      ++let_go;
      continue;
    }
    ++held;
    Image image(grid.shape);
    execute(plan, {law, f, 1.0}, Write::kReplace, image.view());
    for (int row = 0; row < grid.shape.ny; ++row) {
      for (int col = 0; col < grid.shape.nx; ++col) {
        const double exact = cusp_moments(law, f, box_about(col, row, 0.5, 0.5), false)[kFlux];
        EXPECT_LE(std::abs(image(row, col) - exact), tolerance.absolute + tolerance.relative * exact)
            << "change " << change << " at " << row << " " << col;
      }
    }
  }
  EXPECT_GT(held, 20);
  EXPECT_GT(let_go, 5);
}

}  // namespace
}  // namespace gaxel
