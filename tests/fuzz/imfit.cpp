// Imfit's configurations, alone and with the images that its command line names.
#include "fuzz/conversions.hpp"
#include "legacy/imfit_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  static const fuzz::SceneFolder folder;
  const std::string text = fuzz::text_of(data, size);
  fuzz::accepts([&] {
    const auto document = legacy::parse_imfit(legacy::TextDocument::parse(text, "config"));
    fuzz::require(document.text.text() == text);
  });
  const std::string path = folder.write("config", text);
  fuzz::convert_and_load(path, {});
  if (legacy::detect_format(path) != legacy::Format::kImfit) return 0;
  legacy::LegacyOptions options;
  options.imfit.image = folder.path("image.fits");
  options.imfit.psf = folder.path("psf.fits");
  options.imfit.mask = folder.path("mask.fits");
  options.imfit.noise = folder.path("sigma.fits");
  fuzz::convert_and_load(path, options);
  return 0;
}
