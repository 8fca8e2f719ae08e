// The cells that a component is integrated on, as a drawing.
#pragma once

#include <string>

#include "io/task.hpp"

namespace gaxel::io {

/// An SVG file: all cells, those of the core enlarged, and how many there are of each size. Cells of one size
/// have one colour in every such drawing, smaller ones a lighter one. `component` is the one of the task's
/// scene whose cells these are; its values must be set.
std::string cell_picture(const Task& task, const SceneComponent& component, const CellMap& map);

}  // namespace gaxel::io
