#include "psf/fft.hpp"

#include <fftw3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include "base/stop_scopes.hpp"

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

// Columns of a small image are transformed where they lie; of a large one so many at a time, side by side in
// memory that stays in the cache (bench_fft).
constexpr std::size_t kSmallImage = 1 << 17;  // pixels
constexpr int kColumns = 8;

constexpr int kRowsBetweenStops = 16;

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

// Rows one by one, then columns, each from one array into another: FFTW's own choice by rule for the whole in
// one array takes up to twice as long (bench_fft).
struct Fft2d::Plans {
  fftw_plan row_forward = nullptr;
  fftw_plan row_backward = nullptr;
  fftw_plan forward = nullptr;  ///< of all columns, or of one that is contiguous
  fftw_plan backward = nullptr;
};

Fft2d::Fft2d(Shape size) : plans_(std::make_unique<Plans>()), size_(size) {
  FftBuffer from = FftBuffer::undefined(size);
  FftBuffer to = FftBuffer::undefined(size);
  fftw_complex* const in = as_complex(from.data());
  fftw_complex* const out = as_complex(to.data());
  // FFTW_ESTIMATE: plans chosen by rule, not by timing, so that equal input gives equal bits in every run.
  // Rows and columns need not begin where the first does relative to vectors.
  constexpr unsigned kByRule = FFTW_ESTIMATE | FFTW_DESTROY_INPUT;
  const bool aligned = fftw_alignment_of(from.data() + 2) == 0;
  const unsigned one_by_one = kByRule | (aligned ? 0U : FFTW_UNALIGNED);
  const int n = from.n_frequencies();
  const auto columns = [&](int sign) {
    return is_small()
               ? fftw_plan_many_dft(1, &size.ny, n, in, nullptr, n, 1, out, nullptr, n, 1, sign, kByRule)
               : fftw_plan_dft_1d(size.ny, in, out, sign, one_by_one);
  };
  const std::scoped_lock lock(planner_mutex());
  plans_->row_forward = fftw_plan_dft_r2c_1d(size.nx, from.data(), out, one_by_one);
  plans_->row_backward = fftw_plan_dft_c2r_1d(size.nx, in, to.data(), one_by_one);
  plans_->forward = columns(FFTW_FORWARD);
  plans_->backward = columns(FFTW_BACKWARD);
}

Fft2d::~Fft2d() {
  const std::scoped_lock lock(planner_mutex());
  for (const fftw_plan plan :
       {plans_->row_forward, plans_->row_backward, plans_->forward, plans_->backward}) {
    fftw_destroy_plan(plan);
  }
}

bool Fft2d::is_small() const {
  return size_.size() <= kSmallImage;
}

void Fft2d::transform_columns(bool forward, FftBuffer& from, FftBuffer& to) const {
  const fftw_plan plan = forward ? plans_->forward : plans_->backward;
  if (is_small()) {
    fftw_execute_dft(plan, as_complex(from.data()), as_complex(to.data()));
    return;
  }
  const std::size_t column = 2 * static_cast<std::size_t>(size_.ny);
  const RecycledArray in = take_array(kColumns * column);
  const RecycledArray out = take_array(kColumns * column);
  for (int first = 0; first < from.n_frequencies(); first += kColumns) {
    stop_if_wanted();
    const int n = std::min(kColumns, from.n_frequencies() - first);
    for (int row = 0; row < size_.ny; ++row) {
      const double* const values = from.spectrum_row(row) + 2 * static_cast<std::ptrdiff_t>(first);
      for (int i = 0; i < n; ++i) std::copy_n(values + 2 * i, 2, in.get() + i * column + 2 * row);
    }
    for (int i = 0; i < n; ++i) {
      fftw_execute_dft(plan, as_complex(in.get() + i * column), as_complex(out.get() + i * column));
    }
    for (int row = 0; row < size_.ny; ++row) {
      double* const values = to.spectrum_row(row) + 2 * static_cast<std::ptrdiff_t>(first);
      for (int i = 0; i < n; ++i) std::copy_n(out.get() + i * column + 2 * row, 2, values + 2 * i);
    }
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
    if (i % kRowsBetweenStops == 0) stop_if_wanted();
    const int row = (used.first + i) % size_.ny;
    double* const to = rows.spectrum_row(row);
    if (i < used.n) {
      fftw_execute_dft_r2c(plans_->row_forward, buffer.spectrum_row(row), as_complex(to));
    } else {
      std::fill_n(to, 2 * static_cast<std::size_t>(rows.n_frequencies()), 0.0);
    }
  }
  transform_columns(true, rows, buffer);
}

void Fft2d::backward(FftBuffer& buffer, RowRange wanted) const {
  FftBuffer rows = FftBuffer::undefined(size_);
  transform_columns(false, buffer, rows);
  for (int i = 0; i < wanted.n; ++i) {
    if (i % kRowsBetweenStops == 0) stop_if_wanted();
    const int row = (wanted.first + i) % size_.ny;
    fftw_execute_dft_c2r(plans_->row_backward, as_complex(rows.spectrum_row(row)), buffer.spectrum_row(row));
  }
}

}  // namespace gaxel
