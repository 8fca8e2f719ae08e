// GALFIT's limits on differences and ratios as limits of a scene.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "legacy/galfit_ties.hpp"

namespace gaxel::legacy {

class SoftLimits {
 public:
  SoftLimits(const GalfitDocument& document, std::span<const GalfitFrame> frames, SceneObjects& objects)
      : frames_(frames), objects_(objects), ties_(document, frames, objects) {}

  /// Keeps `of` - `from` (kDifference), or `of` / `from` (kRatio), between low and high, GALFIT's numbers: as
  /// a limit of one to the other, whichever can have one. Returns why neither can, or nothing.
  std::string add(ConstraintForm form, const NumberPlace& of, const NumberPlace& from, double low,
                  double high);

  /// Whether that added last limits `from` by `of`.
  bool was_turned() const { return was_turned_; }

 private:
  std::string obstacle(const NumberPlace& follower, const NumberPlace& leader) const;
  std::string key(const NumberPlace& place) const;
  SceneValue& scene_value(const NumberPlace& place) const;
  bool follows(std::string from, const std::string& to) const;

  std::span<const GalfitFrame> frames_;
  SceneObjects& objects_;
  TieMaker ties_;
  std::vector<std::pair<std::string, std::string>> added_;  // follower, leader
  bool was_turned_ = false;
};

}  // namespace gaxel::legacy
