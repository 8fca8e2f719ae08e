#include "render/spectrum_pool.hpp"

#include <algorithm>

#include "render/add_pixels.hpp"

namespace gaxel {

Convolver::Spectrum& SpectrumPool::spectrum(const Convolver& convolver) {
  const auto known = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.convolver->padded() == convolver.padded(); });
  if (known != entries_.end()) return known->spectrum;
  entries_.push_back({&convolver, convolver.make_spectrum()});
  return entries_.back().spectrum;
}

void SpectrumPool::add_to(ImageView image) {
  Image convolved(image.shape());
  for (Entry& entry : entries_) {
    entry.convolver->convolve(entry.spectrum, convolved.view());
    add_pixels(convolved.pixels(), image.pixels());
  }
  entries_.clear();
}

}  // namespace gaxel
