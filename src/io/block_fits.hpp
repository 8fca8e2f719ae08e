// Images of a fit or a render in one FITS file, with the WCS of the data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/fits_file.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// Each component alone through its PSF of `psfs`, in scene order.
std::vector<Image> component_images(Shape shape, const FitOptions& options,
                                    std::span<const Component> components, const std::vector<Psf>& psfs);

/// EXTNAMEs of the components: their names in upper case, FITS characters only, made unique by a number and
/// different from the names of the other images.
std::vector<std::string> extension_names(const Scene& scene);

/// Keywords that move the WCS (CRPIXj of every alternative, LTVj) and say which region of the file's image
/// the pixels are (REGION).
std::vector<HeaderKey> region_keys(const HeaderCards& header, const Placement& placement, Shape shape);

/// block.fits: an empty primary unit with the fit's keywords, then DATA, MODEL, RESIDUAL (data - model), one
/// image for each component, SIGMA, and MASK (1: not fitted); of several bands the same for each, the names
/// followed by "_" and the band's. `components`: images of each band. On the disk when it returns, to be
/// committed. Throws OutputError.
[[nodiscard]] PartialFile write_block(const std::string& path, const Task& task, const FitResult& result,
                                      std::span<const std::vector<Image>> components,
                                      std::string_view version);

/// A band, rendered.
struct RenderedBand {
  Image model;
  std::vector<Image> components;  ///< empty when not asked for
  Certificate certificate;        ///< with its bound, when asked for
};

/// What `gaxel render` writes: MODEL as the primary array, then the components and BOUND, as far as they were
/// asked for; of several bands the same for each, the names followed by "_" and the band's. Throws
/// OutputError.
void write_model(const std::string& path, const Task& task, std::span<const RenderedBand> bands,
                 std::string_view version);

}  // namespace gaxel::io
