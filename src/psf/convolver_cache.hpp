// Convolvers kept with the PSF that they were made for.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "psf/convolver.hpp"

namespace gaxel {

/// The last few convolvers of one PSF. Safe to use from any thread.
class ConvolverCache {
 public:
  /// The convolver of that PSF, from its cache or made now. Throws as the constructor of Convolver does.
  static std::shared_ptr<const Convolver> convolver(const Psf& psf, Shape region,
                                                    const ConvolverOptions& options);

 private:
  struct Entry {
    Shape region;
    ConvolverOptions options;
    std::shared_ptr<const Convolver> convolver;
  };

  std::mutex mutex_;
  std::vector<Entry> entries_;  // the last used is the last
};

}  // namespace gaxel
