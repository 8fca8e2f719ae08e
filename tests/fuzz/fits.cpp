// FITS files: every unit's header and pixels, the coordinates on the sky in it, and its image as a PSF.
#include "fuzz/fuzz_target.hpp"
#include "gaxel/psf.hpp"
#include "io/fits_file.hpp"
#include "io/header_facts.hpp"
#include "io/photometry.hpp"
#include "io/pixel_summary.hpp"
#include "io/wcs.hpp"

namespace {

using namespace gaxel;

constexpr std::size_t kMostKernel = 1 << 16;  // larger ones take long to look at

void use_pixels(const io::FitsReader& reader, const io::HduInfo& hdu) {
  const Shape shape = reader.shape(hdu);
  Image pixels = reader.read(hdu, io::whole(shape));
  fuzz::require(pixels.size() == shape.size());
  const io::PixelSummary summary = io::summarise(pixels.view());
  fuzz::require(summary.n_finite + summary.n_nan == static_cast<std::int64_t>(shape.size()));
  const io::Section corner{shape.nx, shape.nx, shape.ny, shape.ny};
  const double last = reader.read(hdu, corner)(0, 0);
  const double same = pixels(shape.ny - 1, shape.nx - 1);
  fuzz::require(last == same || (last != last && same != same));
  if (pixels.size() <= kMostKernel) Psf(std::move(pixels), {2.0});
}

void use_header(const io::HeaderCards& header) {
  io::pixel_scale_arcsec(header);
  io::ab_zeropoint(header);
  const io::Wcs wcs(header);
  const io::SkyPoint sky = wcs.sky({1.0, 1.0});
  wcs.pixel(sky.ra, sky.dec);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const io::test::TempFolder folder;
  const std::string bytes = fuzz::text_of(data, size);
  const std::string path = folder.write("input.fits", bytes);
  fuzz::accepts([&] {
    const io::FitsReader reader(path);
    for (const io::HduInfo& hdu : reader.hdus()) {
      fuzz::accepts([&] { use_header(reader.header(hdu)); });
      fuzz::accepts([&] { use_pixels(reader, hdu); });
      fuzz::accepts([&] {
        const std::string column = io::header_value(reader.header(hdu), "TTYPE1").value_or("PSF_MASK");
        fuzz::require(!reader.read_first_row(hdu, column).empty());
      });
    }
  });
  return 0;
}
