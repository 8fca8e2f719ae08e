// Renders that are told to stop: at every place where they ask, and what is rendered after.
#include "gaxel/stop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gaxel/render.hpp"

namespace gaxel {
namespace {

constexpr Shape kShape{150, 140};

Component make(const char* kind, std::vector<double> values) {
  return {&component_kind(kind), std::move(values)};
}

std::vector<Component> light(const char* family) {
  if (family == std::string("elliptical")) return {make("sersic", {60.3, 71.2, 100.0, 9.0, 3.5, 0.6, 0.4})};
  if (family == std::string("surface"))
    return {make("nuker", {60.3, 71.2, 100.0, 9.0, 2.0, 1.4, 0.3, 0.6, 0.4})};
  return {make("pointsource", {60.3, 71.2, 100.0})};
}

struct Case {
  const char* family;
  bool psf;
  int threads;
};

// Everything that a renderer does, into one vector.
std::vector<double> all_of(const Case& which) {
  const std::optional<Psf> psf = which.psf ? std::optional(Psf::gaussian({3.0})) : std::nullopt;
  const Renderer renderer(kShape, psf, {{1e-6, 1e-9}, true, which.threads});
  const std::vector<Component> components = light(which.family);
  const std::size_t n = components.front().kind->parameters.size();
  std::vector<std::uint8_t> wanted(n, 1);
  Image image(kShape);
  std::vector<double> results(n * kShape.size());
  const RenderPlan plan = renderer.prepare(components);
  renderer.render_with_jacobian(components, wanted, image.view(), results.data(), plan);
  renderer.render(components, image.view());
  results.insert(results.end(), image.pixels().begin(), image.pixels().end());
  std::vector<double> gradient(n);
  renderer.vjp(components, wanted, image.view(), gradient.data());
  results.insert(results.end(), gradient.begin(), gradient.end());
  return results;
}

class Stop : public testing::TestWithParam<Case> {};

TEST_P(Stop, WhereverItIsAskedForAndLeavesNothingBehind) {
  const std::vector<double> undisturbed = all_of(GetParam());
  std::atomic<int> asked = 0;
  {
    const StopScope scope([&] {
      ++asked;
      return false;
    });
    EXPECT_EQ(all_of(GetParam()), undisturbed);
  }
  const int all = asked;
  ASSERT_GE(all, 3);  // once at least for the plan, the images, and the gradient
  for (const int at : {1, 2, all / 4, all / 2, 3 * all / 4, all}) {
    std::atomic<int> number = 0;
    const StopScope scope([&] { return ++number >= at; });
    EXPECT_THROW(all_of(GetParam()), Cancelled) << at << " of " << all;
  }
  EXPECT_EQ(all_of(GetParam()), undisturbed);
}

TEST_P(Stop, IsAskedForMoreOftenInALargerImage) {
  const auto count = [&](Shape shape) {
    std::atomic<int> asked = 0;
    const StopScope scope([&] {
      ++asked;
      return false;
    });
    const std::optional<Psf> psf = GetParam().psf ? std::optional(Psf::gaussian({3.0})) : std::nullopt;
    Image image(shape);
    Renderer(shape, psf, {{1e-6, 1e-9}, false, GetParam().threads})
        .render(light(GetParam().family), image.view());
    return asked.load();
  };
  const bool nothing_to_do = GetParam().family == std::string("point") && !GetParam().psf;
  if (nothing_to_do) return;
  EXPECT_GT(count({1400, 300}), count({350, 300}));
}

INSTANTIATE_TEST_SUITE_P(All, Stop,
                         testing::Values(Case{"elliptical", false, 1}, Case{"elliptical", true, 1},
                                         Case{"elliptical", true, 3}, Case{"surface", false, 1},
                                         Case{"surface", true, 2}, Case{"point", false, 1},
                                         Case{"point", true, 1}),
                         [](const auto& one) {
                           return std::string(one.param.family) + (one.param.psf ? "Psf" : "") +
                                  std::to_string(one.param.threads);
                         });

}  // namespace
}  // namespace gaxel
