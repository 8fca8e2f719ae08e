// Components seen through PSFs of their own, against sums of images through one PSF each.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "gaxel/error.hpp"
#include "gaxel/render.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{30, 34};

Component make(const char* kind, std::vector<double> values, int psf) {
  return {&component_kind(kind), std::move(values), psf};
}

std::vector<Psf> psfs() {
  return {Psf::gaussian({2.5}), Psf::moffat({4.0, 0.8, 0.3}, 3.0)};
}

// In no order, and with a sky in between.
std::vector<Component> components() {
  return {make("sersic", {9.3, 12.8, 100.0, 3.0, 2.5, 0.6, 0.8}, 1),
          make("sky", {0.5, 0.01, -0.02, 3.0, 4.0}, 0), make("pointsource", {20.2, 10.7, 30.0}, 0),
          make("exponential", {25.0, 20.1, 50.0, 4.0, 0.5, -0.2}, kNoPsf),
          make("sersic", {15.0, 25.5, 80.0, 2.0, 1.0, 0.9, 0.0}, 0)};
}

std::optional<Psf> psf_of(const Component& component) {
  if (component.psf == kNoPsf) return std::nullopt;
  return psfs()[static_cast<std::size_t>(component.psf)];
}

std::vector<std::uint8_t> fittable(const std::vector<Component>& list) {
  std::vector<std::uint8_t> wanted;
  for (const Component& component : list) {
    for (const ParameterSpec& spec : component.kind->parameters) wanted.push_back(spec.fittable ? 1 : 0);
  }
  return wanted;
}

TEST(MultiPsf, ImageIsTheSumOfTheComponentsImages) {
  RenderOptions options;
  options.certificate = true;
  const MultiPsfRenderer renderer(kShape, psfs(), options);
  const std::vector<Component> list = components();
  Image expected(kShape);
  for (const Component& component : list) {
    Image part(kShape);
    Renderer(kShape, psf_of(component)).render({&component, 1}, part.view());
    for (std::size_t i = 0; i < part.size(); ++i) expected.pixels()[i] += part.pixels()[i];
  }
  for (const MultiPsfPlan& plan : {MultiPsfPlan(), renderer.prepare(list)}) {
    Image image(kShape, -1.0);
    const Certificate certificate = renderer.render(list, image.view(), plan);
    EXPECT_EQ(certificate.total_flux, 260.0);
    EXPECT_EQ(certificate.n_over, 0);
    EXPECT_GT(certificate.max_bound, 0.0);
    for (std::size_t i = 0; i < image.size(); ++i) {
      EXPECT_NEAR(image.pixels()[i], expected.pixels()[i], 1e-12 + 2.0 * certificate.bound.pixels()[i]);
    }
  }
}

TEST(MultiPsf, DerivativesAreThoseOfTheComponents) {
  const MultiPsfRenderer renderer(kShape, psfs());
  const std::vector<Component> list = components();
  const std::vector<std::uint8_t> wanted = fittable(list);
  const auto n = static_cast<std::size_t>(std::ranges::count(wanted, 1));
  Image image(kShape);
  std::vector<double> jacobian(n * kShape.size(), -1.0);
  renderer.render_with_jacobian(list, wanted, image.view(), jacobian.data());
  Image cotangent(kShape);
  for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.pixels()[i] = std::sin(0.7 * double(i));
  std::vector<double> gradient(n, -1.0);
  renderer.vjp(list, wanted, cotangent.view(), gradient.data());
  std::size_t row = 0;
  for (const Component& component : list) {
    const std::vector<std::uint8_t> own = fittable({component});
    std::vector<double> expected(static_cast<std::size_t>(std::ranges::count(own, 1)) * kShape.size());
    Image part(kShape);
    Renderer(kShape, psf_of(component))
        .render_with_jacobian({&component, 1}, own, part.view(), expected.data());
    for (std::size_t first = 0; first < expected.size(); first += kShape.size(), ++row) {
      double product = 0.0;
      for (std::size_t i = 0; i < kShape.size(); ++i) {
        EXPECT_NEAR(jacobian[row * kShape.size() + i], expected[first + i],
                    1e-12 + 1e-9 * std::abs(expected[first + i]));
        product += expected[first + i] * cotangent.pixels()[i];
      }
      EXPECT_NEAR(gradient[row], product, 1e-8);
    }
  }
  EXPECT_EQ(row, n);
}

TEST(MultiPsf, APointAloneIsAGroup) {
  const std::vector<Component> list = {make("pointsource", {20.2, 10.7, 30.0}, 1),
                                       make("exponential", {25.0, 20.1, 50.0, 4.0, 0.5, -0.2}, 0)};
  Image image(kShape);
  const Certificate certificate = MultiPsfRenderer(kShape, psfs()).render(list, image.view());
  Image part(kShape);
  const Certificate of_part = Renderer(kShape, psfs()[0]).render({&list[1], 1}, part.view());
  EXPECT_EQ(certificate.cells_per_level, of_part.cells_per_level);
  EXPECT_EQ(certificate.total_flux, 80.0);
}

TEST(MultiPsf, OnePsfIsARenderer) {
  std::vector<Component> list = components();
  for (Component& component : list) component.psf = 0;
  const Psf psf = psfs()[0];
  Image expected(kShape);
  Image image(kShape);
  Renderer(kShape, psf).render(list, expected.view());
  MultiPsfRenderer(kShape, {psf}).render(list, image.view());
  EXPECT_TRUE(std::ranges::equal(image.pixels(), expected.pixels()));
  Renderer{kShape}.render(list, expected.view());
  MultiPsfRenderer(kShape, {}).render(list, image.view());
  EXPECT_TRUE(std::ranges::equal(image.pixels(), expected.pixels()));
}

std::string problem_key(const std::function<void()>& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.problem().key;
  }
  return "accepted";
}

TEST(MultiPsf, RefusesPsfsThatThereAreNot) {
  const MultiPsfRenderer renderer(kShape, psfs());
  std::vector<Component> list = components();
  Image image(kShape);
  const MultiPsfPlan plan = renderer.prepare(list);
  for (const int psf : {2, -2}) {
    list[0].psf = psf;
    EXPECT_EQ(problem_key([&] { renderer.render(list, image.view()); }), "psf");
  }
  list[0].psf = 0;
  EXPECT_EQ(problem_key([&] { renderer.render(list, image.view(), plan); }), "plan");
}

}  // namespace
}  // namespace gaxel
