// What a scene file asks for, read and ready: the image, the scene, the options, and what outputs need to
// know.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gaxel/fit.hpp"
#include "gaxel/uncertainty.hpp"

namespace gaxel::io {

constexpr int kMostThreads = 1024;  ///< that a scene or the command line may ask for

/// Header cards as they stood in the file, 80 characters each, without END.
using HeaderCards = std::vector<std::string>;

/// counts = exptime * 10^(-0.4 (mag - zeropoint)), as in GALFIT.
struct Photometry {
  std::optional<double> zeropoint;
  double exptime = 1.0;

  double counts(double mag) const;
  double magnitude(double counts) const;  ///< NaN for counts <= 0
};

/// The pixels of the task within the file: column 0, row 0 of Observation::data is FITS pixel (first_x,
/// first_y) of the file's image (1-based, before any section).
struct Placement {
  int first_x = 1;
  int first_y = 1;

  double fits_x(double x) const { return x + first_x; }
  double fits_y(double y) const { return y + first_y; }
  double inner_x(double fits_x) const { return fits_x - first_x; }
  double inner_y(double fits_y) const { return fits_y - first_y; }
};

/// FITS pixels in the file of one band minus those of the same place in that of the first.
struct PixelShift {
  double x = 0.0;
  double y = 0.0;
};

/// An image of a scene. With need_data false (gaxel render) the observation may hold only a shape and a PSF.
struct TaskImage {
  std::string band;  ///< its name; empty for the only one
  double wavelength = 0.0;
  std::string image_file;  ///< as written in the scene, with its extension and section; may be empty
  Observation observation;
  std::vector<std::string> psf_names;  ///< of observation.psfs
  Shape shape;                         ///< of the region that is fitted or rendered
  Placement placement;
  Photometry photometry;
  HeaderCards header;                             ///< of the data image
  std::optional<double> stated_pixel_scale = {};  ///< arcsec, by the scene
  std::optional<PixelShift> shift;                ///< told by the scene, in place of coordinates on the sky
  PixelMap pixels;                                ///< from the first image's region to this one's
};

/// How a result came about, as outputs say it.
struct Provenance {
  struct Input {
    std::string path;
    std::string sha256;  ///< of the file's bytes, hexadecimal
  };
  std::string version;  ///< of gaxel
  std::string command;  ///< as it was typed
  std::vector<Input> inputs;
};

/// Errors that are asked for beside those from the covariance.
struct ErrorRequest {
  bool profile = false;                 ///< the profile likelihood
  std::vector<std::string> names = {};  ///< of these: "re", "galaxy.re"; empty: of all free parameters
  BootstrapOptions bootstrap = {0};     ///< no samples: none
};

/// A scene file, read: its image, or the first of several bands, and what is common to all of them.
struct Task : TaskImage {
  std::vector<TaskImage> others;  ///< the images of the other bands
  std::string scene_file;
  std::string title;
  std::vector<std::string> input_files;  ///< paths of all files that the scene names
  std::optional<Provenance> provenance = {};
  Scene scene;
  FitOptions options;
  ErrorRequest errors;
  std::string
      settings_toml;  ///< every table of the scene but [[component]], for result.toml; paths made absolute
  std::vector<std::string> notes;     ///< what was masked and assumed, for the user to read
  std::vector<std::string> warnings;  ///< what looks like a mistake
};

/// The images of all bands, in order.
std::vector<const TaskImage*> images_of(const Task& task);

/// Pixels of all bands that are not used.
std::int64_t n_masked(const Task& task);

/// What the scene needs to know of a band's image.
BandFrame frame_of(const TaskImage& image);

/// Of the images of all bands, in order.
std::vector<BandFrame> frames_of(const Task& task);

/// As the fit takes them: views of the task's pixels.
std::vector<Band> bands_of(const Task& task);

/// Reads a scene file and every file it names. Paths in it are relative to the scene file's folder.
/// Throws InputError naming file, key, value and what is allowed.
Task load_task(const std::string& scene_file, bool need_data = true);

struct TomlFile;

/// As above, of a scene that is parsed already; file.path is the scene file.
Task load_task(const TomlFile& file, bool need_data);

}  // namespace gaxel::io
