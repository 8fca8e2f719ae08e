// Plans that are kept, and vector-Jacobian products, through PSFs and with every family of components.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "gaxel/error.hpp"
#include "gaxel/render.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{50, 61};

Component sersic(double x, double y, double flux, double re, double n, double q, double theta) {
  return {&component_kind("sersic"), {x, y, flux, re, n, q, theta}};
}

std::vector<Component> field() {
  return {sersic(30.2, 21.7, 900.0, 5.0, 2.5, 0.5, 0.4),
          {&component_kind("pointsource"), {40.3, 12.6, 250.0}},
          sersic(12.0, 40.0, 300.0, 2.0, 1.0, 0.8, -0.3),
          {&component_kind("sky"), {3.0, 0.01, -0.02, 30.0, 25.0}}};
}

Psf lopsided_psf(int side) {
  Image kernel(Shape{side, side});
  for (int row = 0; row < side; ++row) {
    for (int col = 0; col < side; ++col) {
      const double dx = (col - 0.5 * side) / 2.0;
      const double dy = (row - 0.4 * side) / 1.5;
      kernel(row, col) = std::exp(-0.5 * (dx * dx + dy * dy));
    }
  }
  return Psf(kernel);
}

bool same_bits(const Image& a, const Image& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

TEST(RenderPlan, GivesTheSameBitsForAnyNumberOfThreads) {
  const Shape tall{300, 61};
  const std::vector<Component> components = field();
  const RenderPlan plan = Renderer(tall).prepare(components);
  Image one(tall);
  Image four(tall);
  Renderer(tall, std::nullopt, {{}, false, 1}).render(components, one.view(), plan);
  Renderer(tall, std::nullopt, {{}, false, 4}).render(components, four.view(), plan);
  EXPECT_TRUE(same_bits(one, four));
}

TEST(RenderPlan, IsTakenOverWhereItHoldsAndRemadeWhereItDoesNot) {
  const Renderer renderer(kShape);
  std::vector<Component> components = field();
  const RenderPlan first = renderer.prepare(components);
  EXPECT_EQ(first.n_made(), 2);
  components[0].values[0] += 1e-6;
  const RenderPlan second = renderer.prepare(components, first);
  EXPECT_EQ(second.n_made(), 0);
  components[2].values[1] += 3.0;
  const RenderPlan third = renderer.prepare(components, second);
  EXPECT_EQ(third.n_made(), 1);
  const Tolerance tolerance;
  Image kept(kShape);
  Image exact(kShape);
  renderer.render(components, kept.view(), third);
  Renderer(kShape, std::nullopt, {{1e-10, 1e-13}, false, 1}).render(components, exact.view());
  for (std::size_t k = 0; k < kept.size(); ++k) {
    EXPECT_NEAR(kept.data()[k], exact.data()[k], 1450.0 * tolerance.atol + tolerance.rtol * exact.data()[k]);
  }
}

TEST(RenderPlan, OfAnotherGridIsNotTakenOver) {
  const std::vector<Component> components = field();
  const RenderPlan plan = Renderer(kShape).prepare(components);
  EXPECT_EQ(Renderer({kShape.ny + 3, kShape.nx}).prepare(components, plan).n_made(), 2);
}

// Known by its transform, a profile has no pixels to integrate.
TEST(RenderPlan, ThroughAPsfNeedsNoCells) {
  EXPECT_EQ(Renderer(kShape, lopsided_psf(9)).prepare(field()).n_made(), 0);
}

TEST(RenderPlan, ForOtherComponentsIsRefused) {
  const std::vector<Component> components = field();
  const RenderPlan plan = Renderer(kShape).prepare({components.data(), 1});
  Image image(kShape);
  EXPECT_THROW(Renderer(kShape).render(components, image.view(), plan), InputError);
}

// A PSF of 9 x 9 pixels widens an image by 8: the cells' number alone does not tell these grids apart.
TEST(RenderPlan, ForAnotherGridIsRefused) {
  const std::vector<Component> components = field();
  const std::vector<std::uint8_t> none(22, 0);
  const Shape wide{kShape.ny + 8, kShape.nx + 8};
  const Renderer small(kShape);
  const Renderer convolved(kShape, lopsided_psf(9));
  const Renderer large(wide);
  const auto refuses = [&](const Renderer& renderer, const RenderPlan& plan) {
    Image image(renderer.shape());
    EXPECT_THROW(renderer.render(components, image.view(), plan), InputError);
    EXPECT_THROW(renderer.render_with_jacobian(components, none, image.view(), nullptr, plan), InputError);
    EXPECT_THROW(renderer.vjp(components, none, image.view(), nullptr, plan), InputError);
  };
  refuses(small, large.prepare(components));
  refuses(small, convolved.prepare(components));
  refuses(large, convolved.prepare(components));
  refuses(convolved, large.prepare(components));
  Image image(kShape);
  EXPECT_THROW(small.render({}, image.view(), large.prepare({})), InputError);
  try {
    small.render(components, image.view(), convolved.prepare(components));
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("plan"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("50 x 61"), std::string::npos) << error.what();
  }
}

TEST(RenderPlan, OfTheSameGridServesAnotherPsf) {
  const std::vector<Component> components = field();
  const Psf lopsided = lopsided_psf(9);
  const Psf flat(Image(lopsided.kernel().shape(), 1.0), {1, lopsided.x_center(), lopsided.y_center()});
  const Renderer one(kShape, flat);
  const Renderer other(kShape, lopsided);
  const RenderPlan plan = one.prepare(components);
  EXPECT_EQ(plan.n_profiles(), 2);
  Image taken(kShape);
  Image own(kShape);
  other.render(components, taken.view(), plan);
  other.render(components, own.view(), other.prepare(components));
  EXPECT_TRUE(same_bits(taken, own));
}

// The bound is that of the polynomials that make the image, also where components share them.
TEST(Certificate, HoldsForComponentsThatShareTiles) {
  const Shape shape{128, 128};
  std::mt19937_64 random(9);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  int shared = 0;
  for (int trial = 0; trial < 60; ++trial) {
    std::vector<Component> components;
    for (int k = 0; k < 3; ++k) {
      components.push_back(sersic(128.0 * unit(random), 128.0 * unit(random), 1.0, 2.0 + 20.0 * unit(random),
                                  0.5 + 4.0 * unit(random), 0.2 + 0.8 * unit(random), 3.0 * unit(random)));
    }
    Image exact(shape);
    for (const Component& component : components) {
      Image one(shape);
      Renderer(shape, std::nullopt, {{1e-12, 1e-15}, false, 1}).render({&component, 1}, one.view());
      for (std::size_t k = 0; k < exact.size(); ++k) exact.data()[k] += one.data()[k];
    }
    Image image(shape);
    const Certificate certificate =
        Renderer(shape, std::nullopt, {{1e-5, 1e-8}, true, 1}).render(components, image.view());
    shared += static_cast<int>(certificate.tiles_per_size.size()) > 5 ? 1 : 0;
    for (std::size_t k = 0; k < exact.size(); ++k) {
      const double error = std::max(0.0, std::abs(image.data()[k] - exact.data()[k]) - 1e-14);
      ASSERT_LE(error, certificate.bound.data()[k]) << trial << " " << k;
      ASSERT_LE(certificate.bound.data()[k], 3e-8 + 1e-5 * image.data()[k]) << trial << " " << k;
    }
  }
  EXPECT_GT(shared, 10);
}

// Steep light that fades away under tiles with many nodes.
TEST(RenderPlan, ThatHoldsKeepsItsPromiseInTheCertificate) {
  const Shape shape{64, 64};
  const Renderer renderer(shape, std::nullopt, {{1e-6, 1e-9}, true, 1});
  int kept = 0;
  for (const double n : {0.15, 0.3, 0.5, 1.0, 4.0}) {
    for (const double shrink : {0.999, 0.97, 0.9, 0.7}) {
      const Component first = sersic(30.3, 31.2, 1.0, 9.0, n, 0.7, 0.3);
      const Component second = sersic(30.3, 31.2, 1.0, 9.0 * shrink, n, 0.7, 0.3);
      const RenderPlan plan = renderer.prepare({&first, 1});
      const RenderPlan next = renderer.prepare({&second, 1}, plan);
      if (next.n_made() > 0) continue;
      ++kept;
      Image image(shape);
      const Certificate certificate = renderer.render({&second, 1}, image.view(), next);
      EXPECT_EQ(certificate.n_over, 0) << "n " << n << " shrink " << shrink;
    }
  }
  EXPECT_GT(kept, 3);
}

TEST(Tolerance, AFloorIsKeptThroughAPsf) {
  const double floor = 0.05;
  // An edge too sharp for the transform of so large a profile: it is integrated.
  const std::vector<Component> components = {
      {&component_kind("ferrers"), {-580.0, 20.2, 9e5, 600.0, 0.5, 0.0, 0.9, 0.4}}};
  const Psf psf = lopsided_psf(9);
  const Renderer coarse(kShape, psf, {{1e-6, 1e-9, floor}, true, 1});
  const Renderer fine(kShape, psf, {{1e-9, 1e-12}, false, 1});
  Image image(kShape);
  Image exact(kShape);
  const Certificate certificate = coarse.render(components, image.view());
  fine.render(components, exact.view());
  double largest = 0.0;
  for (std::size_t k = 0; k < image.size(); ++k) {
    largest = std::max(largest, std::abs(image.data()[k] - exact.data()[k]));
  }
  EXPECT_LE(largest, floor);
  EXPECT_GT(largest, 1e-9);
  EXPECT_EQ(certificate.n_over, 0);
  Image tight(kShape);
  const Certificate of_tight = Renderer(kShape, psf, {{}, true, 1}).render(components, tight.view());
  EXPECT_LT(certificate.n_evaluations, of_tight.n_evaluations);
}

class Vjp : public ::testing::TestWithParam<int> {};

TEST_P(Vjp, IsTheProductWithTheJacobian) {
  const std::optional<Psf> psf =
      GetParam() == 0 ? std::nullopt : std::optional<Psf>(lopsided_psf(GetParam()));
  const Renderer renderer(kShape, psf);
  const std::vector<Component> components = field();
  std::vector<std::uint8_t> wanted = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 0};
  const std::size_t n = 18;
  Image image(kShape);
  std::vector<double> jacobian(n * kShape.size());
  renderer.render_with_jacobian(components, wanted, image.view(), jacobian.data());
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  Image cotangent(kShape);
  for (double& pixel : cotangent.pixels()) pixel = normal(random);
  std::vector<double> gradient(n, 7.0);
  const RenderPlan plan = renderer.prepare(components);
  for (const RenderPlan& used : {RenderPlan(), plan}) {
    renderer.vjp(components, wanted, cotangent.view(), gradient.data(), used);
    for (std::size_t p = 0; p < n; ++p) {
      double expected = 0.0;
      double size = 0.0;
      for (std::size_t k = 0; k < kShape.size(); ++k) {
        const double product = cotangent.data()[k] * jacobian[p * kShape.size() + k];
        expected += product;
        size += std::abs(product);
      }
      // The render's own plan, or one with a margin: then they agree to the tolerance.
      EXPECT_NEAR(gradient[p], expected, (used.n_made() == 0 ? 1e-12 : 1e-6) * size) << p;
    }
  }
  wanted.pop_back();
  EXPECT_THROW(renderer.vjp(components, wanted, cotangent.view(), gradient.data()), InputError);
}

INSTANTIATE_TEST_SUITE_P(Psfs, Vjp, ::testing::Values(0, 9, 12));

}  // namespace
}  // namespace gaxel
