// Light known by its transform: frequencies beyond pi are folded onto those below.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/parallel.hpp"
#include "psf/convolver.hpp"
#include "psf/spline_leak.hpp"

namespace gaxel {
namespace {

// Rows of frequencies that share rows of the half spectrum: those that fold onto row i, and onto its mirror
// image, from which the columns beyond the middle one are taken.
std::vector<int> rows_onto(int i, int n, int last) {
  std::vector<int> rows;
  const auto add_congruent = [&](int row) {
    for (int j = row - n * ((row + last) / n); j <= last; j += n) rows.push_back(j);
  };
  add_congruent(i);
  if (2 * i % n != 0) add_congruent(n - i);
  return rows;
}

int folded(int j, int n) {
  return (j % n + n) % n;
}

// to[j] += response[j] * light[j], to: pairs of real and imaginary part
void add_product(ConstComplexRow response, ConstComplexRow light, std::size_t n, double* to) {
  for (std::size_t j = 0; j < n; ++j) {
    to[2 * j] += response.re[j] * light.re[j] - response.im[j] * light.im[j];
    to[2 * j + 1] += response.re[j] * light.im[j] + response.im[j] * light.re[j];
  }
}

// to[-j] += the complex conjugate of response[j] * light[j]
void add_conjugate_product(ConstComplexRow response, ConstComplexRow light, std::size_t n, double* to) {
  for (std::size_t j = 0; j < n; ++j, to -= 2) {
    to[0] += response.re[j] * light.re[j] - response.im[j] * light.im[j];
    to[1] -= response.re[j] * light.im[j] + response.im[j] * light.re[j];
  }
}

ConstComplexRow from(ConstComplexRow row, std::size_t first) {
  return {row.re + first, row.im + first};
}

// The columns 0 .. n - 1 of frequencies in stretches of half a period, in turn onto the columns of the half
// spectrum and, as conjugates and backwards, onto those of its mirror image: calls visit(first column, number
// of columns, whether mirrored), the first column of a mirrored stretch being that of the middle. Frequencies
// on both (the middle, and whole periods) are visited twice.
template <class Visit>
void for_each_stretch(std::size_t n, std::size_t period, Visit visit) {
  const std::size_t half = period / 2;
  for (std::size_t first = 0; first < n; first += half) {
    visit(first, std::min(half + 1, n - first), first / half % 2 == 1);
  }
}

}  // namespace

void Convolver::add_row(int j, std::span<Spectrum* const> spectra, const FourierLight& light,
                        ComplexTable& scratch) const {
  const auto row = static_cast<std::size_t>(response_.last_y + j);
  const std::size_t used = response_.used[row];
  if (used == 0) return;
  std::vector<ComplexRow> out(spectra.size());
  for (std::size_t d = 0; d < out.size(); ++d) out[d] = scratch.row(d);
  light.row(response_.ky[row], std::span(response_.kx).first(used), out);
  const ConstComplexRow response = response_.values.row(row);
  const int direct_row = folded(j, padded_.ny);
  const int mirrored_row = folded(-j, padded_.ny);
  const auto period = static_cast<std::size_t>(padded_.nx);
  for (std::size_t d = 0; d < out.size(); ++d) {
    const ConstComplexRow values{out[d].re, out[d].im};
    FftBuffer& buffer = spectra[d]->buffer_;
    for_each_stretch(used, period, [&](std::size_t first, std::size_t n, bool mirrored) {
      if (mirrored) {
        add_conjugate_product(from(response, first), from(values, first), n,
                              buffer.spectrum_row(mirrored_row) + period);
      } else {
        add_product(from(response, first), from(values, first), n, buffer.spectrum_row(direct_row));
      }
    });
  }
}

void Convolver::add(std::span<Spectrum* const> spectra, const FourierLight& light, int threads) const {
  parallel_for(padded_.ny / 2 + 1, threads, [&](int i) {
    ComplexTable scratch(spectra.size(), response_.kx.size());
    for (const int j : rows_onto(i, padded_.ny, response_.last_y)) add_row(j, spectra, light, scratch);
  });
}

void Convolver::weigh_row(int j, const Spectrum& spectrum, ComplexRow weights) const {
  const auto row = static_cast<std::size_t>(response_.last_y + j);
  const std::size_t used = response_.used[row];
  const ConstComplexRow response = response_.values.row(row);
  const double* direct = spectrum.buffer_.spectrum_row(folded(j, padded_.ny));
  const double* mirrored_end =
      spectrum.buffer_.spectrum_row(folded(-j, padded_.ny)) + static_cast<std::ptrdiff_t>(padded_.nx);
  for_each_stretch(used, static_cast<std::size_t>(padded_.nx),
                   [&](std::size_t first, std::size_t n, bool mirrored) {
                     for (std::size_t i = 0; i < n; ++i) {
                       // The spectrum's value at this frequency, conjugate; twice, for the negative one.
                       const double* at = mirrored ? mirrored_end - 2 * i : direct + 2 * i;
                       const double re = 2.0 * at[0];
                       const double im = mirrored ? 2.0 * at[1] : -2.0 * at[1];
                       const double t_re = response.re[first + i];
                       const double t_im = response.im[first + i];
                       weights.re[first + i] = t_re * re - t_im * im;
                       weights.im[first + i] = t_re * im + t_im * re;
                     }
                   });
  if (used > 0) {
    weights.re[0] *= 0.5;
    weights.im[0] *= 0.5;
  }
}

void Convolver::add_adjoint(const Spectrum& spectrum, const FourierLight& light, std::span<double> products,
                            int threads) const {
  // Each row's products apart, and added in order: the same bits on any number of threads.
  const std::size_t n = light.n_images();
  const std::size_t n_rows = response_.ky.size();
  std::vector<double> of_rows(n_rows * n);
  for_each_weight(spectrum, threads,
                  [&](std::size_t row, double ky, std::span<const double> kx, ConstComplexRow weights) {
                    light.row_adjoint(ky, kx, weights, std::span(of_rows).subspan(row * n, n));
                  });
  std::fill(products.begin(), products.end(), 0.0);
  for (std::size_t i = 0; i < of_rows.size(); ++i) products[i % n] += of_rows[i];
}

double Convolver::aliasing(int m, int order) const {
  std::vector<double> leak_x;
  for (const double k : response_.kx) leak_x.push_back(spline_leak(k, m, order));
  double sum = 0.0;
  for (std::size_t row = 0; row < response_.ky.size(); ++row) {
    const ConstComplexRow values = response_.values.row(row);
    const double leak_y = spline_leak(response_.ky[row], m, order);
    for (std::size_t i = 0; i < response_.used[row]; ++i) {
      sum +=
          (i == 0 ? 1.0 : 2.0) * std::hypot(values.re[i], values.im[i]) * std::min(leak_x[i] + leak_y, 1.0);
    }
  }
  return sum;
}

}  // namespace gaxel
