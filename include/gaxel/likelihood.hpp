// How the noise of an image is distributed: what a fit makes least.
#pragma once

#include <string>
#include <string_view>

namespace gaxel {

/// With d the data, m the model, sigma the error of a pixel, r = (m - d) / sigma; and in electrons
/// D = gain (d + sky) + read_noise^2, M = gain (m + sky) + read_noise^2, both of variance M: read noise is
/// counted as the Poisson noise of as many electrons (Snyder et al. 1993, J. Opt. Soc. Am. A 10, 1014).
enum class Likelihood {
  kGaussian,    ///< sum of r^2
  kModelSigma,  ///< normal of variance M: sum of (M - D)^2 / M + ln M, less the least of it for any M >=
                ///< read_noise^2
  kCash,        ///< Poisson: C = 2 sum of M - D ln M (Cash 1979, ApJ 228, 939, eq. 5)
  kPoissonMlr,  ///< Poisson: 2 sum of M - D + D ln(D / M) (Baker & Cousins 1984, NIM 221, 437)
  kStudentT,    ///< Student's t, sigma its scale: (dof + 1) sum of ln(1 + r^2 / dof)
  kHuber        ///< sum of r^2, beyond the threshold k of 2 k |r| - k^2 (Huber 1964, Ann. Math. Stat. 35, 73)
};

/// "gaussian", "model_sigma", "cash", "poisson_mlr", "student_t" or "huber".
std::string_view to_text(Likelihood likelihood);

/// Whether it asks for the photons of an image: Observation::counts.
constexpr bool needs_counts(Likelihood likelihood) {
  return likelihood == Likelihood::kModelSigma || likelihood == Likelihood::kCash ||
         likelihood == Likelihood::kPoissonMlr;
}

struct LikelihoodOptions {
  Likelihood kind = Likelihood::kGaussian;
  double student_dof = 4.0;  ///< degrees of freedom of Student's t, above 0
  double huber_threshold =
      1.345;  ///< in units of sigma, above 0; 1.345: 95 percent efficient on normal noise

  /// The likelihood of that name with the other values as they are. Throws InputError (`source`, key
  /// "likelihood"), with the nearest name.
  static Likelihood named(std::string_view name, const std::string& source);
  /// Empty when they are valid, else what is wrong.
  std::string problem() const;
};

/// From the counts of an image to the electrons that were detected.
struct CountNoise {
  double gain = 1.0;        ///< electrons per count, exposure and number of averaged images included; above 0
  double read_noise = 0.0;  ///< electrons, at least 0
  double sky = 0.0;         ///< counts that were taken out of the data

  /// Empty when they are valid, else what is wrong.
  std::string problem() const;
};

}  // namespace gaxel
