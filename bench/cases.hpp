// The galaxies that the benchmarks render.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "integrate/ellipse_frame.hpp"
#include "midpoint.hpp"
#include "profile/sersic.hpp"

namespace gaxel::bench {

struct Case {
  std::string name;
  Shape shape;
  double x, y, re, n, q, theta;

  Component component() const { return {&component_kind("sersic"), {x, y, 1.0, re, n, q, theta}}; }

  MidpointProfile midpoint() const {
    const EllipseFrame f(x, y, re, q, theta);
    const SersicConstants c = sersic_constants(n);
    return {x, y, f.a, f.b, f.c, f.d, c.i0 * f.area_factor(), c.b, c.exponent};
  }
};

inline std::vector<Case> cases() {
  return {
      {"512x512 n=2.5 re=120 q=0.85", {512, 512}, 255.3, 256.1, 120.0, 2.5, 0.85, 0.4},
      {"256x256 n=4 re=15 q=0.7", {256, 256}, 127.3, 128.1, 15.0, 4.0, 0.7, 0.4},
      {"128x128 n=1 re=8 q=0.6", {128, 128}, 63.3, 64.1, 8.0, 1.0, 0.6, 0.4},
      {"64x64 n=4 re=1.2 q=0.5", {64, 64}, 31.3, 32.1, 1.2, 4.0, 0.5, 0.4},
      {"the seed's galaxy 90x100 q=0.1 n=5",
       {90, 100},
       49.7,
       44.8,
       7.943282347242816,
       5.011872336272722,
       0.1,
       0.1},
      {"64x64 n=0.5 re=3 q=0.9", {64, 64}, 31.3, 32.1, 3.0, 0.5, 0.9, 0.4},
  };
}

/// The benchmark scene of GAX: 96 Sersic profiles in 500 x 500 pixels, at random places.
inline std::vector<Case> crowd() {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  std::vector<Case> crowd;
  for (int k = 0; k < 96; ++k) {
    crowd.push_back({"",
                     {500, 500},
                     500.0 * unit(random),
                     500.0 * unit(random),
                     3.0 + 27.0 * unit(random),
                     0.6 + 4.4 * unit(random),
                     0.2 + 0.8 * unit(random),
                     3.14 * unit(random)});
  }
  return crowd;
}

}  // namespace gaxel::bench
