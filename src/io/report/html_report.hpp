// The report of a fit: one HTML file that needs nothing else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/samples.hpp"
#include "io/task.hpp"

namespace gaxel::io::report {

struct ReportFacts {
  std::span<const std::vector<Image>> component_images;  ///< of each band, in scene order, after the PSF
  std::string_view version;                              ///< of gaxel
  const Samples* samples = nullptr;                      ///< of the free values, where there are some
};

std::string html_report(const Task& task, const FitResult& result, const ReportFacts& facts);

}  // namespace gaxel::io::report
