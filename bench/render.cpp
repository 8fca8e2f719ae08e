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

}  // namespace
}  // namespace gaxel::bench

int main(int argc, char** argv) {
  for (const gaxel::bench::Case& c : gaxel::bench::cases()) {
    gaxel::bench::register_case(c);
  }
  return gaxel::bench::run_all(argc, argv);
}
