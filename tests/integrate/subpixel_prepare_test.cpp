// Preparing a refinement: which cells are split, when it stops, what its certificate says; all of it
// recomputed here from the choices alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

#include "subpixel_support.hpp"

namespace gaxel {
namespace {

using namespace subpixel_test;

const Light kCusp = cusp_at(0.13, -0.31);

// Points whose cells have side 1 / base_oversamp and tile an image.
Points cells_of_image(Shape shape, int base_oversamp) {
  Points points = get_ij({shape.ny * base_oversamp, shape.nx * base_oversamp});
  for (double& i : points.i) i /= base_oversamp;
  for (double& j : points.j) j /= base_oversamp;
  return points;
}

class Prepared : public testing::TestWithParam<RefinementOptions> {
 protected:
  const RefinementOptions options = GetParam();
  const Points points = cells_of_image({11, 12}, options.base_oversamp);
  const SubpixelRefinement refinement = prepare_subpixel_refinements(PointIntegrand(kCusp), points, options);
  const std::vector<Points> levels = cells_by_hand(points, refinement);

  std::vector<Estimate> estimates_of(std::size_t level) const {
    const double side = 1.0 / (options.base_oversamp * std::pow(options.oversamp, level));
    std::vector<Estimate> estimates;
    for (std::size_t cell = 0; cell < levels[level].size(); ++cell) {
      estimates.push_back(estimate(kCusp, levels[level].i[cell], levels[level].j[cell], side, options.order));
    }
    return estimates;
  }
};

TEST_P(Prepared, SplitsAFixedNumberOfTheWorstCells) {
  const auto n = static_cast<std::int64_t>(static_cast<double>(points.size()) * options.frac_refine);
  EXPECT_EQ(refinement.n_to_refine(), n);
  EXPECT_EQ(refinement.size(), points.size());
  ASSERT_EQ(refinement.idx_to_refine().size() + 1, refinement.integrated_pixels().size());
  ASSERT_EQ(refinement.idx_to_refine().size(), static_cast<std::size_t>(options.k_max));
  for (std::size_t level = 0; level < refinement.idx_to_refine().size(); ++level) {
    const std::vector<std::int64_t>& chosen = refinement.idx_to_refine()[level];
    const std::vector<Estimate> estimates = estimates_of(level);
    ASSERT_EQ(std::ssize(chosen), n);
    const std::set<std::int64_t> unique(chosen.begin(), chosen.end());
    ASSERT_EQ(unique.size(), chosen.size());
    const auto error_of = [&](std::int64_t cell) { return estimates[static_cast<std::size_t>(cell)].error; };
    constexpr double kRounding = 1e-15;
    for (std::size_t k = 1; k < chosen.size(); ++k) {
      EXPECT_LE(error_of(chosen[k - 1]), error_of(chosen[k]) + kRounding);
    }
    for (std::int64_t cell = 0; cell < std::ssize(estimates); ++cell) {
      if (!unique.contains(cell)) {
        EXPECT_LE(error_of(cell), error_of(chosen.front()) + kRounding);
      }
    }
  }
}

TEST_P(Prepared, HoldsTheIntegralsOfEveryLevel) {
  for (std::size_t level = 0; level < levels.size(); ++level) {
    const std::vector<double>& values = refinement.integrated_pixels()[level];
    const std::vector<Estimate> estimates = estimates_of(level);
    ASSERT_EQ(values.size(), estimates.size());
    std::int64_t n_imprecise = 0;
    for (std::size_t cell = 0; cell < values.size(); ++cell) {
      EXPECT_NEAR(values[cell], estimates[cell].value, 1e-14);
      n_imprecise += estimates[cell].error > options.precision ? 1 : 0;
    }
    EXPECT_EQ(refinement.n_imprecise()[level], n_imprecise) << level;
  }
}

TEST_P(Prepared, CertifiesItsLeaves) {
  const RefinementCertificate& certificate = refinement.certificate();
  RefinementCertificate expected;
  for (std::size_t level = 0; level < levels.size(); ++level) {
    std::vector<Estimate> estimates = estimates_of(level);
    std::set<std::int64_t> split;
    if (level < refinement.idx_to_refine().size()) {
      split = {refinement.idx_to_refine()[level].begin(), refinement.idx_to_refine()[level].end()};
    }
    expected.cells_per_level.push_back(std::ssize(estimates) - std::ssize(split));
    for (std::int64_t cell = 0; cell < std::ssize(estimates); ++cell) {
      if (split.contains(cell)) continue;
      const double error = estimates[static_cast<std::size_t>(cell)].error;
      expected.n_imprecise += error > options.precision ? 1 : 0;
      expected.max_error = std::max(expected.max_error, error);
      expected.sum_error += error;
    }
  }
  EXPECT_EQ(certificate.cells_per_level, expected.cells_per_level);
  EXPECT_EQ(certificate.n_imprecise, expected.n_imprecise);
  EXPECT_NEAR(certificate.max_error, expected.max_error, 1e-14);
  EXPECT_NEAR(certificate.sum_error, expected.sum_error, 1e-12);
  EXPECT_EQ(certificate.n_non_finite, 0);
  EXPECT_FALSE(certificate.outgrown);
}

TEST_P(Prepared, CountsItsEvaluations) {
  std::int64_t n = 0;
  const PointIntegrand counting([&n](double i, double j) {
    ++n;
    return kCusp(i, j);
  });
  const SubpixelRefinement counted = prepare_subpixel_refinements(counting, points, options);
  EXPECT_EQ(counted.certificate().n_evaluations, n);
}

// The refinement is there to come closer to the light, whatever its parameters.
TEST_P(Prepared, PixelsAreCloserToTheLightThanAnyRuleOfLevelZero) {
  const double side = 1.0 / options.base_oversamp;
  const std::vector<double> pixels = refinement.pixels();
  ASSERT_EQ(pixels.size(), points.size());
  double error = 0.0;
  double rule_error = 0.0;
  for (std::size_t p = 0; p < points.size(); ++p) {
    double exact = 0.0;
    constexpr int kParts = 48;
    for (int a = 0; a < kParts; ++a) {
      for (int b = 0; b < kParts; ++b) {
        const double i = points.i[p] + side * ((a + 0.5) / kParts - 0.5);
        const double j = points.j[p] + side * ((b + 0.5) / kParts - 0.5);
        exact += kCusp(i, j) * side * side / (kParts * kParts);
      }
    }
    error = std::max(error, std::abs(pixels[p] - exact));
    rule_error = std::max(rule_error, std::abs(refinement.integrated_pixels()[0][p] - exact));
  }
  EXPECT_LT(error, 0.1 * rule_error);
}

INSTANTIATE_TEST_SUITE_P(
    Refinement, Prepared,
    testing::Values(RefinementOptions{.k_max = 3}, RefinementOptions{.order = 2, .k_max = 3},
                    RefinementOptions{.order = 5, .k_max = 2},
                    RefinementOptions{.oversamp = 2, .frac_refine = 0.2, .k_max = 4},
                    RefinementOptions{.base_oversamp = 2, .k_max = 2},
                    RefinementOptions{.base_oversamp = 3, .oversamp = 2, .k_max = 3},
                    RefinementOptions{.precision = 1e-4, .frac_refine = 1.0, .k_max = 1},
                    RefinementOptions{.order = 12, .oversamp = 4, .frac_refine = 0.05, .k_max = 2}));

TEST(Prepare, CellsOfABaseAreIntegratedOverTheirOwnArea) {
  const double sigma = 0.3;
  const PointIntegrand gaussian([=](double i, double j) {
    return std::exp(-0.5 * (i * i + j * j) / (sigma * sigma)) / (2.0 * std::numbers::pi * sigma * sigma);
  });
  for (const int base_oversamp : {1, 2, 3}) {
    const Points points = cells_of_image({5, 6}, base_oversamp);
    const SubpixelRefinement refinement = prepare_subpixel_refinements(
        gaussian, points,
        {.base_oversamp = base_oversamp, .precision = 1e-7, .frac_refine = 0.5, .k_max = 4});
    EXPECT_GE(refinement.idx_to_refine().size(), 2U);
    const std::vector<double> cells = refinement.pixels();
    const double side = 1.0 / base_oversamp;
    for (std::size_t p = 0; p < points.size(); ++p) {
      const double exact = normal_part(points.i[p], side, sigma) * normal_part(points.j[p], side, sigma);
      EXPECT_NEAR(cells[p], exact, 3e-5) << base_oversamp;
    }
  }
}

TEST(Prepare, EqualErrorsAreTakenInTheOrderOfTheCells) {
  // Every pixel sees the same numbers, to the last bit; no node lies near where they jump.
  const PointIntegrand f([](double i, double j) {
    const double u = i - std::floor(i + 0.37);
    const double v = j - std::floor(j + 0.37);
    return u < 0.1 && v > -0.1 ? 1.0 : 0.0;
  });
  const SubpixelRefinement refinement =
      prepare_subpixel_refinements(f, get_ij({5, 5}), {.frac_refine = 0.2, .k_max = 2});
  EXPECT_EQ(refinement.idx_to_refine()[0], (std::vector<std::int64_t>{20, 21, 22, 23, 24}));
  const std::vector<std::int64_t>& second = refinement.idx_to_refine()[1];
  ASSERT_EQ(second.size(), 5U);
  for (std::size_t k = 1; k < second.size(); ++k) EXPECT_EQ(second[k], second[k - 1] + 9);
}

TEST(Prepare, SplitsNothingWhereThePartOfThePixelsIsLessThanOne) {
  const SubpixelRefinement refinement =
      prepare_subpixel_refinements(PointIntegrand(kCusp), get_ij({3, 3}), {.frac_refine = 0.1});
  EXPECT_EQ(refinement.n_to_refine(), 0);
  EXPECT_TRUE(refinement.idx_to_refine().empty());
  ASSERT_EQ(refinement.integrated_pixels().size(), 1U);
  EXPECT_EQ(refinement.pixels(), refinement.integrated_pixels()[0]);
  EXPECT_EQ(refinement.pixels(), integrate_with_error(PointIntegrand(kCusp), get_ij({3, 3}), 0).values);
  EXPECT_GT(refinement.certificate().n_imprecise, 0);
  EXPECT_EQ(refinement.certificate().cells_per_level, std::vector<std::int64_t>{9});
}

TEST(Prepare, TakesTheWholePartOfTheProduct) {
  const auto n_of = [](Shape shape, double frac_refine) {
    const RefinementOptions options{.frac_refine = frac_refine, .k_max = 0};
    return prepare_subpixel_refinements(PointIntegrand(kCusp), get_ij(shape), options).n_to_refine();
  };
  EXPECT_EQ(n_of({3, 3}, 0.11), 0);
  EXPECT_EQ(n_of({3, 3}, 0.12), 1);
  EXPECT_EQ(n_of({3, 3}, 0.999), 8);
  EXPECT_EQ(n_of({3, 3}, 1.0), 9);
  EXPECT_EQ(n_of({90, 100}, 0.1), 900);
}

TEST(Prepare, StopsWhenAllCellsArePrecise) {
  const Points points = get_ij({8, 8});
  const PointIntegrand flat([](double, double) { return 3.0; });
  const SubpixelRefinement at_once = prepare_subpixel_refinements(flat, points);
  EXPECT_EQ(at_once.n_imprecise(), std::vector<std::int64_t>{0});
  EXPECT_TRUE(at_once.idx_to_refine().empty());
  EXPECT_EQ(
      prepare_subpixel_refinements(PointIntegrand(kCusp), points, {.precision = 10.0}).n_imprecise().size(),
      1U);

  const PointIntegrand gaussian([](double i, double j) { return std::exp(-0.5 * (i * i + j * j)); });
  const SubpixelRefinement in_time =
      prepare_subpixel_refinements(gaussian, points, {.precision = 1e-5, .frac_refine = 1.0, .k_max = 9});
  ASSERT_GT(in_time.n_imprecise().size(), 1U);
  ASSERT_LT(in_time.n_imprecise().size(), 10U);
  EXPECT_EQ(in_time.n_imprecise().back(), 0);
  for (std::size_t level = 0; level + 1 < in_time.n_imprecise().size(); ++level) {
    EXPECT_GT(in_time.n_imprecise()[level], 0);
  }
  EXPECT_EQ(in_time.certificate().n_imprecise, 0);
  EXPECT_LE(in_time.certificate().max_error, 1e-5);
  const std::vector<double> pixels = in_time.pixels();
  for (std::size_t p = 0; p < points.size(); ++p) {
    const double exact =
        2.0 * std::numbers::pi * normal_part(points.i[p], 1.0, 1.0) * normal_part(points.j[p], 1.0, 1.0);
    EXPECT_NEAR(pixels[p], exact, 1e-5);
  }
}

TEST(Prepare, DeepestLevelZeroIsTheRuleAlone) {
  const SubpixelRefinement refinement =
      prepare_subpixel_refinements(PointIntegrand(kCusp), get_ij({8, 8}), {.k_max = 0});
  EXPECT_TRUE(refinement.idx_to_refine().empty());
  EXPECT_EQ(refinement.n_imprecise().size(), 1U);
}

TEST(Prepare, WhatIsNotFiniteIsRefinedAndCounted) {
  const Points points = get_ij({9, 9});
  const std::size_t bad = 5 * 9 + 4;  // the pixel at (1, 0)
  const PointIntegrand f(cusp_with_gap(1.0, 0.0, 0.2));
  const SubpixelRefinement refinement = prepare_subpixel_refinements(f, points, {.k_max = 3});
  EXPECT_EQ(refinement.idx_to_refine()[0].back(), static_cast<std::int64_t>(bad));
  const std::vector<double> pixels = refinement.pixels();
  for (std::size_t p = 0; p < pixels.size(); ++p) EXPECT_EQ(std::isnan(pixels[p]), p == bad) << p;
  const RefinementCertificate& certificate = refinement.certificate();
  EXPECT_GT(certificate.n_non_finite, 0);
  EXPECT_GE(certificate.n_imprecise, certificate.n_non_finite);
  EXPECT_TRUE(std::isfinite(certificate.max_error));
  EXPECT_TRUE(std::isfinite(certificate.sum_error));
  // Of the 81 cells of level 2 in that pixel, those within the gap: the middle 3 x 3 and, by its border at
  // 0.2, all that touch |offset| < 0.2.
  EXPECT_GE(refinement.n_imprecise()[2], 9);
}

TEST(Prepare, APointThatIsNotANumberSpoilsOnlyWhatLooksAtIt) {
  // Of the rules of order 2 only G' looks at the centre of a cell: the error is unknown, the value is not.
  const PointIntegrand f(cusp_with_gap(1.0, 0.0, 0.0));
  const SubpixelRefinement refinement =
      prepare_subpixel_refinements(f, get_ij({9, 9}), {.order = 2, .k_max = 2});
  const RefinementCertificate& certificate = refinement.certificate();
  EXPECT_EQ(refinement.idx_to_refine()[0].back(), 5 * 9 + 4);
  EXPECT_EQ(certificate.n_non_finite, 0);
  EXPECT_GE(certificate.n_imprecise, 1);
  EXPECT_TRUE(std::isfinite(certificate.sum_error));
  for (const double pixel : refinement.pixels()) EXPECT_TRUE(std::isfinite(pixel));
}

TEST(Prepare, RefusesOptionsOutsideTheirRanges) {
  const PointIntegrand f(kCusp);
  const Points points = get_ij({4, 4});
  const auto with = [&](const RefinementOptions& options) {
    const std::string by_validate = complaint([&] { options.validate(); });
    EXPECT_EQ(complaint([&] { prepare_subpixel_refinements(f, points, options); }), by_validate);
    EXPECT_EQ(complaint([&] { integrate_with_subpixel_refinement(f, points, options); }), by_validate);
    return by_validate;
  };
  const std::string prepare = "prepare_subpixel_refinements: ";
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr int kHuge = std::numeric_limits<int>::max();
  EXPECT_EQ(with({}), "accepted");
  EXPECT_EQ(with({.order = 2, .oversamp = 1, .frac_refine = 1.0, .k_max = 20}), "accepted");
  for (const int bad : {0, -1, 201, kHuge}) {
    EXPECT_EQ(with({.base_oversamp = bad}), prepare + "base_oversamp") << bad;
    EXPECT_EQ(with({.oversamp = bad}), prepare + "oversamp") << bad;
    EXPECT_EQ(with({.order = bad}), prepare + "order") << bad;
  }
  EXPECT_EQ(with({.order = 1}), prepare + "order");
  for (const int bad : {-1, 21, kHuge}) EXPECT_EQ(with({.k_max = bad}), prepare + "k_max") << bad;
  for (const double bad : {0.0, -1e-6, kNaN, double{INFINITY}}) {
    EXPECT_EQ(with({.precision = bad}), prepare + "precision") << bad;
  }
  for (const double bad : {0.0, -0.1, 1.0000001, kNaN, double{INFINITY}}) {
    EXPECT_EQ(with({.frac_refine = bad}), prepare + "frac_refine") << bad;
  }
}

TEST(Prepare, RefusesPointsThatAreNone) {
  const PointIntegrand f(kCusp);
  EXPECT_EQ(complaint([&] { prepare_subpixel_refinements(f, Points{}); }), "prepare_subpixel_refinements: i");
  EXPECT_EQ(complaint([&] { prepare_subpixel_refinements(f, Points{{0.0, NAN}, {0.0, 0.0}}); }), ": i[1]");
  EXPECT_EQ(complaint([&] { prepare_subpixel_refinements(f, Points{{0.0}, {INFINITY}}); }), ": j[0]");
}

}  // namespace
}  // namespace gaxel
