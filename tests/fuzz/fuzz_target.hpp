// What the fuzz targets share. A target is a function of bytes that must end, with little time and memory,
// for all of them: libFuzzer (./dev fuzz) searches for bytes that break it, replay.cpp runs it on those that
// are kept in corpus.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/error.hpp"
#include "io/raw_fits.hpp"

/// The target; libFuzzer knows it by this name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace gaxel::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Runs a reader; returns whether it took its input. A refusal must be an InputError that says what is wrong;
/// anything else that it throws goes on, and ends the program.
template <typename Read>
bool accepts(const Read& read) {
  try {
    read();
    return true;
  } catch (const InputError& error) {
    if (error.problem().what.empty()) std::abort();
    return false;
  }
}

/// What a reader promises of what it took.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// A folder with small files for others to name: image.fits, 8 columns by 6 rows with coordinates on the sky;
/// sigma.fits, mask.fits and segmentation.fits of its size, psf.fits, model.psf of PSFEx, the bad pixels
/// pixels.txt, and limits, constraints of GALFIT for two objects.
class SceneFolder : public io::test::TempFolder {
 public:
  SceneFolder();
};

/// Corpora and data of other tests, from the folder of the tests.
std::string test_file(std::string_view name);

}  // namespace gaxel::fuzz
