// Spectra of convolved light that are added before they are transformed back.
#pragma once

#include <list>

#include "psf/convolver.hpp"

namespace gaxel {

/// The spectra of images of one region, of whatever PSFs, one for each padded size: what is added to the same
/// one takes one transform. Not for several threads at once.
class SpectrumPool {
 public:
  /// What light that goes through the convolver, which must outlive the pool, is added to.
  Convolver::Spectrum& spectrum(const Convolver& convolver);

  /// Adds all that was added to the spectra to `image`, and forgets it.
  void add_to(ImageView image);

 private:
  struct Entry {
    const Convolver* convolver;
    Convolver::Spectrum spectrum;
  };

  std::list<Entry> entries_;
};

}  // namespace gaxel
