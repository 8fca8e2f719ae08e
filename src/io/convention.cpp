#include "io/convention.hpp"

#include <cmath>
#include <numbers>

namespace gaxel::io {

namespace {

constexpr double kDegreesPerRadian = 180.0 / std::numbers::pi;

}  // namespace

std::string_view file_key(const ParameterSpec& spec, bool flux_is_magnitude) {
  switch (spec.role) {
    case Role::kFlux:
      return flux_is_magnitude ? "mag" : spec.name;
    case Role::kTheta:
    case Role::kRotation:
      return "pa";
    case Role::kSlopeX:
      return "dx";
    case Role::kSlopeY:
      return "dy";
    default:
      return spec.name;
  }
}

std::string_view file_unit(const ParameterSpec& spec, bool flux_is_magnitude) {
  switch (spec.role) {
    case Role::kFlux:
      return flux_is_magnitude ? "mag" : spec.unit;
    case Role::kTheta:
    case Role::kRotation:
      return "deg";
    default:
      return spec.unit;
  }
}

std::string_view file_doc(const ParameterSpec& spec) {
  switch (spec.role) {
    case Role::kTheta:
      return "direction of the major axis, counter-clockwise from +y";
    case Role::kRotation:
      return "rotation, counter-clockwise: the direction of the image's +y axis from +y";
    default:
      return spec.doc;
  }
}

std::string file_doc(const ComponentKind& kind) {
  std::string text(kind.doc);
  for (const ParameterSpec& spec : kind.parameters) {
    const std::string_view key = file_key(spec, false);
    if (key == spec.name) continue;
    for (std::size_t at = text.find(spec.name); at != std::string::npos;
         at = text.find(spec.name, at + key.size())) {
      text.replace(at, spec.name.size(), key);
    }
  }
  return text;
}

double to_file(Role role, bool flux_is_magnitude, double inner, const FileFrame& frame) {
  switch (role) {
    case Role::kX:
      return frame.placement.fits_x(inner);
    case Role::kY:
      return frame.placement.fits_y(inner);
    case Role::kFlux:
      return flux_is_magnitude ? frame.photometry.magnitude(inner) : inner;
    case Role::kTheta:
      return inner * kDegreesPerRadian - 90.0;
    case Role::kRotation:
      return inner * kDegreesPerRadian;
    default:
      return inner;
  }
}

double to_inner(Role role, bool flux_is_magnitude, double in_file, const FileFrame& frame) {
  switch (role) {
    case Role::kX:
      return frame.placement.inner_x(in_file);
    case Role::kY:
      return frame.placement.inner_y(in_file);
    case Role::kFlux:
      return flux_is_magnitude ? frame.photometry.counts(in_file) : in_file;
    case Role::kTheta:
      return (in_file + 90.0) / kDegreesPerRadian;
    case Role::kRotation:
      return in_file / kDegreesPerRadian;
    default:
      return in_file;
  }
}

std::vector<double> LinearMap::of_series(Basis basis, std::vector<double> coefficients) const {
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    coefficients[i] = factor * coefficients[i] + (basis == Basis::kBSpline || i == 0 ? constant : 0.0);
  return coefficients;
}

LinearMap map_to_file(Role role, const FileFrame& frame) {
  const double constant = to_file(role, false, 0.0, frame);
  return {to_file(role, false, 1.0, frame) - constant, constant};
}

LinearMap map_to_inner(Role role, const FileFrame& frame) {
  const double constant = to_inner(role, false, 0.0, frame);
  return {to_inner(role, false, 1.0, frame) - constant, constant};
}

double file_error_scale(Role role, bool flux_is_magnitude, double inner) {
  if (role == Role::kTheta || role == Role::kRotation) return kDegreesPerRadian;
  if (role == Role::kFlux && flux_is_magnitude) return 2.5 / (std::numbers::ln10 * std::abs(inner));
  return 1.0;
}

}  // namespace gaxel::io
