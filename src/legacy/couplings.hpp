// Ties of a scene as hard couplings of GALFIT's constraint files.
#pragma once

#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "gaxel/scene.hpp"
#include "legacy/galfit_objects.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// A limit of object `follower`'s parameter to one of object `leader`: "1-2  mag -0.5 3" or "2/1  re 1 3",
/// with a line break; empty for those that GALFIT has not. `turned`: "1/2 re", lines that are to be written
/// that way round.
std::string soft_limit_text(const Scene& scene, const Parameter& parameter, const SceneComponent& component,
                            const ObjectSlot& slot, int leader, int follower,
                            std::span<const std::string> turned);

class Couplings {
 public:
  /// Adds a tied parameter of object `follower` to one of object `leader` (numbers of the file; 0: it is not
  /// there), with several bands in all coefficients of it. Returns false for ties that GALFIT has not: it
  /// keeps a difference, or a ratio, of the same row.
  bool add(const Scene& scene, const Parameter& parameter, const ObjectSlot& slot, int leader, int follower);

  /// "1_2_3 x offset", a line for each.
  std::string text() const;

 private:
  std::map<std::tuple<int, std::string, std::string>, std::vector<int>> followers_;
};

}  // namespace gaxel::legacy
