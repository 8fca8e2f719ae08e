// Where a rule of integration errs: maps as a FITS file and as a picture.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gaxel/component.hpp"
#include "gaxel/image.hpp"
#include "io/partial_file.hpp"
#include "io/report/png.hpp"

namespace gaxel::io {

struct ErrorMap {
  std::string rule;    ///< "gl7"
  std::string method;  ///< the rule in words, with its settings
  Image error;         ///< (rule - exact) / flux
  double max_error = 0.0;
};

/// What all maps of a file are about.
struct ErrorMapSubject {
  Component profile;
  double truth_bound = 0.0;  ///< of the exact pixels' own errors, as a fraction of the flux
};

/// One map as the primary array; several as one extension each, named like the rules, after a primary unit
/// without pixels. Keywords tell rule and profile, the profile in the keys and conventions of scene files. On
/// the disk when it returns, to be committed. Throws OutputError.
[[nodiscard]] PartialFile write_error_maps(const std::string& path, const ErrorMapSubject& subject,
                                           std::span<const ErrorMap> maps, std::string_view version);

/// A panel of |error| for each map, row by row, on one logarithmic scale from the bound of the truth to the
/// largest error (at most 16 decades, whole ones) that the bar below tells; pixels that are not numbers grey.
/// Needs at least one map.
report::Picture error_picture(const ErrorMapSubject& subject, std::span<const ErrorMap> maps);

}  // namespace gaxel::io
