#include "io/header_facts.hpp"

#include <cmath>
#include <string>

#include "io/fits_file.hpp"
#include "io/photometry.hpp"

namespace gaxel::io {

std::optional<double> pixel_scale_arcsec(const HeaderCards& header) {
  const std::string axis = header_value(header, "CTYPE1").value_or("");
  // Celestial axes are named like "RA---TAN" and "GLON-CAR".
  if (axis.size() < 8 || axis[4] != '-') return std::nullopt;
  const auto number = [&](const char* keyword, double fallback) {
    return header_number(header, keyword).value_or(fallback);
  };
  double area = 0.0;
  if (header_number(header, "CD1_1") || header_number(header, "CD1_2")) {
    area = number("CD1_1", 0.0) * number("CD2_2", 0.0) - number("CD1_2", 0.0) * number("CD2_1", 0.0);
  } else {
    const double turn =
        number("PC1_1", 1.0) * number("PC2_2", 1.0) - number("PC1_2", 0.0) * number("PC2_1", 0.0);
    area = turn * number("CDELT1", 0.0) * number("CDELT2", 0.0);
  }
  if (!std::isfinite(area) || area == 0.0) return std::nullopt;
  return 3600.0 * std::sqrt(std::abs(area));
}

std::optional<double> pixel_scale_arcsec(const TaskImage& image) {
  return image.stated_pixel_scale ? image.stated_pixel_scale : pixel_scale_arcsec(image.header);
}

std::optional<double> ab_zeropoint(const HeaderCards& header) {
  const double flam = header_number(header, "PHOTFLAM").value_or(0.0);
  const double pivot = header_number(header, "PHOTPLAM").value_or(0.0);
  if (flam > 0.0 && pivot > 0.0) return -2.5 * std::log10(flam) - 5.0 * std::log10(pivot) - 2.408;
  const double steradian = header_number(header, "PIXAR_SR").value_or(0.0);
  if (steradian > 0.0) return zeropoint_of_mjy_per_sr(steradian);
  return std::nullopt;
}

}  // namespace gaxel::io
