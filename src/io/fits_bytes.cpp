#include "io/fits_bytes.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCard = 80;
constexpr std::string_view kEnd = "END     ";
constexpr std::size_t kLongestPlain = 28;  // CFITSIO 4.2 has no memory to complain of longer ones
constexpr std::size_t kMostUnpacked = std::size_t{1} << 32;

[[noreturn]] void fail(const std::string& path, const std::string& what, const std::string& allowed = "",
                       const std::string& key = "", const std::string& value = "") {
  throw InputError({path, key, value, what, allowed});
}

/// Whether the file is gzipped.
bool check_beginning(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) fail(path, "the file does not exist");
  if (error) fail(path, "the file cannot be reached: " + error.message());
  if (fs::is_directory(status)) fail(path, "this is a folder", "a FITS file");
  if (!fs::is_regular_file(status)) fail(path, "this is not a regular file", "a FITS file");
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(path, fmt::format("the file cannot be opened: {}", std::strerror(errno)));
  std::array<char, 9> first{};
  file.read(first.data(), first.size());
  if (file.gcount() == 0) fail(path, "the file is empty", "a FITS file");
  const std::string_view text(first.data(), static_cast<std::size_t>(file.gcount()));
  const bool gzipped = text.starts_with("\x1f\x8b");
  if (!gzipped && text != "SIMPLE  =") fail(path, "this is not a FITS file: it does not begin with SIMPLE");
  return gzipped;
}

/// Keywords whose texts and numbers CFITSIO copies as it opens a unit: of a table's columns, and of how an
/// image is packed in one.
bool is_text(const std::string& keyword) {
  static const std::regex text(
      "T(TYPE|FORM|UNIT|DIM|DISP)[0-9]+|Z(CMPTYPE|TENSION|QUANTIZ|MASKCMP|NAME[0-9]+|.*SUM)");
  return std::regex_match(keyword, text);
}
bool is_number(const std::string& keyword) {
  static const std::regex number("T(NULL|SCAL|ZERO|BCOL)[0-9]+|TFIELDS|THEAP|Z.*|BLANK|EXTVER");
  return std::regex_match(keyword, number) && !is_text(keyword);
}

/// The value of a card, as it stands there, for CFITSIO wherever the sign before it.
std::string value_text(std::string_view card) {
  std::string text(card.substr(std::min(card.find('='), card.size() - 1) + 1));
  text = text.substr(std::min(text.find_first_not_of(' '), text.size()));
  // Texts and complex numbers may hold the slash that comes before a comment.
  if (text.starts_with('\'')) {
    text.resize(text.rfind('\'') + 1);
  } else if (text.starts_with('(')) {
    text.resize(text.rfind(')') + 1);
  } else {
    text.resize(std::min(text.find('/'), text.size()));
  }
  text.resize(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

FitsBytes::FitsBytes(const std::string& path) : path_(path) {
  if (check_beginning(path)) {
    unpack();
  } else {
    size_ = static_cast<std::int64_t>(fs::file_size(path));
  }
}

void FitsBytes::unpack() {
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path_.c_str(), "rb"), &gzclose);
  if (!file) fail(path_, fmt::format("the file cannot be opened: {}", std::strerror(errno)));
  std::vector<char> block(std::size_t{1} << 17U);
  int read = 0;
  while ((read = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
    if (unpacked_.size() + static_cast<std::size_t>(read) > kMostUnpacked) {
      fail(path_, "the file unpacks to too many bytes",
           fmt::format("at most {}: unpack it with gunzip", kMostUnpacked));
    }
    unpacked_.insert(unpacked_.end(), block.begin(), block.begin() + read);
  }
  int error = Z_OK;
  std::string reason = gzerror(file.get(), &error);
  if (reason.starts_with(path_ + ": ")) reason.erase(0, path_.size() + 2);
  if (error == Z_BUF_ERROR) fail(path_, "the file is truncated: its gzipped bytes break off");
  if (read < 0 || error != Z_OK) fail(path_, "the file is damaged: gzipped bytes with " + reason);
  constexpr std::string_view kBegin = "SIMPLE  =";
  if (!std::string_view(unpacked_.data(), unpacked_.size()).starts_with(kBegin))
    fail(path_, "what is gzipped is not a FITS file: it does not begin with SIMPLE");
  memory_ = unpacked_.data();
  memory_size_ = unpacked_.size();
  size_ = static_cast<std::int64_t>(unpacked_.size());
}

fitsfile* FitsBytes::open() {
  const std::string absolute = fs::absolute(path_).string();
  if (absolute.size() >= FLEN_FILENAME)
    fail(path_, "the path is too long", fmt::format("at most {} characters", FLEN_FILENAME - 1));
  fitsfile* file = nullptr;
  int status = 0;
  if (unpacked_.empty()) {
    fits_open_diskfile(&file, absolute.c_str(), READONLY, &status);
  } else {
    fits_open_memfile(&file, "unpacked", READONLY, &memory_, &memory_size_, 0, nullptr, &status);
  }
  if (status != 0) fail(path_, "the file cannot be read as FITS: " + cfitsio_reason(status));
  return file;
}

void FitsBytes::check_header(std::int64_t begin) const {
  RiceBlocks blocks;
  if (!unpacked_.empty()) {
    const std::string_view all(unpacked_.data(), unpacked_.size());
    for (auto at = static_cast<std::size_t>(begin); at + kCard <= all.size(); at += kCard) {
      const std::string_view card = all.substr(at, kCard);
      if (card.starts_with(kEnd)) break;
      check_card(card, blocks);
    }
  } else {
    std::ifstream file(path_, std::ios::binary);
    file.seekg(begin);
    for (std::string card(kCard, ' '); file.read(card.data(), std::ssize(card)) && !card.starts_with(kEnd);)
      check_card(card, blocks);
  }
  if (blocks.used && !blocks.impossible.empty()) {
    fail(path_, "the file is damaged: pixels in a block of RICE_1", "a whole number, 1 or more", "ZVAL1",
         blocks.impossible);
  }
}

void FitsBytes::check_card(std::string_view card, RiceBlocks& blocks) const {
  constexpr double kMostColumns = 999;  // FITS standard 4.0, 7.3.1
  const std::string keyword(card.substr(0, card.find_first_of(" =")));
  const bool columns = keyword == "TFIELDS";
  const bool axes = keyword == "ZNAXIS";
  const bool side = keyword.starts_with("ZTILE") || (keyword.starts_with("ZNAXIS") && !axes);
  const bool block = keyword == "ZVAL1";
  const bool method = keyword == "ZCMPTYPE";
  const bool number = is_number(keyword);
  if (!number && !is_text(keyword)) return;
  const std::string text = value_text(card);
  const bool quoted = text.starts_with('\'');
  if ((text.size() > kLongestPlain && (number || !quoted)) || text == "'") {
    fail(path_, fmt::format("the file is damaged: a {} is expected", number ? "number" : "text in quotes"),
         fmt::format("at most {} characters{}", kLongestPlain, number ? "" : " without quotes"), keyword,
         text);
  }
  if (method && text.find("RICE") != std::string::npos) blocks.used = true;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool whole = !text.empty() && *end == '\0' && std::trunc(value) == value && std::isfinite(value);
  if (columns && value > kMostColumns) {
    fail(path_, "the file is damaged: a table with too many columns", fmt::format("at most {}", kMostColumns),
         keyword, text);
  }
  if (axes && !(whole && value >= 1.0 && value <= MAX_COMPRESS_DIM)) {
    fail(path_, "a compressed image cannot have so many axes", fmt::format("1 to {}", MAX_COMPRESS_DIM),
         keyword, text);
  }
  if (block && !(whole && value >= 1.0)) blocks.impossible = text.empty() ? "nothing" : text;
  if (side && !(whole && value >= 1.0)) {
    fail(path_, "the file is damaged: a side of a compressed image or its tiles", "a whole number, 1 or more",
         keyword, text);
  }
}

}  // namespace gaxel::io
