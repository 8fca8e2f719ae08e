#include "io/band_keys.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace gaxel::io {
namespace {

constexpr std::array<std::string_view, 7> kBandKeys{"name",  "wavelength", "shift", "image",
                                                    "noise", "mask",       "psf"};

}  // namespace

void read_band_keys(const TomlTable& table, std::vector<std::string>& names, TaskImage& own) {
  table.allow_only(kBandKeys);
  const std::optional<std::string> name = table.text("name");
  if (!name || name->empty()) table.fail("name", "missing", "a name of its own for every band");
  if (std::ranges::find(names, *name) != names.end())
    table.fail("name", "two bands have the same name", "names must be unique");
  own.band = *name;
  const double largest = std::numeric_limits<double>::max();
  const std::optional<double> wavelength = table.number("wavelength", {0.0, largest, true});
  if (!wavelength) table.fail("wavelength", "missing", "a number above 0, in one unit for all bands");
  own.wavelength = *wavelength;
  if (const std::optional<std::vector<double>> shift = table.numbers("shift", 2)) {
    if (names.empty())
      table.fail("shift", "this is the first band, from which the others are shifted", "none");
    own.shift = PixelShift{(*shift)[0], (*shift)[1]};
  }
  names.push_back(*name);
}

}  // namespace gaxel::io
