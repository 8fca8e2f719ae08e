// A result read back as a scene is the same scene.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>

#include "gaxel/light_image.hpp"
#include "io/fits_file.hpp"
#include "io/result_toml.hpp"
#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

using testing_support::sample_result;
using testing_support::sample_task;
using testing_support::ScratchFolder;
using testing_support::write_text;

// The sample's settings have a shape instead of an image, so its frame is that of a whole image.
Task sample_without_offset() {
  Task task = sample_task();
  task.placement = {};
  return task;
}

Task reload(const Task& task, const FitResult& result) {
  const ScratchFolder folder;
  write_text(folder.file("result.toml"), result_toml(task, result));
  return load_task(folder.file("result.toml"), false);
}

void expect_same(double a, double b) {
  if (std::isinf(a) || std::isinf(b)) {
    EXPECT_EQ(a, b);
  } else {
    // Degrees and magnitudes cost the last bits.
    EXPECT_NEAR(a, b, 4e-15 * std::max(1.0, std::abs(a)));
  }
}

void expect_same(const Scene& a, const Scene& b) {
  ASSERT_EQ(a.components.size(), b.components.size());
  for (std::size_t c = 0; c < a.components.size(); ++c) {
    const SceneComponent& one = a.components[c];
    const SceneComponent& other = b.components[c];
    EXPECT_EQ(one.kind, other.kind);
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.flux_is_magnitude, other.flux_is_magnitude);
    EXPECT_EQ(one.image_file, other.image_file);
    ASSERT_EQ(one.image == nullptr, other.image == nullptr);
    if (one.image != nullptr) {
      EXPECT_TRUE(std::ranges::equal(one.image->pixels().pixels(), other.image->pixels().pixels()));
    }
    ASSERT_EQ(one.parameters.size(), other.parameters.size());
    for (std::size_t p = 0; p < one.parameters.size(); ++p) {
      SCOPED_TRACE(one.name + "." + std::string(one.kind->parameters[p].name));
      expect_same(one.parameters[p].value, other.parameters[p].value);
      EXPECT_EQ(one.parameters[p].free, other.parameters[p].free);
      expect_same(one.parameters[p].min, other.parameters[p].min);
      expect_same(one.parameters[p].max, other.parameters[p].max);
    }
  }
}

TEST(ResultToml, ReadsBackAsTheSameScene) {
  const Task task = sample_without_offset();
  const Task again = reload(task, sample_result(task));
  expect_same(task.scene, again.scene);
  EXPECT_EQ(again.shape, task.shape);
  EXPECT_EQ(again.photometry.zeropoint, 25.0);
  EXPECT_EQ(again.photometry.exptime, 10.0);
}

TEST(ResultToml, KeepsEveryKindAndManyValues) {
  std::mt19937_64 generator(7);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  const ScratchFolder folder;
  const std::string stamp = folder.file("it's a \\ \"stamp\".fits");
  Image light(Shape{3, 4}, 1.0);
  light(1, 2) = 5.5;
  FitsWriter writer(stamp);
  writer.add_image(light.view(), "STAMP");
  writer.commit();
  for (int trial = 0; trial < 50; ++trial) {
    Task task = sample_without_offset();
    task.scene.components.clear();
    for (const ComponentKind& row : component_kinds()) {
      const ComponentKind& kind = component_kind(row.name);  // with a number where it takes one
      SceneComponent component{&kind, std::string(kind.name) + " " + std::to_string(trial), {}, false};
      if (kind.family == Family::kImage) {
        component.image = std::make_shared<const LightImage>(light);
        component.image_file = stamp + "[STAMP][1:4,1:3]";
      }
      component.flux_is_magnitude = kind.index_of(Role::kFlux) >= 0 && trial % 2 == 0;
      for (const ParameterSpec& spec : kind.parameters) {
        Parameter parameter;
        const double low = std::isfinite(spec.min) ? spec.min : 0.0;
        const double high = std::isfinite(spec.max) ? spec.max : 30.0;
        parameter.value = low + (high - low) * uniform(generator) * 0.999;
        if (spec.role == Role::kTheta) parameter.value = 3.1 * uniform(generator);
        // Together they must be a shape.
        if (spec.name == "sigma_max" || spec.name == "r_max") parameter.value = high;
        if (spec.name == "softening") parameter.value = low;
        parameter.free = spec.fittable && uniform(generator) < 0.5;
        component.parameters.push_back(parameter);
      }
      task.scene.components.push_back(component);
    }
    expect_same(task.scene, reload(task, sample_result(task)).scene);
  }
}

TEST(ResultToml, WritesFileConventionsAndSaysSo) {
  Task task = sample_task();
  const std::string text = result_toml(task, sample_result(task));
  EXPECT_THAT(text, testing::HasSubstr("1-based"));
  EXPECT_THAT(text, testing::HasSubstr("x = 121.0\n"));
  EXPECT_THAT(text, testing::HasSubstr("n = { value = 2.5, fixed = true }\n"));
  EXPECT_THAT(text, testing::HasSubstr("q = { value = 0.8, max = 0.8 }\n"));
  EXPECT_THAT(text, testing::HasSubstr("shape = [40, 30]"));
}

}  // namespace
}  // namespace gaxel::io
