// PSF models in PSFEx's format.
#include "fuzz/fuzz_target.hpp"
#include "io/psfex_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  static const io::test::TempFolder folder;
  const std::string path = folder.write("input.psf", fuzz::text_of(data, size));
  fuzz::accepts([&] {
    if (io::is_psfex_file(path)) io::read_psfex(path, {}).at(10.0, 20.0);
  });
  return 0;
}
