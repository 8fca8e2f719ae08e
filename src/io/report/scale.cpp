#include "io/report/scale.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

namespace gaxel::io::report {
namespace {

// The smallest 1, 2 or 5 times a power of ten that is not below `value`.
double round_up(double value) {
  const double decade = std::pow(10.0, std::floor(std::log10(value)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (value <= factor * decade * (1.0 + 1e-9)) return factor * decade;
  }
  return 10.0 * decade;
}

std::string superscript(int exponent) {
  static constexpr std::array kDigits = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string text = exponent < 0 ? "⁻" : "";
  for (const char digit : std::to_string(std::abs(exponent)))
    text += kDigits[static_cast<std::size_t>(digit - '0')];
  return text;
}

std::string with_true_minus(std::string text) {
  if (text.starts_with('-')) text.replace(0, 1, "−");
  return text;
}

// Characters of UTF-8 text.
std::ptrdiff_t width(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

double quantile(std::vector<double>& values, double p) {
  const auto at = static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

std::vector<double> used_values(ConstImageView image, std::span<const std::uint8_t> used) {
  std::vector<double> values;
  values.reserve(image.size());
  for (std::size_t i = 0; i < image.size(); ++i) {
    if (used[i] && std::isfinite(image.data()[i])) values.push_back(image.data()[i]);
  }
  return values;
}

}  // namespace

std::string tick_label(double value, double spacing) {
  const double size = std::abs(value);
  if (size == 0.0 || size < 1e-9 * spacing) return "0";
  if (size >= 1e-3 && size < 99999.5) {
    if (spacing <= 0.0) return with_true_minus(fmt::format("{:.6g}", value));
    const int decimals = std::max(0, static_cast<int>(-std::floor(std::log10(spacing) + 1e-9)));
    return with_true_minus(fmt::format("{:.{}f}", value, decimals));
  }
  int exponent = static_cast<int>(std::floor(std::log10(size) + 1e-12));
  const std::string mantissa = fmt::format("{:.3g}", value / std::pow(10.0, exponent));
  if (mantissa == "1") return "10" + superscript(exponent);
  return with_true_minus(mantissa) + "×10" + superscript(exponent);
}

std::vector<Tick> linear_ticks(double low, double high, int max_count) {
  max_count = std::max(1, max_count);
  double step = round_up((high - low) / max_count);
  const auto first = [&] { return std::ceil(low / step - 1e-9); };
  const auto count = [&] { return std::floor(high / step + 1e-9) - first() + 1.0; };
  // A range that starts on a tick holds one more than there are steps in it.
  while (count() > max_count) step = round_up(1.5 * step);
  std::vector<Tick> ticks;
  for (int i = 0; i < static_cast<int>(count()); ++i) {
    const double value = (first() + i) * step;
    ticks.push_back({value, tick_label(value, step)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high, int max_count) {
  const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  const bool few = last - first < 2;
  const int stride = std::max(1, (last - first) / max_count + 1);
  std::vector<Tick> ticks;
  for (int exponent = first - 1; exponent <= last; ++exponent) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (!few && (factor > 1.0 || (exponent - first) % stride != 0)) continue;
      const double value = factor * std::pow(10.0, exponent);
      if (value < low * (1.0 - 1e-9) || value > high * (1.0 + 1e-9)) continue;
      ticks.push_back({value, tick_label(value)});
    }
  }
  return ticks;
}

AsinhStretch::AsinhStretch(double low, double high, double zero, double softening)
    : low_(low), high_(high), zero_(zero), softening_(softening) {
  if (!(low < high) || !(softening > 0.0)) throw std::invalid_argument("asinh stretch of an empty range");
  raw_low_ = raw(low);
  raw_high_ = raw(high);
}

double AsinhStretch::raw(double value) const {
  return std::asinh((value - zero_) / softening_);
}

double AsinhStretch::operator()(double value) const {
  return (raw(value) - raw_low_) / (raw_high_ - raw_low_);
}

double AsinhStretch::inverse(double t) const {
  return zero_ + softening_ * std::sinh(std::lerp(raw_low_, raw_high_, t));
}

std::vector<Tick> AsinhStretch::ticks(double characters) const {
  std::vector<double> candidates = {0.0};
  const int top = static_cast<int>(std::ceil(std::log10(std::max(std::abs(low_), std::abs(high_)))));
  const int bottom = std::max(top - 8, static_cast<int>(std::floor(std::log10(softening_))));
  for (const double factor : {1.0, 5.0, 2.0}) {
    for (int exponent = top; exponent >= bottom; --exponent) {
      candidates.push_back(factor * std::pow(10.0, exponent));
      candidates.push_back(-factor * std::pow(10.0, exponent));
    }
  }
  // Around a sky level far from zero the round numbers of the light above it are what separates.
  for (const Tick& tick : linear_ticks(low_, std::min(high_, zero_ + 10.0 * softening_), 6)) {
    candidates.push_back(tick.value);
  }
  std::vector<Tick> chosen;
  for (const double value : candidates) {
    if (value < low_ || value > high_) continue;
    const Tick candidate = {value, tick_label(value)};
    const auto in_the_way = [&](const Tick& tick) {
      const double room = 0.5 * static_cast<double>(width(tick.label) + width(candidate.label)) + 1.5;
      return std::abs((*this)(tick.value) - (*this)(value)) * characters < room;
    };
    if (std::none_of(chosen.begin(), chosen.end(), in_the_way)) chosen.push_back(candidate);
  }
  std::sort(chosen.begin(), chosen.end(), [](const Tick& a, const Tick& b) { return a.value < b.value; });
  return chosen;
}

AsinhStretch stretch_for(ConstImageView data, ConstImageView sigma, std::span<const std::uint8_t> used) {
  std::vector<double> light = used_values(data, used);
  std::vector<double> errors = used_values(sigma, used);
  if (light.empty() || errors.empty()) return {0.0, 1.0, 0.0, 1.0};
  const double sky = quantile(light, 0.1);
  double noise = quantile(errors, 0.25);
  const double peak = *std::max_element(light.begin(), light.end());
  if (!(noise > 0.0)) noise = std::max({1e-3 * (peak - sky), 1e-6 * std::abs(sky), 1e-300});
  return {sky - 2.0 * noise, std::max(peak, sky + 8.0 * noise), sky, 2.0 * noise};
}

double residual_limit(ConstImageView residual_in_sigma, std::span<const std::uint8_t> used) {
  std::vector<double> sizes = used_values(residual_in_sigma, used);
  if (sizes.empty()) return 3.0;
  for (double& size : sizes) size = std::abs(size);
  const double most = quantile(sizes, 0.99);
  return most <= 3.0 ? 3.0 : round_up(most);
}

}  // namespace gaxel::io::report
