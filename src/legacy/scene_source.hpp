// A scene on its way into another program's file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gaxel/scene.hpp"
#include "io/convention.hpp"
#include "io/scene_image.hpp"
#include "io/toml_table.hpp"

namespace gaxel::legacy {

/// A scene and what it refers to, as one of its bands sees it; only the data's header is read.
struct SceneSource {
  const io::TomlFile* file = nullptr;
  std::optional<std::size_t> band = {};  ///< which [[band]]; none: the scene has none
  std::string band_name = {};
  double wavelength = 0.0;
  std::string folder;  ///< of the scene
  std::string image;   ///< path, extension and section; empty without an image
  io::FileFrame frame;
  io::Section region;                    ///< FITS pixels
  bool region_known = false;             ///< from the scene or from the image
  std::optional<double> pixel_scale;     ///< arcsec, by the header
  std::optional<double> header_exptime;  ///< EXPTIME of the header
  Scene scene;  ///< values are those in this band, also of ties and in the place of coefficients
  std::vector<std::string> notes;

  io::TomlTable root() const { return io::TomlTable(*file, file->root, ""); }
  /// Where [image], [noise], [mask] and [psf] are.
  io::TomlTable tables() const { return band ? root().tables("band")[*band] : root(); }
  /// The path of a file that the scene names.
  std::string path_of(const std::string& name) const;
};

/// `file` must live as long as the result. An image that is not there is no error when the scene gives the
/// region. Throws InputError as io::load_task for what it looks at.
SceneSource read_source(const io::TomlFile& file);

/// The same for a scene of any number of bands, one source for each. Throws InputError for several that do
/// not have the same pixels.
std::vector<SceneSource> read_sources(const io::TomlFile& file);

/// A file for another program, and others that it names.
struct LegacyText {
  std::string text;
  std::vector<std::pair<std::string, std::string>> others;  ///< path, content
  std::vector<std::string> losses;                          ///< what the scene says and the file does not
};

/// Value of a component's parameter with that role in files' units; empty where its kind has none.
std::optional<double> file_number(const SceneSource& source, const SceneComponent& component,
                                  std::string_view key);

/// The surface brightness of a component with a flux, counts per pixel, in the centre or at its scale radius
/// along the major axis. Empty for kinds that have none there, and for shapes other than c0.
std::optional<double> brightness(const SceneComponent& component, bool in_centre);

}  // namespace gaxel::legacy
