// GAX's asymmetry: light multiplied by 1 - s cos(t - a).
#pragma once

#include <cmath>

namespace gaxel {

/// s: strength; a: direction, rad, in which light is faintest. t as in FourierModes: 0 along the major axis.
template <class T>
class Asymmetry {
 public:
  Asymmetry(const T& strength, const T& direction) {
    using std::cos, std::sin;
    along_ = strength * cos(direction);
    across_ = strength * sin(direction);
  }

  T factor(const T& cos_t, const T& sin_t) const { return 1.0 - along_ * cos_t - across_ * sin_t; }

 private:
  T along_;
  T across_;
};

}  // namespace gaxel
