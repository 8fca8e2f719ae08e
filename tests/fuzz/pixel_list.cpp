// Masks as lists of pixels.
#include "io/pixel_list.hpp"
#include "fuzz/fuzz_target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  static const io::test::TempFolder folder;
  const std::string path = folder.write("pixels.txt", fuzz::text_of(data, size));
  io::is_pixel_list(path);
  fuzz::accepts([&] { io::read_pixel_list(path); });
  return 0;
}
