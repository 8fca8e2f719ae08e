// Components of a scene as GALFIT's objects.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "legacy/couplings.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/object_rows.hpp"
#include "legacy/scene_source.hpp"

namespace gaxel::legacy {

/// Writes all objects of a scene. References are kept.
class ObjectWriter {
 public:
  /// `split_position`: x and y on lines of their own, as GALFITM has them. `skipped`: numbers of the
  /// components that GALFIT is to leave in the residual.
  ObjectWriter(const SceneSource& source, const GalfitFrame& frame, bool split_position,
               std::vector<int> skipped, std::vector<std::string>& losses)
      : source_(source),
        frame_(frame),
        split_position_(split_position),
        skipped_(std::move(skipped)),
        losses_(losses) {}

  /// Rows of every object. A component that GALFIT has no type for is left out; numbers count what is
  /// written. Refer to the source.
  std::vector<ObjectRow> rows();
  /// Bounds and ties as lines of a constraint file, after rows().
  std::string constraints() const { return constraints_ + couplings_.text(); }
  /// Those on the values in this band alone.
  std::string band_constraints() const { return band_constraints_; }

 private:
  void object(const SceneComponent& component);
  void truncation(const SceneComponent& component);
  void light(const SceneComponent& component, const ObjectType& type);
  void shapes(const SceneComponent& component);
  void write_skip();
  void add(std::string text) { rows_.push_back({std::move(text)}); }
  void row(const std::string& key, std::vector<RowNumber> numbers, std::string_view comment);
  /// A number that stands for a parameter.
  RowNumber number(const SceneComponent& component, const ObjectSlot& slot, double value,
                   const Parameter& parameter) const;
  /// Rows of one parameter: its value, flag and bounds.
  void put(const SceneComponent& component, const ObjectSlot& slot, const std::string& row_key);
  void position(const SceneComponent& component, const std::string& prefix);
  /// Lines of the constraint file.
  void apart(const SceneComponent& component, const ObjectSlot& slot, const Parameter& parameter);
  void limits(const SceneComponent& component, const ObjectSlot& slot, const Parameter& parameter);
  void bounds(const SceneComponent& component, const ObjectSlot& slot, const Parameter& parameter);
  void coefficient_bounds(const SceneComponent& component, const ObjectSlot& slot,
                          const Parameter& parameter);
  const Parameter* find(const SceneComponent& component, std::string_view key) const;
  void lose(const SceneComponent& component, const std::string& what);

  const SceneSource& source_;
  const GalfitFrame& frame_;
  bool split_position_;
  std::vector<int> skipped_;
  std::vector<std::string>& losses_;
  std::vector<int> numbers_;  ///< of each component of the scene; 0: left out
  int number_ = 0;
  std::vector<ObjectRow> rows_;
  std::string constraints_;
  std::string band_constraints_;
  Couplings couplings_;
};

}  // namespace gaxel::legacy
