// A prepared refinement applied: the same leaves integrated by hand, what outgrows it, and the scatter of
// sums.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "subpixel_support.hpp"

namespace gaxel {
namespace {

using namespace subpixel_test;

using Indices = std::vector<std::vector<std::int64_t>>;
using Levels = std::vector<std::vector<double>>;

const Points kPoints = get_ij({12, 13});
const Light kCusp = cusp_at(0.13, -0.31);

const std::vector<RefinementOptions> kOptions = {{.k_max = 3},
                                                 {.order = 2, .oversamp = 2, .k_max = 4},
                                                 {.base_oversamp = 2, .order = 5, .k_max = 2},
                                                 {.precision = 1e-3, .frac_refine = 0.3},
                                                 {.order = 12, .oversamp = 4, .k_max = 2},
                                                 {.frac_refine = 1.0, .k_max = 1},
                                                 {.k_max = 0}};

void expect_near(const std::vector<double>& values, const std::vector<double>& expected, double allowed) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t k = 0; k < values.size(); ++k) EXPECT_NEAR(values[k], expected[k], allowed) << k;
}

// The leaves of a refinement under another light, summed up its tree; fills the certificate as it goes.
class ByHand {
 public:
  ByHand(const SubpixelRefinement& refinement, Light light)
      : refinement_(refinement), light_(std::move(light)), levels_(cells_by_hand(kPoints, refinement)) {
    certificate_.cells_per_level.resize(levels_.size());
  }

  std::vector<double> pixels() {
    std::vector<double> values;
    for (std::size_t cell = 0; cell < levels_[0].size(); ++cell) values.push_back(value(0, cell));
    return values;
  }
  const RefinementCertificate& certificate() const { return certificate_; }

 private:
  double value(std::size_t level, std::size_t cell) {
    const RefinementOptions& options = refinement_.options();
    if (level < refinement_.idx_to_refine().size()) {
      const std::vector<std::int64_t>& split = refinement_.idx_to_refine()[level];
      const auto found = std::ranges::find(split, static_cast<std::int64_t>(cell));
      if (found != split.end()) {
        const auto n_parts = static_cast<std::size_t>(options.oversamp * options.oversamp);
        const auto first = static_cast<std::size_t>(found - split.begin()) * n_parts;
        double sum = 0.0;
        for (std::size_t part = 0; part < n_parts; ++part) sum += value(level + 1, first + part);
        return sum;
      }
    }
    const double side = 1.0 / (options.base_oversamp * std::pow(options.oversamp, level));
    const Estimate leaf =
        estimate(light_, levels_[level].i[cell], levels_[level].j[cell], side, options.order);
    certificate_.n_imprecise += leaf.difference > options.precision ? 1 : 0;
    certificate_.max_error = std::max(certificate_.max_error, leaf.difference);
    certificate_.sum_error += leaf.difference;
    ++certificate_.cells_per_level[level];
    return leaf.value;
  }

  const SubpixelRefinement& refinement_;
  Light light_;
  std::vector<Points> levels_;
  RefinementCertificate certificate_;
};

TEST(Apply, TheSameLightGivesTheSamePixels) {
  for (const RefinementOptions& options : kOptions) {
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints, options);
    RefinementCertificate certificate;
    expect_near(refinement.apply(PointIntegrand(kCusp), &certificate), refinement.pixels(), 1e-14);
    EXPECT_FALSE(certificate.outgrown);
    EXPECT_EQ(certificate.cells_per_level, refinement.certificate().cells_per_level);
    EXPECT_LT(certificate.n_evaluations, refinement.certificate().n_evaluations);
  }
}

TEST(Apply, OtherLightIsIntegratedOverTheLeaves) {
  const Light other = [](double i, double j) { return 1.0 + std::exp(-std::hypot(0.7 * i - 0.4, j + 0.2)); };
  for (const RefinementOptions& options : kOptions) {
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints, options);
    std::int64_t n = 0;
    const PointIntegrand counting([&](double i, double j) {
      ++n;
      return other(i, j);
    });
    RefinementCertificate certificate;
    const std::vector<double> pixels = refinement.apply(counting, &certificate);
    ByHand by_hand(refinement, other);
    expect_near(pixels, by_hand.pixels(), 1e-14);
    EXPECT_EQ(certificate.cells_per_level, by_hand.certificate().cells_per_level);
    EXPECT_EQ(certificate.n_imprecise, by_hand.certificate().n_imprecise);
    EXPECT_NEAR(certificate.max_error, by_hand.certificate().max_error, 1e-14);
    EXPECT_NEAR(certificate.sum_error, by_hand.certificate().sum_error, 1e-12);
    EXPECT_EQ(certificate.n_non_finite, 0);
    EXPECT_EQ(certificate.n_evaluations, n);
    EXPECT_EQ(refinement.apply(PointIntegrand(other)), pixels);
  }
}

TEST(Apply, ThePlanOfAComponentServesItsNeighbours) {
  const auto galaxy = [](double x, double re, double n) {
    return light_integrand(component_of("sersic", {x, 0.3, 1000.0, re, n, 0.1, 0.1}));
  };
  const Points points = get_ij({90, 100});
  const SubpixelRefinement refinement = prepare_subpixel_refinements(*galaxy(0.2, 7.9, 5.0), points);
  const auto is_outgrown = [&](const Integrand& light) {
    RefinementCertificate certificate;
    refinement.apply(light, &certificate);
    return certificate.outgrown;
  };
  EXPECT_FALSE(is_outgrown(*galaxy(0.2, 7.9, 5.0)));
  EXPECT_FALSE(is_outgrown(*galaxy(0.2 + 1e-6, 7.9, 5.0)));
  EXPECT_FALSE(is_outgrown(*galaxy(0.2 + 1e-3, 7.91, 5.0)));
  EXPECT_FALSE(is_outgrown(*galaxy(0.2, 7.9, 4.9)));
  EXPECT_TRUE(is_outgrown(*galaxy(20.2, 7.9, 5.0)));
  EXPECT_TRUE(is_outgrown(*galaxy(-40.0, 7.9, 5.0)));
}

TEST(Apply, LightThatMovedOutOfItsCellsIsReported) {
  for (const RefinementOptions& options : kOptions) {
    if (options.k_max < 2 || options.precision > 1e-6) continue;
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints, options);
    const auto is_outgrown = [&](const Light& light) {
      RefinementCertificate certificate;
      refinement.apply(PointIntegrand(light), &certificate);
      return certificate.outgrown;
    };
    EXPECT_FALSE(is_outgrown(cusp_at(0.13 + 1e-7, -0.31)));
    EXPECT_TRUE(is_outgrown(cusp_at(5.13, 4.69)));
    EXPECT_TRUE(is_outgrown(cusp_with_gap(2.0, 2.0, 0.3)));
  }
}

// One cell alone, so that every number is known: f = c i^2 has G - C of c / 720 ... by Simpson's and by
// Gauss's rule.
TEST(Apply, OutgrownWhereItsContractSaysSo) {
  const Points one{{0.0}, {0.0}};
  const auto power = [](double factor) {
    return PointIntegrand([factor](double i, double) { return factor * i * i * i * i; });
  };
  // i^4 over the pixel: Gauss 1/80 exactly, Simpson 1/48.
  const double difference = 1.0 / 48.0 - 1.0 / 80.0;
  const auto is_outgrown = [&](double prepared, double precision, double applied) {
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(power(prepared), one, {.precision = precision, .frac_refine = 0.5});
    RefinementCertificate certificate;
    refinement.apply(power(applied), &certificate);
    EXPECT_NEAR(certificate.max_error, applied * difference, 1e-15);
    EXPECT_EQ(certificate.n_imprecise, applied * difference > precision ? 1 : 0);
    return certificate.outgrown;
  };
  EXPECT_FALSE(is_outgrown(1.0, 1e-9, 0.99 * SubpixelRefinement::kOutgrowth));
  EXPECT_TRUE(is_outgrown(1.0, 1e-9, 1.01 * SubpixelRefinement::kOutgrowth));
  EXPECT_FALSE(is_outgrown(0.0, 10.0 * difference, 9.9));
  EXPECT_TRUE(is_outgrown(0.0, 10.0 * difference, 10.1));
}

TEST(Apply, GapsInTheLightAreCountedAndHideNothing) {
  const auto with_gap = [](double size) -> Light {
    return [=](double i, double j) {
      const bool in_gap = std::abs(i - 3.5) <= size && std::abs(j + 4.0) <= size;
      return in_gap ? std::numeric_limits<double>::quiet_NaN() : kCusp(i, j);
    };
  };
  const Light gap = with_gap(0.2);
  const SubpixelRefinement refinement =
      prepare_subpixel_refinements(PointIntegrand(gap), kPoints, {.k_max = 2});
  const auto applied = [&](const Light& light) {
    RefinementCertificate certificate;
    const std::vector<double> pixels = refinement.apply(PointIntegrand(light), &certificate);
    EXPECT_EQ(std::ranges::any_of(pixels, [](double value) { return std::isnan(value); }),
              certificate.n_non_finite > 0);
    return certificate;
  };
  const RefinementCertificate same = applied(gap);
  EXPECT_FALSE(same.outgrown);
  EXPECT_EQ(same.n_non_finite, refinement.certificate().n_non_finite);
  EXPECT_GT(same.n_non_finite, 0);
  EXPECT_GE(same.n_imprecise, same.n_non_finite);
  EXPECT_TRUE(std::isfinite(same.max_error));
  EXPECT_FALSE(applied(kCusp).outgrown);
  EXPECT_TRUE(applied(cusp_at(4.0, 4.0)).outgrown);
  EXPECT_TRUE(applied(with_gap(1.0)).outgrown);
}

TEST(Apply, ManyThreadsGiveTheSameBits) {
  const SubpixelRefinement refinement = prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints);
  const auto light = light_integrand(component_of("sersic", {0.2, 0.3, 100.0, 3.0, 4.0, 0.5, 0.1}));
  const std::vector<double> alone = refinement.apply(*light);
  std::vector<std::vector<double>> results(4);
  {
    std::vector<std::jthread> threads;
    for (std::vector<double>& result : results) {
      threads.emplace_back([&] {
        for (int round = 0; round < 5; ++round) result = refinement.apply(*light);
      });
    }
  }
  for (const std::vector<double>& result : results) EXPECT_EQ(result, alone);
}

TEST(Apply, OutlivesTheObjectItWasCopiedFrom) {
  std::vector<SubpixelRefinement> copies;
  {
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(PointIntegrand(kCusp), Points(kPoints));
    copies.push_back(refinement);
  }
  expect_near(copies[0].apply(PointIntegrand(kCusp)), copies[0].pixels(), 1e-14);
}

TEST(IntegrateWithSubpixelRefinement, PreparesAndApplies) {
  for (const RefinementOptions& options : kOptions) {
    const SubpixelRefinement refinement =
        prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints, options);
    RefinementCertificate certificate;
    EXPECT_EQ(integrate_with_subpixel_refinement(PointIntegrand(kCusp), kPoints, options, &certificate),
              refinement.pixels());
    EXPECT_EQ(certificate.n_evaluations, refinement.certificate().n_evaluations);
    EXPECT_EQ(certificate.sum_error, refinement.certificate().sum_error);
    EXPECT_EQ(certificate.cells_per_level, refinement.certificate().cells_per_level);
  }
}

TEST(ApplySubpixelRefinements, PutsSumsInThePlaceOfParentsDeepestFirst) {
  const Levels integrals = {{1, 2, 3}, {10, 20, 30, 40, 50, 60, 70, 80}, {100, 200, 300, 400}};
  // Cells 2 and 0 are split, in this order; of their children the one with 50.
  EXPECT_EQ(apply_subpixel_refinements(Indices{{2, 0}, {4}}, integrals, 2),
            (std::vector<double>{1000 + 60 + 70 + 80, 2, 100}));
  EXPECT_EQ(apply_subpixel_refinements(Indices{}, Levels{{5, 6}}, 3), (std::vector<double>{5, 6}));
  EXPECT_EQ(apply_subpixel_refinements(Indices{{1}}, Levels{{5, 6}, {7}}, 1), (std::vector<double>{5, 7}));
  EXPECT_EQ(apply_subpixel_refinements(Indices{{}}, Levels{{5, 6}, {}}, 3), (std::vector<double>{5, 6}));
}

TEST(ApplySubpixelRefinements, OfAPreparedRefinementIsItsPixels) {
  const SubpixelRefinement refinement = prepare_subpixel_refinements(PointIntegrand(kCusp), kPoints);
  EXPECT_EQ(apply_subpixel_refinements(refinement.idx_to_refine(), refinement.integrated_pixels(), 3),
            refinement.pixels());
}

TEST(ApplySubpixelRefinements, RefusesLevelsThatDoNotFit) {
  const auto with = [](const Indices& indices, const Levels& integrals, int oversamp) {
    return complaint([&] { apply_subpixel_refinements(indices, integrals, oversamp); });
  };
  const std::string apply = "apply_subpixel_refinements: ";
  const Levels good = {{1, 2}, {1, 2, 3, 4}};
  EXPECT_EQ(with({{1}}, good, 2), "accepted");
  EXPECT_EQ(with({{1}}, good, 0), apply + "oversamp");
  EXPECT_EQ(with({{1}}, good, -2), apply + "oversamp");
  EXPECT_EQ(with({{1}}, good, 3), apply + "integrals of level 1");
  EXPECT_EQ(with({{1, 0}}, good, 2), apply + "integrals of level 1");
  EXPECT_EQ(with({{}}, good, 2), apply + "integrals of level 1");
  EXPECT_EQ(with({{2}}, good, 2), apply + "idx_to_refine[0][0]");
  EXPECT_EQ(with({{-1}}, good, 2), apply + "idx_to_refine[0][0]");
  EXPECT_EQ(with({{1}, {5}}, {{1, 2}, {1, 2, 3, 4}, {1, 2, 3, 4}}, 2), apply + "idx_to_refine[1][0]");
  EXPECT_EQ(with({}, good, 2), apply + "idx_to_refine");
  EXPECT_EQ(with({{1}, {1}}, good, 2), apply + "idx_to_refine");
  EXPECT_EQ(with({}, {}, 2), apply + "idx_to_refine");
}

}  // namespace
}  // namespace gaxel
