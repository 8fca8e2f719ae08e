#include <array>
#include <charconv>
#include <string_view>

#include "io/cfitsio.hpp"
#include "io/fits_file.hpp"

namespace gaxel::io {

namespace {

/// A quoted string of a card without its quotes; doubled quotes stand for one.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '\'') return std::string(text);
  std::string value;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    value += text[i];
    if (text[i] == '\'' && text[i + 1] == '\'') ++i;
  }
  const std::size_t last = value.find_last_not_of(' ');
  value.resize(last == std::string::npos ? 0 : last + 1);
  return value;
}

}  // namespace

std::optional<std::string> header_value(const HeaderCards& header, const std::string& keyword) {
  const auto lock = lock_cfitsio();
  for (const std::string& card : header) {
    if (card_keyword(card) != keyword) continue;
    auto buffer = card_buffer(card);
    std::array<char, FLEN_VALUE> value{};
    std::array<char, FLEN_COMMENT> comment{};
    int status = 0;
    fits_parse_value(buffer.data(), value.data(), comment.data(), &status);
    if (status == 0 && value[0] != '\0') return unquoted(value.data());
    fits_clear_errmsg();
    return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> header_number(const HeaderCards& header, const std::string& keyword) {
  std::optional<std::string> text = header_value(header, keyword);
  if (!text) return std::nullopt;
  std::replace(text->begin(), text->end(), 'D', 'E');
  const char* begin = text->data();
  const char* end = begin + text->size();
  if (begin != end && *begin == '+') ++begin;
  double value = 0.0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace gaxel::io
