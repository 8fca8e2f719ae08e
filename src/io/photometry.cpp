#include "io/photometry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace gaxel::io {

namespace {

constexpr double kAbZeroJy = 3631.0;

template <typename Find>
auto first_of(const std::vector<HeaderCards>& headers, const std::string& keyword, Find find)
    -> decltype(find(headers.front(), keyword)) {
  for (const HeaderCards& header : headers) {
    if (auto value = find(header, keyword)) return value;
  }
  return std::nullopt;
}

bool in_mjy_per_sr(const std::vector<HeaderCards>& headers) {
  const std::optional<std::string> text = first_of(headers, "BUNIT", header_value);
  if (!text) return false;
  std::string unit;
  for (const char c : *text) {
    if (c != ' ') unit += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return unit == "mjy/sr" && text->find("mJy") == std::string::npos;  // milli is not mega
}

}  // namespace

double Photometry::counts(double mag) const {
  return exptime *
         std::pow(10.0, -0.4 * (mag - zeropoint.value_or(std::numeric_limits<double>::quiet_NaN())));
}

double Photometry::magnitude(double counts) const {
  if (!(counts > 0.0) || !zeropoint) return std::numeric_limits<double>::quiet_NaN();
  return *zeropoint - 2.5 * std::log10(counts / exptime);
}

double zeropoint_of_mjy_per_sr(double pixel_sr) {
  return -2.5 * std::log10(1e6 * pixel_sr / kAbZeroJy);
}

Photometry read_photometry(const TomlTable& image, const std::vector<HeaderCards>& headers,
                           std::vector<std::string>& notes) {
  Photometry photometry;
  photometry.zeropoint = image.number("zeropoint");
  const NumberRange positive{0.0, std::numeric_limits<double>::infinity(), true};
  const std::optional<double> exptime = image.number("exptime", positive);
  photometry.exptime = exptime.value_or(1.0);
  if (photometry.zeropoint) {
    const auto header_time = first_of(headers, "EXPTIME", header_number);
    if (!exptime && header_time && *header_time != photometry.exptime) {
      notes.push_back(fmt::format(
          "image.exptime is {}, the header's EXPTIME is {}: give exptime when the image is not in "
          "counts per second",
          photometry.exptime, *header_time));
    }
    return photometry;
  }
  const auto pixel_sr = first_of(headers, "PIXAR_SR", header_number);
  if (!in_mjy_per_sr(headers) || !pixel_sr || !(*pixel_sr > 0.0)) return photometry;
  if (photometry.exptime != 1.0) {
    image.fail("exptime", "the image is in MJy/sr, which knows no exposure time",
               "leave it out, or give zeropoint");
  }
  photometry.zeropoint = zeropoint_of_mjy_per_sr(*pixel_sr);
  notes.push_back(fmt::format("image.zeropoint: {:.6f} (AB), from BUNIT = MJy/sr and PIXAR_SR = {}",
                              *photometry.zeropoint, *pixel_sr));
  return photometry;
}

}  // namespace gaxel::io
