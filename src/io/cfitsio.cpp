#include "io/cfitsio.hpp"

#include <algorithm>

#include "gaxel/error.hpp"

namespace gaxel::io {

std::unique_lock<std::recursive_mutex> lock_cfitsio() {
  static std::recursive_mutex mutex;
  return std::unique_lock(mutex);
}

std::string cfitsio_reason(int status) {
  std::array<char, FLEN_STATUS> text{};
  fits_get_errstatus(status, text.data());
  std::string reason = text.data();
  std::array<char, FLEN_ERRMSG> message{};
  // The oldest message is the most specific one; the later ones say which function passed it on.
  if (fits_read_errmsg(message.data()) != 0) reason += std::string(": ") + message.data();
  fits_clear_errmsg();
  return reason + " (CFITSIO status " + std::to_string(status) + ")";
}

std::array<char, FLEN_CARD> card_buffer(const std::string& card) {
  std::array<char, FLEN_CARD> buffer{};
  std::copy_n(card.begin(), std::min<std::size_t>(card.size(), FLEN_CARD - 1), buffer.begin());
  return buffer;
}

std::string card_keyword(const std::string& card) {
  auto buffer = card_buffer(card);
  std::array<char, FLEN_CARD> name{};
  int length = 0;
  int status = 0;
  fits_get_keyname(buffer.data(), name.data(), &length, &status);
  return status == 0 ? name.data() : "";
}

void refuse(const std::string& path, const std::string& what, const std::string& allowed,
            const std::string& key, const std::string& value) {
  throw InputError({path, key, value, what, allowed});
}

}  // namespace gaxel::io
