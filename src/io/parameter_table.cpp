#include "io/parameter_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace gaxel::io {
namespace {

/// The same angle but for whole periods, in (-period / 2, period / 2].
double wrapped(double degrees, double period) {
  const double near = degrees - period * std::round(degrees / period);
  return near <= -0.5 * period ? near + period : near;
}

/// Whether light turned by half a turn is the same: modes of odd order, for one, are not.
bool looks_the_same_turned(const ComponentKind& kind) {
  static constexpr std::array<std::string_view, 14> kSame{"central", "scale", "c0", "soft",  "truncated",
                                                          "f2",      "f4",    "f6", "f8",    "f10",
                                                          "b1",      "b3",    "b5", "spiral"};
  return std::ranges::all_of(
      kind.options, [](std::string_view option) { return std::ranges::find(kSame, option) != kSame.end(); });
}

bool unbounded(const Parameter& parameter) {
  return std::isinf(parameter.min) && std::isinf(parameter.max);
}

// Columns a text takes on a terminal: code points, as names may hold more than ASCII.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Comment lines of at most 100 columns, broken between words.
std::string comment_lines(std::string_view text) {
  constexpr std::size_t kColumns = 98;
  std::string lines;
  while (!text.empty()) {
    std::size_t length = text.size();
    if (length > kColumns) length = text.rfind(' ', kColumns);
    if (length == std::string_view::npos || length == 0) length = text.size();
    lines += fmt::format("# {}\n", text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return lines;
}

std::string padded(std::string_view text, std::size_t width, bool to_the_right) {
  const std::string blanks(width - columns(text), ' ');
  return to_the_right ? blanks + std::string(text) : std::string(text) + blanks;
}

/// A parameter in the terms of one band.
ParameterRow row_in(const TaskImage& image, const FitResult& result, std::size_t c, std::size_t p,
                    const std::string& band) {
  const SceneComponent& component = result.scene.components[c];
  const Parameter& parameter = component.parameters[p];
  const ParameterSpec& spec = component.kind->parameters[p];
  const bool as_magnitude = component.flux_is_magnitude;
  const bool fixed = !parameter.free && !parameter.tie;
  const double scale = file_error_scale(spec.role, as_magnitude, parameter.value);
  ParameterRow row;
  row.component = component.name;
  row.type = component.kind->name;
  row.parameter = file_key(spec, as_magnitude);
  row.band = band;
  row.value = file_value(component, p, {image.placement, image.photometry});
  row.error = fixed ? kNoValue : scale * result.errors[c][p];
  row.unit = file_unit(spec, as_magnitude);
  if (result.robust && !fixed) {
    row.sandwich = scale * result.robust->sandwich_errors[0][c][p];
    row.correlated = scale * result.robust->correlated_errors[0][c][p];
  }
  row.fixed = fixed;
  if (parameter.tie) row.tie = parameter.tie->text;
  row.has_prior = parameter.prior.has_value();
  row.flag = result.flags[c][p];
  return row;
}

/// Whether a sky is flat, and stays so.
bool is_flat_sky(const SceneComponent& component) {
  if (component.kind->base().name != "sky") return false;
  return std::ranges::all_of(std::array{Role::kSlopeX, Role::kSlopeY}, [&](Role role) {
    const Parameter& slope = component.parameter(role);
    return !slope.free && !slope.tie && slope.basis == Basis::kConstant && slope.value == 0.0;
  });
}

/// Whether all bands have one value of it, but for what their pixels and zero points make of it.
bool is_common(const SceneComponent& component, std::size_t p) {
  const Parameter& parameter = component.parameters[p];
  return parameter.basis == Basis::kConstant && !parameter.tie;
}

}  // namespace

std::string photometry_text(const Photometry& photometry) {
  if (!photometry.zeropoint) return "";
  return fmt::format("zero point {}, exposure {}: counts = exposure 10^(-0.4 (mag - zero point))",
                     *photometry.zeropoint, photometry.exptime);
}

std::string photometry_text(const Task& task) {
  const std::vector<const TaskImage*> images = images_of(task);
  const std::string first = photometry_text(task.photometry);
  const bool same = std::ranges::all_of(
      images, [&](const TaskImage* image) { return photometry_text(image->photometry) == first; });
  if (same) return first;
  std::string text;
  for (const TaskImage* image : images) {
    const Photometry& own = image->photometry;
    const std::string of_band = own.zeropoint
                                    ? fmt::format("zero point {}, exposure {}", *own.zeropoint, own.exptime)
                                    : std::string("no zero point");
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", image->band, of_band);
  }
  return text + "; counts = exposure 10^(-0.4 (mag - zero point))";
}

std::string statistic_text(const FitResult& result) {
  if (result.likelihood == Likelihood::kGaussian) return "";
  return fmt::format("{} {:.10g}, ", to_text(result.likelihood), result.statistic);
}

std::string error_factor_text(const Task& task, const FitResult& result) {
  std::string text;
  if (!result.robust) return text;
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    const std::string& name = images[b]->band;
    text += fmt::format("{}{}{}{:.3g}", b == 0 ? "" : ", ", name, name.empty() ? "" : " ",
                        result.robust->noise[b].error_factor());
  }
  return text;
}

double file_value(const SceneComponent& component, std::size_t index, const FileFrame& frame) {
  const Parameter& parameter = component.parameters[index];
  const Role role = component.kind->parameters[index].role;
  const double value = to_file(role, component.flux_is_magnitude, parameter.value, frame);
  if (role != Role::kTheta || !unbounded(parameter)) return value;
  return wrapped(value, looks_the_same_turned(*component.kind) ? 180.0 : 360.0);
}

std::vector<ParameterRow> parameter_table(const Task& task, const FitResult& result) {
  const std::vector<const TaskImage*> images = images_of(task);
  std::vector<FitResult> alone;
  for (std::size_t b = 0; b < images.size(); ++b) alone.push_back(in_band(result, b));
  std::vector<ParameterRow> rows;
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    const bool flat = is_flat_sky(result.scene.components[c]);
    for (std::size_t p = 0; p < result.scene.components[c].parameters.size(); ++p) {
      const bool common = images.size() == 1 || is_common(result.scene.components[c], p);
      for (std::size_t b = 0; b < (common ? 1 : images.size()); ++b) {
        ParameterRow& row =
            rows.emplace_back(row_in(*images[b], alone[b], c, p, common ? "" : images[b]->band));
        row.idle = flat && row.fixed && result.scene.components[c].kind->parameters[p].role != Role::kLevel;
      }
    }
  }
  return rows;
}

std::vector<ParameterRow> without_idle(std::span<const ParameterRow> rows) {
  std::vector<ParameterRow> kept;
  std::ranges::copy_if(rows, std::back_inserter(kept), [](const ParameterRow& row) { return !row.idle; });
  return kept;
}

bool has_bands(std::span<const ParameterRow> rows) {
  return std::ranges::any_of(rows, [](const ParameterRow& row) { return !row.band.empty(); });
}

std::string_view flag_word(const ParameterRow& row) {
  if (!row.tie.empty()) return "tied";
  return to_text(row.flag);
}

std::string note_text(const ParameterRow& row) {
  if (row.fixed) return "fixed";
  if (!row.tie.empty()) return "tied";
  switch (row.flag) {
    case ParameterFlag::kAtBound:
      return "at bound";
    case ParameterFlag::kDegenerate:
      return "degenerate";
    case ParameterFlag::kUnconstrained:
      return "unconstrained";
    case ParameterFlag::kDidNotMove:
      return "did not move";
    case ParameterFlag::kNone:
      break;
  }
  return row.has_prior ? "prior" : "";
}

ValueText value_with_error(double value, double error) {
  if (!std::isfinite(error) || !(error > 0.0)) return {fmt::format("{:.6g}", value), ""};
  // Two digits of the error as they are after rounding: 0.0996 is 0.10.
  const std::string two_digits = fmt::format("{:.1e}", error);
  const int error_exponent = std::stoi(two_digits.substr(two_digits.find('e') + 1));
  const double largest = std::max(std::abs(value), error);
  if (error_exponent < -7 || largest >= 1e8) {
    const int value_exponent =
        value == 0.0 ? error_exponent : static_cast<int>(std::floor(std::log10(std::abs(value))));
    return {fmt::format("{:.{}e}", value, std::clamp(value_exponent - error_exponent + 1, 1, 16)),
            two_digits};
  }
  const int decimals = std::max(0, 1 - error_exponent);
  return {fmt::format("{:.{}f}", value, decimals), fmt::format("{:.{}f}", error, decimals)};
}

std::string text_table(std::span<const ParameterRow> rows, std::string_view photometry) {
  constexpr std::size_t kBand = 3;
  using Line = std::array<std::string, 8>;
  constexpr std::array kToTheRight = {false, false, false, false, true, true, false, false};
  std::vector<Line> lines = {{"component", "type", "parameter", "band", "value", "error", "unit", "note"}};
  for (const ParameterRow& row : rows) {
    const ValueText text = value_with_error(row.value, row.error);
    lines.push_back({row.component, row.type, row.parameter, row.band, text.value,
                     text.error.empty() ? "-" : text.error, row.unit, note_text(row)});
  }
  std::array<std::size_t, 8> widths = {};
  for (const Line& line : lines) {
    for (std::size_t k = 0; k < line.size(); ++k) widths[k] = std::max(widths[k], columns(line[k]));
  }
  std::string table = comment_lines(kConvention) + comment_lines(photometry);
  for (const Line& line : lines) {
    std::string text;
    for (std::size_t k = 0; k < line.size(); ++k) {
      if (k == kBand && !has_bands(rows)) continue;
      text += padded(line[k], widths[k], kToTheRight[k]) + "  ";
    }
    text.erase(text.find_last_not_of(' ') + 1);
    table += text + '\n';
  }
  return table;
}

}  // namespace gaxel::io
