// The live line of a fit on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "gaxel/fit.hpp"

namespace gaxel::cli {

/// Rewrites one line on stderr, at most ten times a second; silent when stderr is not a terminal or `wanted`
/// is false. The line is removed at the end. `least`: what the fit makes least, a word.
class ProgressLine {
 public:
  ProgressLine(bool wanted, std::string_view least);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const FitProgress& progress);
  /// Work of which a share, 0 to 1, is done.
  void show(std::string_view what, double done);
  void clear();

 private:
  bool active_;
  std::string least_;
  bool shown_ = false;
  double last_seconds_ = -1.0;
  int last_percent_ = -1;
};

}  // namespace gaxel::cli
