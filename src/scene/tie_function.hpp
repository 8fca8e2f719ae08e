// The expression of a tie, ready to be evaluated.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gaxel/scene.hpp"

namespace gaxel {

/// Copies share their parser: not for two threads at once.
class TieFunction {
 public:
  /// Throws InputError (source and key as given) for an expression that cannot be read or that names what is
  /// no term of the tie: with the place, and the names that there are.
  TieFunction(const Tie& tie, const std::string& where, const std::string& key);
  /// What follows is in this band: its `_wavelength` and `_zeropoint`.
  void in_band(const BandFrame& band);
  /// Of the terms' values, in their order; NaN where it has none.
  double operator()(std::span<const double> terms) const;
  /// The derivatives to the terms, by central differences of order 6: of a smooth expression good to about
  /// 1e-11 of them.
  std::vector<double> derivatives(std::span<const double> terms) const;

 private:
  struct Parser;
  std::shared_ptr<Parser> parser_;
};

}  // namespace gaxel
