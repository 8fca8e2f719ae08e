// The report of a fit: one HTML file that needs nothing else.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/task.hpp"

namespace gaxel::io::report {

struct ReportFacts {
  std::span<const Image> component_images;  ///< in scene order, after the PSF
  std::optional<double> pixel_scale;        ///< arcsec, where the image has a WCS
  std::string_view version;                 ///< of gaxel
};

std::string html_report(const Task& task, const FitResult& result, const ReportFacts& facts);

}  // namespace gaxel::io::report
