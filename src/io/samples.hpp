// Samples of the free values of a fit, from a Markov chain for instance.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/task.hpp"

namespace gaxel::io {

/// A table of numbers, in the convention of files.
struct Samples {
  std::vector<std::string> names;            ///< of the columns
  std::vector<std::vector<double>> columns;  ///< all of one length, at least 2
};

/// The samples of the fit's bootstrap, by FreeValueTerms::label(); none without it.
std::optional<Samples> bootstrap_samples(const Task& task, const FitResult& result);

/// Reads an ECSV table of numbers whose fields are between blanks. Throws InputError (source = path and line)
/// for what is none.
Samples read_samples(const std::string& path);

/// Whether a column is one of the fit's free values, by FreeValueTerms::label(); the others of a table say
/// nothing here.
bool has_samples(const Samples& samples, const Task& task, const FitResult& result);

}  // namespace gaxel::io
