// Parts of the report that not every fit has.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "io/samples.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

/// Pictures in colour of several bands; empty for one.
std::string color_section(const Task& task, const FitResult& result,
                          std::span<const std::vector<Image>> component_images);

/// What differs from band to band over wavelength; empty where nothing does.
std::string wavelength_section(const Task& task, const FitResult& result);

/// The corner plot, of samples (else those of the fit's bootstrap) where there are some; empty for fewer than
/// two values with errors.
std::string corner_section(const Task& task, const FitResult& result, const Samples* samples);

/// The table of parameters to copy, as text between tabs and for LaTeX.
std::string copy_section(const Task& task, const FitResult& result);

}  // namespace gaxel::io::report
