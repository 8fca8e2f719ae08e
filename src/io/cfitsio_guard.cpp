#include "io/cfitsio_guard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <regex>

#include "io/cfitsio.hpp"

namespace gaxel::io {

namespace {

enum class Expected { kAnything, kText, kNumber };

/// What a keyword tells CFITSIO, that copies it as it opens a unit: of a table's columns, or of how an image
/// is packed in one.
Expected expected_of(const std::string& keyword, bool is_extension, bool is_packed) {
  static const std::regex column_text("T(TYPE|FORM|UNIT|DIM|DISP)[0-9]+");
  static const std::regex column_number("T(NULL|SCAL|ZERO|BCOL)[0-9]+|TFIELDS|THEAP");
  static const std::regex packing_text("Z(CMPTYPE|TENSION|QUANTIZ|MASKCMP|NAME[0-9]+)");
  static const std::regex packing_number(
      "Z(BITPIX|NAXIS[0-9]*|TILE[0-9]+|VAL[0-9]+|DITHER0|SCALE|ZERO|BLANK|PCOUNT|GCOUNT)");
  if (keyword == "BLANK" || keyword == "EXTVER") return Expected::kNumber;
  if (is_extension && keyword.starts_with('T')) {
    if (std::regex_match(keyword, column_text)) return Expected::kText;
    if (std::regex_match(keyword, column_number)) return Expected::kNumber;
  }
  if (is_packed && keyword.starts_with('Z')) {
    if (std::regex_match(keyword, packing_text)) return Expected::kText;
    if (std::regex_match(keyword, packing_number)) return Expected::kNumber;
  }
  return Expected::kAnything;
}

/// The value of a card as it stands there; a quote alone for a text without an end.
std::string value_text(std::string_view card) {
  std::string_view text = card.substr(std::min(card.find('='), card.size() - 1) + 1);
  text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  // Texts and complex numbers may hold the slash that comes before a comment; two quotes in a text stand for
  // one.
  if (text.starts_with('\'')) {
    std::size_t end = text.find('\'', 1);
    while (end != text.npos && text.substr(end, 2) == "''") end = text.find('\'', end + 2);
    return std::string(end == text.npos ? "'" : text.substr(0, end + 1));
  }
  if (const std::size_t end = text.find(')'); text.starts_with('(') && end != text.npos)
    return std::string(text.substr(0, end + 1));
  if (!text.starts_with('(')) text = text.substr(0, text.find('/'));
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1));
}

class Guard {
 public:
  Guard(const std::string& path, const std::vector<std::string>& cards) : path_(path) {
    std::vector<std::string> keywords;
    keywords.reserve(cards.size());
    for (const std::string& card : cards) keywords.push_back(keyword_of(card));
    const bool is_extension = !keywords.empty() && keywords.front() == "XTENSION";
    const bool is_packed = is_extension && std::ranges::find(keywords, "ZIMAGE") != keywords.end();
    for (std::size_t i = 0; i < cards.size(); ++i) {
      const Expected expected = expected_of(keywords[i], is_extension, is_packed);
      if (expected != Expected::kAnything) check(keywords[i], value_text(cards[i]), expected);
    }
    if (is_rice_ && !no_block_.empty())
      refuse(path_, "the file is damaged: pixels in a block of RICE_1", kPositive, "ZVAL1", no_block_);
    if (is_row_empty_ && !has_tile_side_)
      refuse(path_, "the file is damaged: a compressed image without a side of its tiles", kPositive,
             "ZTILE1");
  }

 private:
  static constexpr const char* kPositive = "a whole number, 1 or more";

  void check(const std::string& keyword, const std::string& text, Expected expected) {
    constexpr double kMostColumns = 999;       // FITS standard 4.0, 7.3.1
    constexpr std::size_t kLongestPlain = 28;  // CFITSIO has no memory to complain of longer ones
    const bool is_number = expected == Expected::kNumber;
    if ((text.size() > kLongestPlain && (is_number || !text.starts_with('\''))) || text == "'") {
      refuse(path_,
             fmt::format("the file is damaged: a {} is expected", is_number ? "number" : "text in quotes"),
             fmt::format("at most {} characters{}", kLongestPlain, is_number ? "" : " without quotes"),
             keyword, text);
    }
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const bool whole = !text.empty() && *end == '\0' && std::trunc(value) == value && std::isfinite(value);
    if (keyword == "TFIELDS" && value > kMostColumns)
      refuse(path_, "the file is damaged: a table with too many columns",
             fmt::format("at most {}", kMostColumns), keyword, text);
    if (keyword == "ZNAXIS" && !(whole && value >= 0.0 && value <= MAX_COMPRESS_DIM))
      refuse(path_, "a compressed image cannot have so many axes",
             fmt::format("at most {}", MAX_COMPRESS_DIM), keyword, text);
    const bool is_side = keyword.starts_with("ZNAXIS") && keyword != "ZNAXIS";
    const bool is_tile = keyword.starts_with("ZTILE");
    if ((is_side && !(whole && value >= 0.0)) || (is_tile && !(whole && value >= 1.0)))
      refuse(path_, "the file is damaged: a side of a compressed image or its tiles", kPositive, keyword,
             text);
    // CFITSIO takes rows for tiles where nothing else is said.
    is_row_empty_ |= keyword == "ZNAXIS1" && value < 1.0;
    has_tile_side_ |= keyword == "ZTILE1";
    is_rice_ |= keyword == "ZCMPTYPE" && text.find("RICE") != text.npos;
    if (keyword == "ZVAL1" && !(whole && value >= 1.0)) no_block_ = text.empty() ? "nothing" : text;
  }

  const std::string& path_;
  bool is_rice_ = false;
  std::string no_block_;  // what stands for the size of RICE's blocks, where it can be none
  bool is_row_empty_ = false;
  bool has_tile_side_ = false;
};

}  // namespace

std::string keyword_of(std::string_view card) {
  constexpr std::size_t kLongest = 8;
  std::string name(card.substr(0, std::min(card.find('='), card.size())));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::string_view kHierarch = "HIERARCH ";
  if (name.starts_with(kHierarch)) {
    name.erase(0, kHierarch.size());
    name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  } else {
    name.resize(std::min(name.size(), kLongest));
  }
  name.resize(std::min(name.find(' '), name.size()));
  return name;
}

void check_for_cfitsio(const std::string& path, const std::vector<std::string>& cards) {
  Guard(path, cards);
}

}  // namespace gaxel::io
