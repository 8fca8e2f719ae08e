#include "io/noise.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>
#include <utility>

#include "io/smooth.hpp"

namespace gaxel::io {

namespace {

constexpr std::array<std::string_view, 5> kKinds{"sigma", "variance", "inverse_variance", "weight", "rms"};
constexpr std::array<std::string_view, 10> kKeys{"sigma",      "variance", "inverse_variance", "weight",
                                                 "rms",        "gain",     "read_noise",       "sky",
                                                 "background", "smooth"};
constexpr double kMostSmooth = 100.0;

/// The one of kKinds that is given, or empty.
std::string_view given_kind(const TomlTable& noise) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(), [&](auto key) { return noise.has(key); });
  return found == kKinds.end() ? std::string_view() : *found;
}

/// Given as a file or as one number for all pixels.
Image values(const TomlTable& noise, std::string_view key, const std::string& folder, const Region& region) {
  if (noise.is_text(key)) return read_region(noise, key, folder, region);
  if (!noise.is_number(key)) noise.fail(key, "wrong type", "the name of a FITS file, or a number above 0");
  const NumberRange positive{0.0, std::numeric_limits<double>::infinity(), true};
  const auto number = noise.number(key, positive);
  return Image(region.shape(), *number);
}

double positive_gain(const TomlTable& noise) {
  return *noise.number("gain", {0.0, std::numeric_limits<double>::infinity(), true});
}

/// Keeps the sign of what cannot be a square, so that mask_bad_sigma finds it.
double root(double square) {
  return square > 0.0 ? std::sqrt(square) : square;
}

double from_inverse(double weight) {
  return weight > 0.0 ? 1.0 / std::sqrt(weight) : weight;
}

/// sigma^2 = rms^2 + max(data - background, 0) / gain: the source's own photons on top of the background's
/// noise. With `smooth` these are the photons of the smoothed image, as in GALFIT 3.0.5 and later.
void add_source_noise(const TomlTable& noise, ConstImageView given, Image& sigma) {
  const double gain = positive_gain(noise);
  Image smooth;
  ConstImageView data = given;
  if (const auto width = noise.number("smooth", {0.0, kMostSmooth, true})) {
    smooth = smoothed(given, *width);
    data = std::as_const(smooth).view();
  }
  const double background = noise.number("background").value_or(0.0);
  for (std::size_t i = 0; i < sigma.size(); ++i) {
    double& value = sigma.pixels()[i];
    if (value > 0.0) value = std::sqrt(value * value + std::max(data.pixels()[i] - background, 0.0) / gain);
  }
}

CountNoise counts_of(const TomlTable& noise) {
  return {positive_gain(noise), noise.number("read_noise", {0.0}).value_or(0.0),
          noise.number("sky").value_or(0.0)};
}

/// sigma^2 = max(data + sky, 0) / gain + (read_noise / gain)^2, where `sky` was taken out of the data before.
Image from_gain(const TomlTable& noise, ConstImageView data, double least_electrons) {
  const CountNoise counts = counts_of(noise);
  const double read_noise = counts.read_noise / counts.gain;
  const double least = least_electrons / counts.gain;
  Image sigma(data.shape());
  for (std::size_t i = 0; i < sigma.size(); ++i) {
    sigma.pixels()[i] =
        std::sqrt(std::max(data.pixels()[i] + counts.sky, least) / counts.gain + read_noise * read_noise);
  }
  return sigma;
}

}  // namespace

void check_noise_keys(const TomlTable& noise) {
  noise.allow_only(kKeys);
  const std::string_view kind = given_kind(noise);
  for (const std::string_view other : kKinds) {
    if (other != kind && noise.has(other)) {
      noise.fail(other, fmt::format("\"{}\" is given too", kind),
                 fmt::format("one of {}", fmt::join(kKinds, ", ")));
    }
  }
  const auto forbid = [&noise](std::string_view key, const std::string& what, const std::string& allowed) {
    if (noise.has(key)) noise.fail(key, what, allowed);
  };
  if (kind.empty()) {
    if (!noise.has("gain")) {
      noise.fail("", "nothing tells the noise",
                 fmt::format("one of {}; or gain with read_noise and sky", fmt::join(kKinds, ", ")));
    }
    forbid("background", "\"background\" goes with \"rms\"", "\"sky\" for the level taken out of the data");
    forbid("smooth", "\"smooth\" goes with \"rms\"", "give \"rms\" too");
  } else if (kind == "rms") {
    forbid("read_noise", "\"rms\" holds the read noise already", "leave one of them out");
    forbid("sky", "\"rms\" holds the sky's noise already",
           "\"background\" for a level that is still in the data");
    for (const std::string_view key : {"background", "smooth"}) {
      if (!noise.has("gain"))
        forbid(key, fmt::format("\"{}\" serves the source's noise", key), "give \"gain\" too");
    }
  } else {
    for (const std::string_view key : {"gain", "read_noise", "sky", "background", "smooth"}) {
      forbid(key, fmt::format("\"{}\" holds all noise already", kind), "leave one of them out");
    }
  }
}

Image read_sigma(const TomlTable& noise, const std::string& folder, const Region& region, ConstImageView data,
                 double least_electrons) {
  check_noise_keys(noise);
  const std::string_view kind = given_kind(noise);
  if (kind.empty()) return from_gain(noise, data, least_electrons);
  Image sigma = values(noise, kind, folder, region);
  if (kind == "rms" && noise.has("gain")) add_source_noise(noise, data, sigma);
  if (kind == "variance") std::transform(sigma.pixels().begin(), sigma.pixels().end(), sigma.data(), root);
  if (kind == "weight" || kind == "inverse_variance") {
    std::transform(sigma.pixels().begin(), sigma.pixels().end(), sigma.data(), from_inverse);
  }
  return sigma;
}

CountNoise read_counts(const TomlTable& noise, Likelihood likelihood) {
  check_noise_keys(noise);
  if (const std::string_view kind = given_kind(noise); !kind.empty()) {
    noise.fail(kind, fmt::format("fit.likelihood = \"{}\" counts photons", to_text(likelihood)),
               "gain, with read_noise and sky, in its place");
  }
  return counts_of(noise);
}

void check_photons(const Observation& observation, Likelihood likelihood, const HeaderCards& header,
                   std::vector<std::string>& notes, std::vector<std::string>& warnings) {
  const CountNoise& counts = *observation.counts;
  std::string unit = header_value(header, "BUNIT").value_or("");
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return std::tolower(c); });
  if (unit.ends_with("/s") || unit.ends_with("/sec") || unit.ends_with("s-1") || unit.ends_with("s**-1")) {
    notes.push_back(
        fmt::format("noise.gain: {:g} electrons per unit of the image, a rate by its BUNIT; the "
                    "exposure time has to be in it",
                    counts.gain));
  }
  if (likelihood == Likelihood::kModelSigma || counts.read_noise > 0.0) return;
  std::size_t negative = 0;
  std::size_t all = 0;
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] == 0) continue;
    ++all;
    if (observation.data.data()[i] + counts.sky < 0.0) ++negative;
  }
  if (negative == 0) return;
  const bool many = 50 * negative > all;
  (many ? warnings : notes)
      .push_back(fmt::format(
          "noise.sky: {} of {} pixels have less than no electron, and count as having none{}", negative, all,
          many ? ": give the sky that was taken out of the data, or read_noise" : ""));
}

void mask_bad_sigma(const TomlTable& noise, ConstImageView sigma, std::vector<std::uint8_t>& used,
                    std::vector<std::string>& notes) {
  const std::string_view kind = given_kind(noise);
  const std::string_view key = kind.empty() ? "gain" : kind;
  std::int64_t zero = 0;
  std::int64_t negative = 0;
  std::int64_t not_finite = 0;
  std::int64_t left = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (used[i] == 0) continue;
    const double value = sigma.pixels()[i];
    if (value > 0.0 && std::isfinite(value)) {
      ++left;
      continue;
    }
    used[i] = 0;
    ++(value == 0.0 ? zero : value < 0.0 && std::isfinite(value) ? negative : not_finite);
  }
  if (left == 0) noise.fail(key, "no pixel has a usable error", "positive, finite values");
  if (kind.empty() && zero > 0) {
    noise.fail(
        "gain",
        fmt::format("sigma is 0 in {} pixels, where the data and the sky have no counts; to leave out just "
                    "these would bias the fit",
                    zero),
        "give sky (what was taken out of the data), read_noise or rms too");
  }
  const std::int64_t bad = zero + negative + not_finite;
  if (bad == 0) return;
  notes.push_back(fmt::format("noise.{}: {} pixels masked ({} zero, {} negative, {} not finite)", key, bad,
                              zero, negative, not_finite));
}

}  // namespace gaxel::io
