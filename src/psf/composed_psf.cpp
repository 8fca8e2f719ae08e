#include "psf/composed_psf.hpp"

#include <cmath>
#include <complex>
#include <utility>

#include "base/stop_scopes.hpp"

namespace gaxel {

SumPsf::SumPsf(std::vector<Term> terms) : terms_(std::move(terms)) {}

void SumPsf::add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi,
                          double scale, ComplexTable& out) const {
  for (const Term& term : terms_) term.psf->add_transfer(kx, ky, edge_at_pi, scale * term.weight, out);
}

double SumPsf::band(double negligible) const {
  double widest = 0.0;
  for (const Term& term : terms_) widest = std::max(widest, term.psf->band(negligible));
  return widest;
}

Support SumPsf::support(double negligible) const {
  Support sum;
  for (const Term& term : terms_) {
    const Support part = term.psf->support(negligible);
    sum.reach = larger(sum.reach, part.reach);
    sum.outside += term.weight * part.outside;
  }
  return sum;
}

DiffusedPsf::DiffusedPsf(SharedPsfModel psf, Image kernel)
    : psf_(std::move(psf)), kernel_(std::move(kernel)), sum_of_absolutes_(0.0) {
  for (const double value : std::as_const(kernel_).pixels()) sum_of_absolutes_ += std::abs(value);
}

void DiffusedPsf::add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi,
                               double scale, ComplexTable& out) const {
  ComplexTable undiffused(ky.size(), kx.size());
  psf_->add_transfer(kx, ky, edge_at_pi, scale, undiffused);
  const int middle_x = kernel_.nx() / 2;
  const int middle_y = kernel_.ny() / 2;
  for (std::size_t j = 0; j < ky.size(); ++j) {
    stop_if_wanted();
    const ConstComplexRow from = std::as_const(undiffused).row(j);
    const ComplexRow to = out.row(j);
    for (std::size_t i = 0; i < kx.size(); ++i) {
      std::complex<double> factor = 0.0;
      for (int row = 0; row < kernel_.ny(); ++row) {
        for (int col = 0; col < kernel_.nx(); ++col) {
          factor += kernel_(row, col) * std::polar(1.0, -kx[i] * (col - middle_x) - ky[j] * (row - middle_y));
        }
      }
      to.re[i] += from.re[i] * factor.real() - from.im[i] * factor.imag();
      to.im[i] += from.re[i] * factor.imag() + from.im[i] * factor.real();
    }
  }
}

double DiffusedPsf::band(double negligible) const {
  return psf_->band(negligible / sum_of_absolutes_);
}

Support DiffusedPsf::support(double negligible) const {
  Support support = psf_->support(negligible);
  support.outside *= sum_of_absolutes_;
  support.reach.left += kernel_.nx() / 2;
  support.reach.right += kernel_.nx() / 2;
  support.reach.down += kernel_.ny() / 2;
  support.reach.up += kernel_.ny() / 2;
  return support;
}

}  // namespace gaxel
