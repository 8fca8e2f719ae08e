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

FftBuffer::FftBuffer(Shape size, Undefined) : size_(size) {
  data_ = take_array(n_doubles());
}

FftBuffer FftBuffer::undefined(Shape size) {
  return {size, Undefined{}};
}

FftBuffer::FftBuffer(Shape size) : FftBuffer(size, Undefined{}) {
  clear();
}

FftBuffer::FftBuffer(const FftBuffer& other) : size_(other.size_) {
  data_ = take_array(n_doubles());
  std::copy_n(other.data_.get(), n_doubles(), data_.get());
}

void FftBuffer::clear() {
  std::fill_n(data_.get(), n_doubles(), 0.0);
}

// Rows one by one and columns all at once, each from one array into another: FFTW's own choice by rule for
// the whole in one array copies columns to and fro, and takes up to twice as long (bench_fft).
struct Fft2d::Plans {
  fftw_plan row_forward = nullptr;
  fftw_plan row_backward = nullptr;
  fftw_plan columns_forward = nullptr;
  fftw_plan columns_backward = nullptr;
};

Fft2d::Fft2d(Shape size) : plans_(std::make_unique<Plans>()), size_(size) {
  FftBuffer from = FftBuffer::undefined(size);
  FftBuffer to = FftBuffer::undefined(size);
  fftw_complex* const in = as_complex(from.data());
  fftw_complex* const out = as_complex(to.data());
  const int n = from.n_frequencies();
  // FFTW_ESTIMATE: plans chosen by rule, not by timing, so that equal input gives equal bits in every run.
  // Rows need not begin where the first does relative to vectors.
  constexpr unsigned kByRule = FFTW_ESTIMATE | FFTW_DESTROY_INPUT;
  const bool aligned = size.ny < 2 || fftw_alignment_of(from.spectrum_row(1)) == 0;
  const unsigned rows = kByRule | (aligned ? 0U : FFTW_UNALIGNED);
  const auto columns = [&](int sign) {
    return fftw_plan_many_dft(1, &size.ny, n, in, nullptr, n, 1, out, nullptr, n, 1, sign, kByRule);
  };
  const std::scoped_lock lock(planner_mutex());
  plans_->row_forward = fftw_plan_dft_r2c_1d(size.nx, from.data(), out, rows);
  plans_->row_backward = fftw_plan_dft_c2r_1d(size.nx, in, to.data(), rows);
  plans_->columns_forward = columns(FFTW_FORWARD);
  plans_->columns_backward = columns(FFTW_BACKWARD);
}

Fft2d::~Fft2d() {
  const std::scoped_lock lock(planner_mutex());
  for (const fftw_plan plan :
       {plans_->row_forward, plans_->row_backward, plans_->columns_forward, plans_->columns_backward}) {
    fftw_destroy_plan(plan);
  }
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

void Fft2d::forward(FftBuffer& buffer, RowRange used) const {
  FftBuffer rows = FftBuffer::undefined(size_);
  for (int i = 0; i < size_.ny; ++i) {
    const int row = (used.first + i) % size_.ny;
    double* const to = rows.spectrum_row(row);
    if (i < used.n) {
      fftw_execute_dft_r2c(plans_->row_forward, buffer.spectrum_row(row), as_complex(to));
    } else {
      std::fill_n(to, 2 * static_cast<std::size_t>(rows.n_frequencies()), 0.0);
    }
  }
  fftw_execute_dft(plans_->columns_forward, as_complex(rows.data()), as_complex(buffer.data()));
}

void Fft2d::backward(FftBuffer& buffer, RowRange wanted) const {
  FftBuffer rows = FftBuffer::undefined(size_);
  fftw_execute_dft(plans_->columns_backward, as_complex(buffer.data()), as_complex(rows.data()));
  for (int i = 0; i < wanted.n; ++i) {
    const int row = (wanted.first + i) % size_.ny;
    fftw_execute_dft_c2r(plans_->row_backward, as_complex(rows.spectrum_row(row)), buffer.spectrum_row(row));
  }
}

}  // namespace gaxel
