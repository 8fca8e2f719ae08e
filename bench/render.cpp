// Pixel-integrated images (rtol 1e-6, atol 1e-9, one thread) beside one plain sample a pixel of the same
// galaxy.
#include "gaxel/render.hpp"
#include "cases.hpp"
#include "ratio_reporter.hpp"

namespace gaxel::bench {
namespace {

void register_case(const Case& c) {
  const auto pixels = static_cast<double>(c.shape.size());
  benchmark::RegisterBenchmark((c.name + "/midpoint").c_str(), [c, pixels](benchmark::State& state) {
    Image image(c.shape);
    const MidpointProfile profile = c.midpoint();
    for (auto _ : state) {
      render_midpoint(profile, c.shape.ny, c.shape.nx, image.data());
      benchmark::ClobberMemory();
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
  benchmark::RegisterBenchmark((c.name + "/image").c_str(), [c, pixels](benchmark::State& state) {
    Image image(c.shape);
    const Renderer renderer(c.shape);
    const Component component = c.component();
    for (auto _ : state) {
      renderer.render({&component, 1}, image.view());
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
  benchmark::RegisterBenchmark((c.name + "/image + 7 derivatives").c_str(), [c, pixels](
                                                                                benchmark::State& state) {
    Image image(c.shape);
    const Renderer renderer(c.shape);
    const Component component = c.component();
    const std::vector<std::uint8_t> wanted(component.values.size(), 1);
    std::vector<double> jacobian(wanted.size() * c.shape.size());
    for (auto _ : state) {
      renderer.render_with_jacobian({&component, 1}, wanted, image.view(), jacobian.data());
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
}

void register_crowd() {
  const std::string name = "96 profiles in 500x500";
  const std::vector<Case> profiles = crowd();
  const auto pixels = static_cast<double>(profiles.size() * profiles.front().shape.size());
  benchmark::RegisterBenchmark((name + "/midpoint").c_str(), [=](benchmark::State& state) {
    Image image(profiles.front().shape);
    for (auto _ : state) {
      for (const Case& c : profiles) render_midpoint(c.midpoint(), c.shape.ny, c.shape.nx, image.data());
      benchmark::ClobberMemory();
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
  benchmark::RegisterBenchmark((name + "/image").c_str(), [=](benchmark::State& state) {
    Image image(profiles.front().shape);
    const Renderer renderer(image.shape());
    std::vector<Component> components;
    for (const Case& c : profiles) components.push_back(c.component());
    for (auto _ : state) {
      renderer.render(components, image.view());
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
}

}  // namespace
}  // namespace gaxel::bench

int main(int argc, char** argv) {
  for (const gaxel::bench::Case& c : gaxel::bench::cases()) {
    gaxel::bench::register_case(c);
  }
  gaxel::bench::register_crowd();
  return gaxel::bench::run_all(argc, argv);
}
