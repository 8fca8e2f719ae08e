// A whole fit, 200 x 200 pixels, 8 free parameters, 31 x 31 PSF, from a start that is off in every parameter,
// beside one plain midpoint render of the galaxy.
#include <random>

#include "cases.hpp"
#include "gaxel/fit.hpp"
#include "ratio_reporter.hpp"

namespace gaxel::bench {
namespace {

const Case kGalaxy{"200x200 fit, 8 parameters, 31x31 PSF", {200, 200}, 99.3, 101.2, 12.0, 2.8, 0.6, 0.7};

Psf moffat() {
  Image kernel(Shape{31, 31});
  for (int row = 0; row < 31; ++row) {
    for (int col = 0; col < 31; ++col) {
      const double r2 = (row - 15.0) * (row - 15.0) + (col - 15.0) * (col - 15.0);
      kernel(row, col) = std::pow(1.0 + r2 / 4.0, -3.0);
    }
  }
  return Psf(kernel);
}

Observation observation() {
  constexpr double kFlux = 20000.0;
  constexpr double kSky = 5.0;
  Observation made;
  made.psfs = {moffat()};
  made.data = Image(kGalaxy.shape);
  Component galaxy = kGalaxy.component();
  galaxy.values[2] = kFlux;
  MultiPsfRenderer(kGalaxy.shape, made.psfs).render({&galaxy, 1}, made.data.view());
  made.sigma = Image(kGalaxy.shape);
  made.used.assign(kGalaxy.shape.size(), 1);
  std::mt19937_64 random(1);
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < made.data.size(); ++i) {
    double& pixel = made.data.data()[i];
    pixel += kSky;
    made.sigma.data()[i] = std::sqrt(pixel);
    pixel += made.sigma.data()[i] * normal(random);
  }
  return made;
}

Scene start() {
  Scene scene;
  SceneComponent galaxy{&component_kind("sersic"), "galaxy", {}, true};
  for (const double value : {97.0, 103.0, 30000.0, 8.0, 1.5, 0.8, 0.2}) {
    galaxy.parameters.push_back({.value = value});
  }
  scene.components.push_back(galaxy);
  SceneComponent sky{&component_kind("sky"), "sky", {}, false};
  for (const double value : {0.0, 0.0, 0.0, 100.0, 100.0}) {
    sky.parameters.push_back({.value = value, .free = false});
  }
  sky.parameters[0].free = true;
  scene.components.push_back(sky);
  return scene;
}

}  // namespace
}  // namespace gaxel::bench

int main(int argc, char** argv) {
  using namespace gaxel::bench;
  const auto pixels = static_cast<double>(kGalaxy.shape.size());
  benchmark::RegisterBenchmark((kGalaxy.name + "/midpoint").c_str(), [pixels](benchmark::State& state) {
    gaxel::Image image(kGalaxy.shape);
    const MidpointProfile profile = kGalaxy.midpoint();
    for (auto _ : state) {
      render_midpoint(profile, kGalaxy.shape.ny, kGalaxy.shape.nx, image.data());
      benchmark::ClobberMemory();
    }
    state.counters["pixels"] = pixels;
  })->Repetitions(5);
  const gaxel::Observation observed = observation();
  benchmark::RegisterBenchmark((kGalaxy.name + "/fit").c_str(),
                               [&observed, pixels](benchmark::State& state) {
                                 for (auto _ : state) {
                                   const gaxel::FitResult result = gaxel::fit(observed, start());
                                   if (result.stop_reason != gaxel::StopReason::kConverged) {
                                     state.SkipWithError("the fit did not converge");
                                     break;
                                   }
                                 }
                                 state.counters["pixels"] = pixels;
                               })
      ->Repetitions(5)
      ->Unit(benchmark::kMillisecond);
  return run_all(argc, argv);
}
