// The lower incomplete gamma function as an all-positive series, with its derivatives to the first argument.
#pragma once

namespace gaxel {

/// S(a, x) = sum_k x^k / (a)_(k+1) = e^x x^-a gamma(a, x), scaled by e^-x (DLMF 8.7.1).
struct ScaledGammaSeries {
  double sum;     ///< e^-x S(a, x)
  double d_da;    ///< e^-x dS/da
  double d2_da2;  ///< e^-x d2S/da2
};

/// Where 1 - P(a, x) is below 1e-17 and the series need not be used any more.
double gamma_series_limit(double a);

/// For a > 0 and 0 <= x <= gamma_series_limit(a); relative error about 1e-15.
ScaledGammaSeries scaled_gamma_series(double a, double x);

}  // namespace gaxel
