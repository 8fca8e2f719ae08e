#include "render/fading.hpp"

#include <numbers>

#include "integrate/core_window.hpp"
#include "psf/psf_model.hpp"

namespace gaxel {

bool rings(const Psf& psf) {
  return psf.model().band(1e-10) > (1.0 - 1e-9) * std::numbers::pi;
}

std::vector<double> fading(int n, int margin) {
  std::vector<double> share(static_cast<std::size_t>(n), 1.0);
  for (int i = 0; i < margin; ++i) {
    const double value = window_value(kWindowEnd * (i + 1.0) / (margin + 1.0));
    share[static_cast<std::size_t>(margin - 1 - i)] = value;
    share[static_cast<std::size_t>(n - margin + i)] = value;
  }
  return share;
}

}  // namespace gaxel
