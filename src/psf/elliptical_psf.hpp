// PSFs with elliptical isophotes whose transfer functions are known in closed form.
#pragma once

#include "gaxel/psf.hpp"
#include "psf/psf_model.hpp"

namespace gaxel {

/// A PSF whose transfer function is a function of the elliptical frequency alone, times that of the data's
/// pixel. At k along the major axis the elliptical frequency is |k|, along the minor axis q |k|.
class EllipticalPsf : public PsfModel {
 public:
  void add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi, double scale,
                    ComplexTable& out) const override;
  double band(double negligible) const override;
  Support support(double negligible) const override;

 protected:
  explicit EllipticalPsf(const PsfShape& shape) : shape_(shape) {}

  const PsfShape& shape() const { return shape_; }

  /// Overwrites squared elliptical frequencies with the transfer function at
  /// them. `least` and `most`: the smallest above zero and the largest there are.
  struct Range {
    double least;
    double most;
  };
  virtual void transform(std::span<double> squared_frequencies, const Range& range) const = 0;
  /// The elliptical frequency beyond which the transfer function is below `negligible`.
  virtual double highest_frequency(double negligible) const = 0;
  /// The PSF, flux per data pixel, at a radius along the major axis; it falls with it.
  virtual double value(double radius) const = 0;

 private:
  PsfShape shape_;
};

/// exp(-4 ln 2 r^2 / fwhm^2): a Gaussian.
class GaussianPsf final : public EllipticalPsf {
 public:
  explicit GaussianPsf(const PsfShape& shape);

 protected:
  void transform(std::span<double> squared_frequencies, const Range& range) const override;
  double highest_frequency(double negligible) const override;
  double value(double radius) const override;

 private:
  double sigma_;
};

/// (1 + r^2 / a^2)^-beta (Moffat 1969, A&A 3, 455). Its transfer function is
/// 2 / Gamma(nu) (a k / 2)^nu K_nu(a k), nu = beta - 1, K the modified Bessel function.
class MoffatPsf final : public EllipticalPsf {
 public:
  MoffatPsf(const PsfShape& shape, double beta);

 protected:
  void transform(std::span<double> squared_frequencies, const Range& range) const override;
  double highest_frequency(double negligible) const override;
  double value(double radius) const override;

 private:
  double transfer(double argument) const;  // of a times the elliptical frequency

  double beta_;
  double scale_;  // a
};

}  // namespace gaxel
