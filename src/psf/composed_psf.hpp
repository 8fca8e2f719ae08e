// PSFs made of PSFs.
#pragma once

#include <memory>

#include "gaxel/image.hpp"
#include "psf/psf_model.hpp"

namespace gaxel {

using SharedPsfModel = std::shared_ptr<const PsfModel>;

/// A sum of PSFs with weights, whose sum is 1.
class SumPsf final : public PsfModel {
 public:
  struct Term {
    SharedPsfModel psf;
    double weight;
  };

  explicit SumPsf(std::vector<Term> terms);

  void add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi, double scale,
                    ComplexTable& out) const override;
  double band(double negligible) const override;
  Support support(double negligible) const override;

 private:
  std::vector<Term> terms_;
};

/// A PSF whose image on the data's pixels is then convolved with a small matrix, about its middle element.
class DiffusedPsf final : public PsfModel {
 public:
  /// `kernel`: odd size, sum 1.
  DiffusedPsf(SharedPsfModel psf, Image kernel);

  void add_transfer(std::span<const double> kx, std::span<const double> ky, double edge_at_pi, double scale,
                    ComplexTable& out) const override;
  double band(double negligible) const override;
  Support support(double negligible) const override;

 private:
  SharedPsfModel psf_;
  Image kernel_;
  double sum_of_absolutes_;
};

}  // namespace gaxel
