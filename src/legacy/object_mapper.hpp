// One object of GALFIT's as a component of a scene.
#pragma once

#include <string>
#include <vector>

#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/galfit_objects.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// A number of an object that went into a scene.
struct MappedValue {
  std::string row;
  std::size_t index = 0;  ///< which number of the row
  Conversion conversion = Conversion::kFactor;
  double factor = 1.0;
  bool is_length = false;
  std::size_t value = 0;  ///< place in SceneObject::values
  double input = 0.0;     ///< GALFIT's number
};

/// An object on its way.
struct MappedObject {
  SceneObject object;
  std::vector<MappedValue> values;
  int number = 0;                                         ///< of the object in the file
  Normalisation brightness_at = Normalisation::kDefault;  ///< where row 3 has its surface brightness
};

/// The surface brightness in the centre (of Sersic and de Vaucouleurs that at re) over that where row 3 has
/// it: `scale`, `index` and `break_radius` are GALFIT's rows 4 and 5 and the T4) of the truncation. Not
/// finite where there is no light.
double brightness_factor(std::string_view type, Normalisation at, double scale, double index,
                         double break_radius);

/// Maps object by object. References are kept.
class ObjectMapper {
 public:
  ObjectMapper(const GalfitDocument& document, const GalfitFrame& frame, LegacyScene& scene)
      : document_(document), frame_(frame), scene_(scene) {}

  /// Rows 1 to 10 of light and sky, with its shapes.
  MappedObject light(const GalfitObject& object);
  /// A truncation; `host` is the first object that it cuts, whose place and form it has where it gives none.
  MappedObject truncation(const GalfitObject& object, const GalfitObject& host);

  /// Names in the scene.
  std::string name_of(const GalfitObject& object) const;

 private:
  struct Place {
    const GalfitRow* row = nullptr;
    std::size_t value = 0;
  };

  Place place_of(const GalfitObject& object, const ObjectSlot& slot) const;
  void add(MappedObject& mapped, const ObjectSlot& slot, const Place& place, double factor = 1.0);
  void add_as(MappedObject& mapped, std::string key, Conversion conversion, double factor,
              const Place& place);
  void add_constant(MappedObject& mapped, const char* key, double value, std::size_t line) const;
  void add_missing(MappedObject& mapped, const GalfitObject& object, const ObjectSlot& slot);
  void add_shapes(MappedObject& mapped, const GalfitObject& object);
  void add_rotation(MappedObject& mapped, const GalfitObject& object);
  void add_brightness(MappedObject& mapped, const GalfitObject& object, const TypeName& type);
  double number(const Place& place) const;
  double row_number(const GalfitObject& object, const char* key) const;
  double break_radius(const GalfitObject& object) const;
  void tell(std::vector<std::string>& list, std::size_t line, const std::string& what) const;

  const GalfitDocument& document_;
  const GalfitFrame& frame_;
  LegacyScene& scene_;
};

/// The truncations that an object names, in the order of the file: numbers of objects from 1.
std::vector<int> truncations_of(const GalfitDocument& document, const GalfitObject& object, const char* key);

}  // namespace gaxel::legacy
