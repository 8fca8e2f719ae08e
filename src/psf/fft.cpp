#include "psf/fft.hpp"

#include <fftw3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace gaxel {
namespace {

// FFTW's planner keeps global state: one thread at a time. Executing a plan needs no lock.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

fftw_complex* as_complex(double* data) {
  return reinterpret_cast<fftw_complex*>(data);
}

}  // namespace

FftBuffer::FftBuffer(Shape size) : size_(size) {
  data_ = take_array(n_doubles());
  clear();
}

FftBuffer::FftBuffer(const FftBuffer& other) : size_(other.size_) {
  data_ = take_array(n_doubles());
  std::copy_n(other.data_.get(), n_doubles(), data_.get());
}

void FftBuffer::clear() {
  std::fill_n(data_.get(), n_doubles(), 0.0);
}

struct Fft2d::Plans {
  fftw_plan forward = nullptr;
  fftw_plan backward = nullptr;
};

Fft2d::Fft2d(Shape size) : plans_(std::make_unique<Plans>()), size_(size) {
  FftBuffer buffer(size);
  double* data = buffer.data();
  const std::scoped_lock lock(planner_mutex());
  // FFTW_ESTIMATE: plans chosen by rule, not by timing, so that equal input gives equal bits in every run.
  plans_->forward = fftw_plan_dft_r2c_2d(size.ny, size.nx, data, as_complex(data), FFTW_ESTIMATE);
  plans_->backward = fftw_plan_dft_c2r_2d(size.ny, size.nx, as_complex(data), data, FFTW_ESTIMATE);
}

Fft2d::~Fft2d() {
  const std::scoped_lock lock(planner_mutex());
  fftw_destroy_plan(plans_->forward);
  fftw_destroy_plan(plans_->backward);
}

std::shared_ptr<const Fft2d> Fft2d::of_size(Shape size) {
  static std::mutex mutex;
  static std::map<std::pair<int, int>, std::weak_ptr<const Fft2d>> known;
  const std::scoped_lock lock(mutex);
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<const Fft2d>& entry = known[{size.ny, size.nx}];
  std::shared_ptr<const Fft2d> fft = entry.lock();
  if (!fft) {
    fft = std::make_shared<const Fft2d>(size);
    entry = fft;
  }
  return fft;
}

void Fft2d::forward(FftBuffer& buffer) const {
  fftw_execute_dft_r2c(plans_->forward, buffer.data(), as_complex(buffer.data()));
}

void Fft2d::backward(FftBuffer& buffer) const {
  fftw_execute_dft_c2r(plans_->backward, as_complex(buffer.data()), buffer.data());
}

}  // namespace gaxel
