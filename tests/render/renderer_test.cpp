// The renderer against closed forms and finite differences; plans, threads, certificate, PSF and bad input.
#include "gaxel/render.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "gaxel/error.hpp"
#include "render/image_bound.hpp"

namespace gaxel {
namespace {

Component make(const char* kind, std::vector<double> values) {
  return {&component_kind(kind), std::move(values)};
}

Image rendered(const std::vector<Component>& components, Shape shape, RenderOptions options = {},
               const std::optional<Psf>& psf = std::nullopt) {
  Image image(shape);
  Renderer(shape, psf, options).render(components, image.view());
  return image;
}

double gaussian_part(double from, double to, double sigma) {
  return 0.5 *
         (std::erf(to / (sigma * std::numbers::sqrt2)) - std::erf(from / (sigma * std::numbers::sqrt2)));
}

TEST(Renderer, GaussianIsExactEverywhere) {
  for (const double rtol : {1e-3, 1e-6, 1e-10}) {
    RenderOptions options;
    options.tolerance = {rtol, 1e-3 * rtol};
    options.certificate = true;
    for (const auto& [re, q, x, y] : {std::tuple{3.0, 0.9, 20.0, 18.0},
                                      {0.2, 0.5, 20.5, 18.5},
                                      {8.0, 0.02, 11.3, 30.9},
                                      {0.01, 0.01, 20.1, 17.9},
                                      {40.0, 0.3, -25.0, 50.0}}) {
      const Shape shape{40, 48};
      const double sx = re / std::sqrt(2.0 * std::numbers::ln2);
      Image image(shape);
      const Certificate certificate =
          Renderer(shape, std::nullopt, options)
              .render({{make("gaussian", {x, y, 2.0, re, q, 0.0})}}, image.view());
      EXPECT_EQ(certificate.n_over, 0);
      EXPECT_FALSE(certificate.limit_hit);
      for (int row = 0; row < shape.ny; ++row) {
        for (int col = 0; col < shape.nx; ++col) {
          const double exact = 2.0 * gaussian_part(col - 0.5 - x, col + 0.5 - x, sx) *
                               gaussian_part(row - 0.5 - y, row + 0.5 - y, q * sx);
          const double error = std::abs(image(row, col) - exact);
          EXPECT_LE(error, options.tolerance.atol * 2.0 + rtol * exact + 4e-15)
              << re << " " << row << " " << col;
          EXPECT_LE(error, certificate.bound(row, col) + 1e-15) << re << " " << row << " " << col;
        }
      }
    }
  }
}

TEST(Renderer, FixedFormsAreSersicProfiles) {
  const Shape shape{30, 30};
  for (const auto& [name, n] : {std::pair{"exponential", 1.0}, {"devaucouleurs", 4.0}, {"gaussian", 0.5}}) {
    const Image fixed = rendered({make(name, {14.2, 15.1, 5.0, 4.0, 0.6, 0.3})}, shape);
    const Image general = rendered({make("sersic", {14.2, 15.1, 5.0, 4.0, n, 0.6, 0.3})}, shape);
    EXPECT_EQ(0, std::memcmp(fixed.data(), general.data(), fixed.size() * sizeof(double))) << name;
  }
}

TEST(Renderer, SkyIsAPlaneAboutItsPivot) {
  const Image image = rendered({make("sky", {10.0, 0.5, -0.25, 3.0, 2.0})}, {6, 8});
  for (int row = 0; row < 6; ++row) {
    for (int col = 0; col < 8; ++col) {
      EXPECT_DOUBLE_EQ(image(row, col), 10.0 + 0.5 * (col - 3) - 0.25 * (row - 2));
    }
  }
}

TEST(Renderer, PointSourceWithoutPsfFillsOnePixel) {
  const Image image = rendered({make("pointsource", {3.4, 2.6, 7.0})}, {6, 8});
  double sum = 0.0;
  for (const double p : image.pixels()) {
    sum += p;
  }
  EXPECT_EQ(image(3, 3), 7.0);
  EXPECT_EQ(sum, 7.0);
  const Image outside = rendered({make("pointsource", {-30.0, 2.6, 7.0})}, {6, 8});
  for (const double p : outside.pixels()) {
    EXPECT_EQ(p, 0.0);
  }
}

Image gaussian_kernel(int size, double sigma) {
  Image kernel(Shape{size, size});
  const double middle = 0.5 * (size - 1);
  for (int row = 0; row < size; ++row) {
    for (int col = 0; col < size; ++col) {
      kernel(row, col) = gaussian_part(col - 0.5 - middle, col + 0.5 - middle, sigma) *
                         gaussian_part(row - 0.5 - middle, row + 0.5 - middle, sigma);
    }
  }
  return kernel;
}

TEST(Renderer, ConvolvedGaussianIsAGaussian) {
  const Shape shape{24, 20};
  const double sigma = 2.4;
  const Psf psf(gaussian_kernel(41, sigma));  // holds the pixel
  RenderOptions options;
  options.certificate = true;
  const double re = 3.0;
  const double q = 0.6;
  const Component galaxy = make("gaussian", {9.3, 12.8, 100.0, re, q, 0.0});
  Image image(shape);
  const Certificate certificate = Renderer(shape, psf, options).render({&galaxy, 1}, image.view());
  const double light = re / std::sqrt(2.0 * std::numbers::ln2);
  const double sx = std::hypot(light, sigma);
  const double sy = std::hypot(q * light, sigma);
  for (int row = 0; row < shape.ny; ++row) {
    for (int col = 0; col < shape.nx; ++col) {
      const double exact = 100.0 * gaussian_part(col - 0.5 - 9.3, col + 0.5 - 9.3, sx) *
                           gaussian_part(row - 0.5 - 12.8, row + 0.5 - 12.8, sy);
      EXPECT_NEAR(image(row, col), exact, certificate.bound(row, col)) << row << " " << col;
      EXPECT_LE(certificate.bound(row, col), 1e-9 * 100.0 + 1e-6 * image(row, col));
    }
  }
  EXPECT_EQ(certificate.n_over, 0);
}

TEST(Renderer, BoundsThePointSourcesToo) {
  const Shape shape{64, 60};
  const Psf psf(gaussian_kernel(25, 2.0));
  for (const double rtol : {1e-6, 1e-10}) {
    RenderOptions options;
    options.tolerance = {rtol, 1e-3 * rtol};
    options.certificate = true;
    Image image(shape);
    const Certificate certificate =
        Renderer(shape, psf, options).render({{make("pointsource", {30.0, 31.0, 1e6})}}, image.view());
    for (int row = 0; row < shape.ny; ++row) {
      for (int col = 0; col < shape.nx; ++col) {
        const int j = row - 31 + 12;
        const int i = col - 30 + 12;
        const double exact = j >= 0 && j < 25 && i >= 0 && i < 25 ? 1e6 * psf.kernel()(j, i) : 0.0;
        EXPECT_LE(std::abs(image(row, col) - exact), certificate.bound(row, col)) << row << " " << col;
      }
    }
    EXPECT_GT(certificate.max_bound, 0.0);
    EXPECT_EQ(certificate.n_over, 0);
  }
}

// Every derivative against central differences of images rendered 1e4 times sharper.
void check_jacobian(const std::vector<Component>& components, Shape shape, const std::optional<Psf>& psf) {
  RenderOptions options;
  options.tolerance = {1e-11, 1e-14};
  const Renderer renderer(shape, psf, options);
  std::vector<std::uint8_t> wanted;
  for (const Component& component : components) {
    for (const ParameterSpec& spec : component.kind->parameters) {
      wanted.push_back(spec.fittable ? 1 : 0);
    }
  }
  std::size_t n_wanted = 0;
  for (const std::uint8_t w : wanted) {
    n_wanted += w;
  }
  Image image(shape);
  std::vector<double> jacobian(n_wanted * shape.size(), -1.0);
  renderer.render_with_jacobian(components, wanted, image.view(), jacobian.data());
  const Image plain = rendered(components, shape, options, psf);
  for (std::size_t i = 0; i < image.size(); ++i) {
    EXPECT_NEAR(image.data()[i], plain.data()[i], 1e-12 * (1.0 + std::abs(plain.data()[i])));
  }
  std::size_t slot = 0;
  for (std::size_t c = 0; c < components.size(); ++c) {
    const auto& specs = components[c].kind->parameters;
    for (std::size_t p = 0; p < specs.size(); ++p) {
      if (!specs[p].fittable) {
        continue;
      }
      const double step = 1e-4;
      const auto shifted = [&](double by) {
        std::vector<Component> moved = components;
        moved[c].values[p] += by;
        return rendered(moved, shape, options, psf);
      };
      const Image p1 = shifted(step);
      const Image m1 = shifted(-step);
      const Image p2 = shifted(2 * step);
      const Image m2 = shifted(-2 * step);
      double largest = 0.0;
      double worst = 0.0;
      for (std::size_t i = 0; i < image.size(); ++i) {
        const double difference =
            (8.0 * (p1.data()[i] - m1.data()[i]) - (p2.data()[i] - m2.data()[i])) / (12.0 * step);
        largest = std::max(largest, std::abs(difference));
        worst = std::max(worst, std::abs(difference - jacobian[slot * shape.size() + i]));
      }
      EXPECT_LT(worst, 2e-8 * largest) << components[c].kind->name << "." << specs[p].name;
      EXPECT_GT(largest, 0.0);
      ++slot;
    }
  }
}

TEST(Renderer, JacobianAgreesWithDifferences) {
  check_jacobian(
      {make("sersic", {9.3, 8.2, 50.0, 3.0, 2.5, 0.5, 0.8}), make("sky", {0.2, 0.01, 0.02, 5.0, 5.0}),
       make("exponential", {4.1, 12.7, 20.0, 2.0, 0.3, -0.4})},
      {18, 16}, std::nullopt);
}

TEST(Renderer, JacobianThroughThePsf) {
  check_jacobian({make("sersic", {9.3, 8.2, 50.0, 2.0, 1.4, 0.7, 0.1}), make("pointsource", {5.3, 6.1, 9.0})},
                 {18, 16}, Psf(gaussian_kernel(13, 1.8)));
}

TEST(Renderer, ThreadsAndRepetitionGiveEqualBits) {
  const Shape shape{300, 200};
  const std::vector<Component> galaxies = {make("sersic", {90.2, 140.4, 10.0, 20.0, 4.0, 0.4, 0.8}),
                                           make("exponential", {30.0, 250.0, 4.0, 9.0, 0.7, 0.1})};
  RenderOptions options;
  const Image one = rendered(galaxies, shape, options);
  for (const int threads : {1, 2, 5, 0}) {
    options.threads = threads;
    const Image many = rendered(galaxies, shape, options);
    EXPECT_EQ(0, std::memcmp(one.data(), many.data(), one.size() * sizeof(double))) << threads;
  }
}

TEST(Renderer, OldNumbersInItsOutputDoNotMatter) {
  const Shape shape{70, 60};
  const std::vector<Component> components = {make("sersic", {30.0, 31.0, 1.0, 8.0, 4.0, 0.5, 0.3}),
                                             make("pointsource", {12.2, 40.0, 3.0}),
                                             make("sky", {0.1, 0.01, -0.02, 30.0, 35.0})};
  std::vector<std::uint8_t> wanted;
  for (const Component& component : components) {
    for (const ParameterSpec& spec : component.kind->parameters) wanted.push_back(spec.fittable ? 1 : 0);
  }
  const auto n = static_cast<std::size_t>(std::ranges::count(wanted, 1));
  const Image kernel(Shape{3, 3}, 1.0);
  for (const std::optional<Psf>& psf : {std::optional<Psf>(), std::optional<Psf>(Psf(kernel))}) {
    const Renderer renderer(shape, psf);
    const auto outputs = [&](double before) {
      std::vector<double> all((n + 1) * shape.size(), before);
      renderer.render_with_jacobian(components, wanted, {all.data(), shape}, all.data() + shape.size());
      return all;
    };
    EXPECT_EQ(outputs(std::nan("")), outputs(0.0)) << psf.has_value();
  }
}

TEST(Renderer, CertificateCountsTheWork) {
  RenderOptions options;
  options.certificate = true;
  Image image(Shape{64, 64});
  const Certificate certificate =
      Renderer(image.shape(), std::nullopt, options)
          .render({{make("sersic", {30.0, 31.0, 1.0, 8.0, 4.0, 0.5, 0.3})}}, image.view());
  ASSERT_GE(certificate.cells_per_level.size(), 2U);
  ASSERT_GE(certificate.tiles_per_size.size(), 4U);  // of 8 pixels and more
  std::int64_t covered = 0;
  for (std::size_t k = 0; k < certificate.tiles_per_size.size(); ++k) {
    covered += certificate.tiles_per_size[k] << (2 * k);
  }
  EXPECT_GT(covered + certificate.cells_per_level.front(), 64 * 64 - 100);
  EXPECT_GE(certificate.cells_per_level.back(), 1);  // the cusp
  EXPECT_GT(certificate.evaluations_per_pixel, 0.1);
  double sum = 0.0;
  for (const double b : certificate.bound.pixels()) {
    sum += b;
  }
  EXPECT_DOUBLE_EQ(sum, certificate.sum_bound);
}

TEST(Renderer, NegativeAndZeroFluxAreLight) {
  const Image up = rendered({make("sersic", {9.3, 8.2, 1.0, 3.0, 2.5, 0.5, 0.8})}, {18, 16});
  const Image down = rendered({make("sersic", {9.3, 8.2, -1.0, 3.0, 2.5, 0.5, 0.8})}, {18, 16});
  const Image none = rendered({make("sersic", {9.3, 8.2, 0.0, 3.0, 2.5, 0.5, 0.8})}, {18, 16});
  for (std::size_t i = 0; i < up.size(); ++i) {
    EXPECT_EQ(up.data()[i], -down.data()[i]);
    EXPECT_EQ(none.data()[i], 0.0);
  }
}

void expect_problem(const std::string& key, const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << "accepted: " << key;
  } catch (const InputError& error) {
    EXPECT_NE(error.problem().key.find(key), std::string::npos) << error.what();
  }
}

TEST(Renderer, RefusesBadInput) {
  RenderOptions options;
  expect_problem("shape", [&] { Renderer({0, 5}); });
  expect_problem("shape", [&] { Renderer({-1, 5}); });
  expect_problem("shape", [&] { Renderer({1 << 20, 1 << 20}); });
  options.tolerance.rtol = 0.0;
  expect_problem("rtol", [&] { Renderer({5, 5}, std::nullopt, options); });
  options.tolerance = {1e-6, std::nan("")};
  expect_problem("atol", [&] { Renderer({5, 5}, std::nullopt, options); });
  options.tolerance = {};
  options.threads = -1;
  expect_problem("threads", [&] { Renderer({5, 5}, std::nullopt, options); });
  expect_problem("n", [&] { rendered({make("sersic", {5, 5, 1, 3, 0.01, 0.5, 0})}, {8, 8}); });
  expect_problem("q", [&] { rendered({make("sersic", {5, 5, 1, 3, 2, 1.5, 0})}, {8, 8}); });
  expect_problem("x", [&] { rendered({make("sersic", {std::nan(""), 5, 1, 3, 2, 0.5, 0})}, {8, 8}); });
  expect_problem("wanted", [&] {
    Image image(Shape{8, 8});
    std::vector<double> jacobian(64);
    const std::vector<std::uint8_t> wanted = {1};
    Renderer(image.shape())
        .render_with_jacobian({{make("sersic", {5, 5, 1, 3, 2, 0.5, 0})}}, wanted, image.view(),
                              jacobian.data());
  });
  expect_problem("sky.x", [&] {
    Image image(Shape{8, 8});
    std::vector<double> jacobian(64);
    const std::vector<std::uint8_t> wanted = {0, 0, 0, 1, 0};
    Renderer(image.shape())
        .render_with_jacobian({{make("sky", {5, 0, 0, 0, 0})}}, wanted, image.view(), jacobian.data());
  });
}

TEST(Certificate, DoesNotPassOverBoundsThatAreNoNumbers) {
  Certificate certificate;
  certificate.bound = Image({1, 3});
  certificate.bound(0, 1) = std::nan("");
  sum_up({}, Image({1, 3}).view(), certificate);
  EXPECT_EQ(certificate.n_over, 1);
  EXPECT_TRUE(certificate.limit_hit);
  EXPECT_TRUE(std::isnan(certificate.max_bound));
}

}  // namespace
}  // namespace gaxel
