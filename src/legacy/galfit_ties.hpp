// Hard couplings of GALFIT's components as ties.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "legacy/galfit_limits.hpp"

namespace gaxel::legacy {

/// A number of an object in SceneObjects.
struct NumberPlace {
  std::size_t object = 0;
  std::size_t mapped = 0;  ///< place in MappedObject::values
  std::size_t value = 0;   ///< place in SceneObject::values
};

/// Where a constraint's parameter of object `number` (from 1) went; empty where its row is not given or not
/// used.
std::optional<NumberPlace> find_number(const GalfitDocument& document, const SceneObjects& objects,
                                       int number, const std::string& parameter);

class TieMaker {
 public:
  TieMaker(const GalfitDocument& document, std::span<const GalfitFrame> frames, SceneObjects& objects)
      : document_(document), frames_(frames), objects_(objects) {}

  /// Lets one number follow another with the difference (kOffset) or ratio (kFixedRatio) that they have in
  /// the input, and hands its bounds on. `covered`: marks of the coefficients that are coupled. Returns why
  /// it cannot be done, or nothing.
  std::string tie(ConstraintForm form, const NumberPlace& follower, const NumberPlace& leader,
                  const std::vector<int>& covered) const;

  /// Whether the number is about b/a above 1, or along axes that swap with it.
  bool has_swapped_axes(const NumberPlace& place) const;

 private:
  struct Side {
    const MappedObject* object;
    const MappedValue* value;
  };
  Side side(const NumberPlace& place, std::size_t band) const;
  SceneValue& scene_value(const NumberPlace& place) const;
  std::vector<int> marks(const NumberPlace& place) const;
  std::string obstacle(ConstraintForm form, const NumberPlace& follower, const NumberPlace& leader,
                       const std::vector<int>& covered) const;
  bool depends_on(const NumberPlace& place, const NumberPlace& other) const;
  std::string name(const NumberPlace& place) const;
  std::string in_bands(const std::vector<double>& numbers) const;

  const GalfitDocument& document_;
  std::span<const GalfitFrame> frames_;
  SceneObjects& objects_;
};

}  // namespace gaxel::legacy
