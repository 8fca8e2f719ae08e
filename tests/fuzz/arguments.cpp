// What is typed on the command line: a profile, the name of an image.
#include <cmath>

#include "fuzz/fuzz_target.hpp"
#include "gaxel/component.hpp"
#include "io/fits_name.hpp"
#include "io/profile_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gaxel;
  const std::string text = fuzz::text_of(data, size);
  fuzz::accepts([&] {
    std::vector<std::string> warnings;
    const Component profile = io::read_profile("--profile", text, {90, 100}, warnings);
    for (const double value : profile.values) fuzz::require(std::isfinite(value));
  });
  fuzz::accepts([&] {
    const io::FitsName name = io::parse_fits_name(text);
    fuzz::require(io::parse_fits_name(name.text()).text() == name.text());
  });
  return 0;
}
