// What GALFIT leaves behind after a fit: image block, log and restart file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gaxel/fit.hpp"
#include "io/output_folder.hpp"
#include "io/task.hpp"

namespace gaxel::legacy {

/// Throws InputError where an output of the fit of the GALFIT file `task.scene_file` would replace what the
/// fit has read, or no regular file.
void check_galfit_output(const io::OutputFolder& folder, const io::Task& task);

/// Writes the result of a fit of the GALFIT file `task.scene_file` to `folder`: the image block by the name
/// of B) (blank, data, model with parameters in its header, residual), fit.log, to which is appended, and
/// galfit.NN, the file with the final values, NN the first number that is free. Of several bands GALFITM's
/// block, with its tables, and STEM.galfit.NN and STEM.galfit.NN.band, STEM being the name of B):
/// coefficients and values in the bands. Returns the names of the files. Throws OutputError.
std::vector<std::string> write_galfit_output(const io::OutputFolder& folder, const io::Task& task,
                                             const FitResult& result, std::string_view version);

}  // namespace gaxel::legacy
