// A small task and a result for it, made by hand.
#pragma once

#include <string>

#include "gaxel/fit.hpp"
#include "io/task.hpp"

namespace gaxel::io::testing_support {

/// 30 x 40 pixels from FITS pixel (101, 51) of an image with a WCS; a Sersic galaxy in magnitudes (zero point
/// 25, exposure 10), a point source in counts, a sky; one masked pixel. The model is not the galaxy's: a cone
/// of light.
Task sample_task();

/// Errors 0.01 for every free parameter; the galaxy's q is at a bound, the point's flux degenerate.
FitResult sample_result(const Task& task);

/// An 80-character header card.
std::string card(const std::string& text);

/// A fresh folder below the system's temporary one, removed with its contents at the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::string file(const std::string& name) const { return path + "/" + name; }
  int count() const;  ///< entries in it

  std::string path;
};

void write_text(const std::string& path, const std::string& text);
std::string read_text(const std::string& path);

}  // namespace gaxel::io::testing_support
