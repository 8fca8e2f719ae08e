#include "psf/convolver_cache.hpp"

#include <algorithm>
#include <cstddef>

namespace gaxel {
namespace {

constexpr std::size_t kMostEntries = 4;

// What leaves nothing out is one convolver, whatever may be left out.
ConvolverOptions canonical(const Psf& psf, ConvolverOptions options) {
  if (psf.model().support(options.negligible_light).outside == 0.0) options.negligible_light = 0.0;
  return options;
}

}  // namespace

std::shared_ptr<const Convolver> ConvolverCache::convolver(const Psf& psf, Shape region,
                                                           const ConvolverOptions& options) {
  ConvolverCache& cache = *psf.convolvers_;
  const ConvolverOptions used = canonical(psf, options);
  {
    const std::scoped_lock lock(cache.mutex_);
    const auto found = std::ranges::find_if(
        cache.entries_, [&](const Entry& entry) { return entry.region == region && entry.options == used; });
    if (found != cache.entries_.end()) {
      std::rotate(found, found + 1, cache.entries_.end());
      return cache.entries_.back().convolver;
    }
  }
  // Two threads may make the same one; both are as good.
  auto made = std::make_shared<const Convolver>(psf, region, used);
  const std::scoped_lock lock(cache.mutex_);
  if (cache.entries_.size() == kMostEntries) cache.entries_.erase(cache.entries_.begin());
  cache.entries_.push_back({region, used, made});
  return made;
}

}  // namespace gaxel
