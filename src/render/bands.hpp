// Bands of rows that are worked on at the same time, and the work that is done in them.
#pragma once

#include <vector>

#include "base/parallel.hpp"
#include "gaxel/render.hpp"
#include "integrate/execute.hpp"

namespace gaxel {

/// Of the tolerance: a plan that is kept must bear changes of the light.
inline constexpr double kPlanMargin = 0.25;

/// How lights are rendered.
struct LightOptions {
  Grid grid;
  PixelTolerance tolerance;  ///< of light of a total of 1
  int threads;
  bool shared;  ///< among others, with which its far tiles are to be expanded
};

int n_bands(const Grid& grid);
Band band_of(const Grid& grid, int i);

/// The work of a band, or of all of them.
struct Tally {
  WorkCount work;
  bool limit_hit = false;

  void add(const Plan& plan);

  /// The certificate lists the cells of all levels, then the cusps.
  void enter(Certificate& certificate) const;
};

/// Calls work(band number, tally) for every band of the grid; at the same time only for bands whose numbers
/// differ by a multiple of `apart`.
template <class Work>
void for_each_band(const Grid& grid, int threads, int apart, Certificate& certificate, Work&& work) {
  const int n = n_bands(grid);
  std::vector<Tally> tallies(static_cast<std::size_t>(n));
  for (int first = 0; first < apart; ++first) {
    parallel_for((n - first + apart - 1) / apart, threads, [&](int i) {
      const int band = first + apart * i;
      work(band, tallies[static_cast<std::size_t>(band)]);
    });
  }
  for (const Tally& tally : tallies) tally.enter(certificate);
}

}  // namespace gaxel
