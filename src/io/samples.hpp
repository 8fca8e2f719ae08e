// Samples of the free values of a fit, from a Markov chain for instance.
#pragma once

#include <string>
#include <vector>

#include "io/task.hpp"

namespace gaxel::io {

/// A table of numbers, in the convention of files.
struct Samples {
  std::vector<std::string> names;            ///< of the columns
  std::vector<std::vector<double>> columns;  ///< all of one length, at least 2
};

/// The name of a free value's column: component.key as in the table of parameters; of a value in one band
/// component.key.band; of coefficient i of a series component.key_i.
std::string sample_name(const Task& task, const FitResult& result, const FreeValue& free);

/// Reads an ECSV table of numbers whose fields are between blanks. Throws InputError (source = path and line)
/// for what is none.
Samples read_samples(const std::string& path);

/// Whether a column is one of the fit's free values; the others of a table say nothing here.
bool has_samples(const Samples& samples, const Task& task, const FitResult& result);

}  // namespace gaxel::io
