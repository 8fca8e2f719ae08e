#include "io/wcs.hpp"

#include <fmt/format.h>
#include <wcslib/wcs.h>
#include <wcslib/wcserr.h>
#include <wcslib/wcshdr.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace {

/// WCSLIB's parsers keep state between calls.
std::mutex& parser_mutex() {
  static std::mutex mutex;
  return mutex;
}

[[noreturn]] void fail(const std::string& what, const std::string& value = "") {
  throw InputError({"", "WCS", value, what, "give x and y in pixels instead of ra and dec"});
}

/// Whether WCSLIB's parser can be given a card: it runs over the end of texts without a closing quote (two
/// quotes in a text stand for one). Throws InputError for a term of a distortion that is no number: WCSLIB
/// makes room for it by its keyword alone and crashes where it cannot read the value.
bool is_sound(const std::string& card) {
  static const std::regex with_text("[A-Z0-9_-]+ *= *'([^']|'')*' *(/.*)?");
  static const std::regex with_number(
      "[A-Z0-9_-]+ *= *[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([EDed][+-]?[0-9]+)? *(/.*)?");
  static const std::regex distortion("((A|B|AP|BP)_[0-9]+_[0-9]+[A-Z]?|AMD[XY][0-9]+|PPO[0-9]+) *=.*");
  const bool printable = std::ranges::all_of(card, [](char c) { return c >= ' ' && c <= '~'; });
  const bool is_number = printable && std::regex_match(card, with_number);
  if (!is_number && std::regex_match(card, distortion))
    fail("a term of the image's distortion cannot be read", card.substr(0, card.find_last_not_of(' ') + 1));
  const bool has_value = printable && card.size() > 8 && card[8] == '=';
  return has_value && (is_number || std::regex_match(card, with_text));
}

}  // namespace

class Wcs::Impl {
 public:
  explicit Impl(const HeaderCards& header) {
    std::string cards;
    int n_cards = 0;
    for (const std::string& card : header) {
      if (!is_sound(card)) continue;
      cards += card;
      ++n_cards;
    }
    const std::scoped_lock lock(parser_mutex());
    int rejected = 0;
    const int status = wcspih(cards.data(), n_cards, WCSHDR_all, 0, &rejected, &count_, &list_);
    if (status != 0) fail("the header's coordinate system cannot be read");
    if (count_ < 1) fail("the header has no sky coordinates");
    try {
      if (const int set = wcsset(list_); set != 0) fail(wcs_errmsg[set]);
      if (list_->lng < 0 || list_->lat < 0) fail("the header has no sky coordinates");
      if (std::string_view(list_->lngtyp).substr(0, 2) != "RA" ||
          std::string_view(list_->lattyp).substr(0, 3) != "DEC") {
        fail("the header's coordinates are not right ascension and declination",
             fmt::format("{}, {}", list_->lngtyp, list_->lattyp));
      }
    } catch (...) {
      wcsvfree(&count_, &list_);
      throw;
    }
  }
  ~Impl() { wcsvfree(&count_, &list_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  FitsPixel pixel(double ra_deg, double dec_deg) const {
    const std::scoped_lock lock(parser_mutex());  // wcss2p writes to the structure it works with
    const auto n = static_cast<std::size_t>(list_->naxis);
    std::vector<double> world(list_->crval, list_->crval + n);
    world[static_cast<std::size_t>(list_->lng)] = ra_deg;
    world[static_cast<std::size_t>(list_->lat)] = dec_deg;
    std::vector<double> image(n);
    std::vector<double> pixel(n);
    std::vector<int> bad(1);
    double phi = 0.0;
    double theta = 0.0;
    const int status =
        wcss2p(list_, 1, list_->naxis, world.data(), &phi, &theta, image.data(), pixel.data(), bad.data());
    if (status != 0 || n < 2 || !std::isfinite(pixel[0]) || !std::isfinite(pixel[1])) {
      fail("the image's projection does not show this point", fmt::format("{}, {}", ra_deg, dec_deg));
    }
    return {pixel[0], pixel[1]};
  }

  SkyPoint sky(const FitsPixel& at) const {
    const std::scoped_lock lock(parser_mutex());
    const auto n = static_cast<std::size_t>(list_->naxis);
    std::vector<double> pixel(list_->crpix, list_->crpix + n);
    if (n < 2) fail("the header has no sky coordinates");
    pixel[0] = at.x;
    pixel[1] = at.y;
    std::vector<double> image(n);
    std::vector<double> world(n);
    std::vector<int> bad(1);
    double phi = 0.0;
    double theta = 0.0;
    const int status =
        wcsp2s(list_, 1, list_->naxis, pixel.data(), image.data(), &phi, &theta, world.data(), bad.data());
    const SkyPoint point{world[static_cast<std::size_t>(list_->lng)],
                         world[static_cast<std::size_t>(list_->lat)]};
    if (status != 0 || !std::isfinite(point.ra) || !std::isfinite(point.dec))
      fail("no sky is shown by this pixel", fmt::format("{}, {}", at.x, at.y));
    return point;
  }

 private:
  int count_ = 0;
  wcsprm* list_ = nullptr;
};

Wcs::Wcs(const HeaderCards& header) : impl_(std::make_unique<Impl>(header)) {}
Wcs::~Wcs() = default;
Wcs::Wcs(Wcs&&) noexcept = default;
Wcs& Wcs::operator=(Wcs&&) noexcept = default;

FitsPixel Wcs::pixel(double ra_deg, double dec_deg) const {
  return impl_->pixel(ra_deg, dec_deg);
}

SkyPoint Wcs::sky(const FitsPixel& pixel) const {
  return impl_->sky(pixel);
}

}  // namespace gaxel::io
