// The transforms of padded images, there and back, beside FFTW's own two-dimensional plans that were
// measured: FFTW_MEASURE, and FFTW_ESTIMATE, its choice by rule.
#include <fftw3.h>

#include <memory>
#include <string>

#include "psf/fft.hpp"
#include "ratio_reporter.hpp"

namespace gaxel::bench {
namespace {

class WholePlans {
 public:
  WholePlans(Shape size, unsigned flags) : buffer_(size) {
    auto* const spectrum = reinterpret_cast<fftw_complex*>(buffer_.data());
    forward_ = fftw_plan_dft_r2c_2d(size.ny, size.nx, buffer_.data(), spectrum, flags);
    backward_ = fftw_plan_dft_c2r_2d(size.ny, size.nx, spectrum, buffer_.data(), flags);
    buffer_.clear();
  }
  WholePlans(const WholePlans&) = delete;
  WholePlans& operator=(const WholePlans&) = delete;
  ~WholePlans() {
    fftw_destroy_plan(forward_);
    fftw_destroy_plan(backward_);
  }
  void run() {
    fftw_execute(forward_);
    fftw_execute(backward_);
  }

 private:
  FftBuffer buffer_;
  fftw_plan forward_;
  fftw_plan backward_;
};

void add(int n) {
  const std::string name = std::to_string(n) + "x" + std::to_string(n);
  const auto whole = [n](unsigned flags) {
    return [n, flags](benchmark::State& state) {
      WholePlans plans({n, n}, flags);
      for (auto _ : state) plans.run();
      state.counters["pixels"] = n * n;
      fftw_forget_wisdom();  // that plans by rule be by rule
    };
  };
  const auto ours = [n](benchmark::State& state) {
    const Fft2d fft({n, n});
    FftBuffer buffer({n, n});
    for (auto _ : state) {
      fft.forward(buffer);
      fft.backward(buffer);
    }
    state.counters["pixels"] = n * n;
  };
  benchmark::RegisterBenchmark((name + "/measured").c_str(), whole(FFTW_MEASURE))->Repetitions(3);
  benchmark::RegisterBenchmark((name + "/by rule").c_str(), whole(FFTW_ESTIMATE))->Repetitions(3);
  benchmark::RegisterBenchmark((name + "/rows, then columns").c_str(), ours)->Repetitions(3);
}

}  // namespace
}  // namespace gaxel::bench

int main(int argc, char** argv) {
  for (const int n : {64, 100, 128, 240, 256, 360, 512, 720, 1024, 1440, 2048}) gaxel::bench::add(n);
  return gaxel::bench::run_all(argc, argv, "measured");
}
