#include "io/band_keys.hpp"

#include <array>
#include <limits>
#include <string_view>

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 7> kBandKeys{"name",  "wavelength", "shift", "image",
                                                    "noise", "mask",       "psf"};

}  // namespace

void read_band_keys(const TomlTable& table, bool is_first, TaskImage& own) {
  table.allow_only(kBandKeys);
  const std::optional<std::string> name = table.text("name");
  if (!name || name->empty()) table.fail("name", "missing", "a name of its own for every band");
  own.band = *name;
  const double largest = std::numeric_limits<double>::max();
  const std::optional<double> wavelength = table.number("wavelength", {0.0, largest, true});
  if (!wavelength) table.fail("wavelength", "missing", "a number above 0, in one unit for all bands");
  own.wavelength = *wavelength;
  if (const std::optional<std::vector<double>> shift = table.numbers("shift", 2)) {
    if (is_first) table.fail("shift", "this is the first band, from which the others are shifted", "none");
    own.shift = PixelShift{(*shift)[0], (*shift)[1]};
  }
}

}  // namespace gaxel::io
