// A profile through a PSF, with and without its derivatives, beside the FFTs alone that convolving as many
// images takes: forward and backward of each, on the same padded size, FFTW_MEASURE.
#include <fftw3.h>

#include "cases.hpp"
#include "gaxel/psf.hpp"
#include "gaxel/render.hpp"
#include "psf/convolver.hpp"
#include "ratio_reporter.hpp"

namespace gaxel::bench {
namespace {

const Case kGalaxy{"256x256, 51x51 PSF", {256, 256}, 127.3, 128.1, 20.0, 3.0, 0.6, 0.4};

Psf moffat() {
  constexpr int kReach = 25;
  Image kernel(Shape{2 * kReach + 1, 2 * kReach + 1});
  for (int row = 0; row < kernel.ny(); ++row) {
    for (int col = 0; col < kernel.nx(); ++col) {
      kernel(row, col) = std::pow(1.0 + (std::pow(row - kReach, 2) + std::pow(col - kReach, 2)) / 6.0, -3.5);
    }
  }
  return Psf(kernel);
}

void register_transforms(const std::string& name, int n_images, Shape padded) {
  benchmark::RegisterBenchmark((name + "/FFTs").c_str(), [=](benchmark::State& state) {
    const std::size_t n = static_cast<std::size_t>(padded.ny) * static_cast<std::size_t>(padded.nx + 2);
    double* data = fftw_alloc_real(n);
    auto* spectrum = reinterpret_cast<fftw_complex*>(data);
    fftw_plan forward = fftw_plan_dft_r2c_2d(padded.ny, padded.nx, data, spectrum, FFTW_MEASURE);
    fftw_plan backward = fftw_plan_dft_c2r_2d(padded.ny, padded.nx, spectrum, data, FFTW_MEASURE);
    std::fill_n(data, n, 0.0);
    for (auto _ : state) {
      for (int i = 0; i < n_images; ++i) {
        fftw_execute(forward);
        fftw_execute(backward);
      }
      benchmark::ClobberMemory();
    }
    fftw_destroy_plan(forward);
    fftw_destroy_plan(backward);
    fftw_free(data);
    state.counters["pixels"] = static_cast<double>(kGalaxy.shape.size());
  })->Repetitions(5);
}

void register_render(const std::string& name, const char* what, bool derivatives, const Renderer& renderer) {
  benchmark::RegisterBenchmark((name + "/" + what).c_str(), [&renderer,
                                                             derivatives](benchmark::State& state) {
    const Component component = kGalaxy.component();
    Image image(kGalaxy.shape);
    const std::vector<std::uint8_t> wanted(component.values.size(), 1);
    std::vector<double> jacobian(wanted.size() * kGalaxy.shape.size());
    for (auto _ : state) {
      if (derivatives) {
        renderer.render_with_jacobian({&component, 1}, wanted, image.view(), jacobian.data());
      } else {
        renderer.render({&component, 1}, image.view());
      }
    }
    state.counters["pixels"] = static_cast<double>(kGalaxy.shape.size());
  })->Repetitions(5);
}

}  // namespace
}  // namespace gaxel::bench

int main(int argc, char** argv) {
  using namespace gaxel::bench;
  const gaxel::Psf psf = moffat();
  const gaxel::Renderer renderer(kGalaxy.shape, psf);
  const gaxel::Shape padded = gaxel::Convolver(psf, kGalaxy.shape).padded();
  register_transforms(kGalaxy.name + " image", 1, padded);
  register_render(kGalaxy.name + " image", "image", false, renderer);
  register_transforms(kGalaxy.name + " derivatives", 8, padded);
  register_render(kGalaxy.name + " derivatives", "image + 7 derivatives", true, renderer);
  return run_all(argc, argv, "FFTs");
}
