// Everything that a fit leaves on disk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/ecsv.hpp"
#include "io/output_folder.hpp"
#include "io/samples.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// What every table of a fit says of where it comes from: creator, scene, image, provenance1 and so on.
TableMeta sources_meta(const Task& task, std::string_view version);

/// Throws InputError when write_fit_output would replace what is no regular file, or a file that the task
/// reads. result.toml may replace the task's own scene.
void check_fit_output(const OutputFolder& folder, const Task& task);

/// Writes block.fits, parameters.ecsv, derived.ecsv, where there are any intervals.ecsv and samples.ecsv,
/// result.toml, report.html and picture.png into the folder and returns their paths in this order. Each is
/// replaced as a whole; when one cannot be written (OutputError) none is. intervals.ecsv and samples.ecsv of
/// an earlier fit are removed.
/// `samples` of the free values, where there are some, are for the report's corner plot in place of the
/// bootstrap's.
std::vector<std::string> write_fit_output(const OutputFolder& folder, const Task& task,
                                          const FitResult& result, std::string_view version,
                                          const Samples* samples = nullptr);

}  // namespace gaxel::io
