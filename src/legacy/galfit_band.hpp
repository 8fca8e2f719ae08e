// One band of a GALFIT file: what its headers tell, and its tables of a scene.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/fits_file.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

/// References are kept.
class GalfitBand {
 public:
  /// Reads the header of the band's image. Throws InputError for a fit without one; else an image that is not
  /// there is a warning in the writer's scene. `among_several`: its tables are those of a [[band]].
  GalfitBand(const GalfitDocument& document, std::size_t band, bool among_several, SceneWriter& writer,
             Purpose purpose);

  /// H), J), K) and EXPTIME. Throws InputError for what is no number, and regions outside the image.
  void read_frame();

  const GalfitFrame& frame() const { return frame_; }
  /// GALFIT counts pixels of the section that A) names, scenes those of the file: by how much they differ.
  std::pair<int, int> offset() const;

  /// What a component needs a PSF for.
  struct PsfUse {
    bool light = false;
    bool points = false;  ///< sources that are the PSF itself
  };

  /// Writes [image], [noise], [mask] and [[psf]].
  void write(const PsfUse& use);

 private:
  const TextDocument& text() const { return document_.text; }
  std::size_t line_of(const char* key) const;
  void note(const std::string& what) { writer_.scene().notes.push_back(what); }
  void warn(const std::string& what) { writer_.scene().warnings.push_back(what); }
  void table(const char* name, std::size_t line, bool one_of_many = false);
  double control_number(const char* key, std::size_t index, double fallback) const;
  double header_number(const char* first, const char* second, double fallback);
  void read_facts();
  void read_exptime();
  void read_region();
  void write_image();
  void write_noise();
  void write_mask();
  void write_psf(const PsfUse& use);
  void write_kernel(const std::string& name, std::size_t line);

  const GalfitDocument& document_;
  bool among_several_;
  SceneWriter& writer_;
  Purpose purpose_;
  GalfitFrame frame_;
  std::string image_;
  std::optional<Shape> shape_;  ///< of the image or of the section that A) names
  io::HeaderCards header_;
  std::optional<io::Section> section_;  ///< in the name of the image
  io::Section asked_;                   ///< by H)
  io::Section region_;                  ///< what of it the image has
};

}  // namespace gaxel::legacy
