#include "io/fits_bytes.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "io/cfitsio_guard.hpp"

namespace gaxel::io {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kCard = 80;
constexpr std::size_t kBlock = 2880;
constexpr std::string_view kEnd = "END     ";
constexpr std::string_view kBegin = "SIMPLE  =";
constexpr std::size_t kMostUnpacked = std::size_t{1} << 32;
constexpr std::size_t kMostPacked = 1032;  // bytes in one of deflate's (RFC 1951): 258 by two bits

/// Whether the file is gzipped.
bool check_beginning(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) refuse(path, "the file does not exist");
  if (error) refuse(path, "the file cannot be reached: " + error.message());
  if (fs::is_directory(status)) refuse(path, "this is a folder", "a FITS file");
  if (!fs::is_regular_file(status)) refuse(path, "this is not a regular file", "a FITS file");
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(path, fmt::format("the file cannot be opened: {}", std::strerror(errno)));
  std::array<char, 9> first{};
  file.read(first.data(), first.size());
  if (file.gcount() == 0) refuse(path, "the file is empty", "a FITS file");
  const std::string_view text(first.data(), static_cast<std::size_t>(file.gcount()));
  const bool gzipped = text.starts_with("\x1f\x8b");
  if (!gzipped && text != kBegin) refuse(path, "this is not a FITS file: it does not begin with SIMPLE");
  return gzipped;
}

/// What a gzipped file says of its size unpacked, in its last bytes; it may be wrong.
std::size_t told_size(const std::string& path) {
  std::array<char, 4> last{};
  std::ifstream file(path, std::ios::binary);
  file.seekg(-static_cast<int>(last.size()), std::ios::end);
  file.read(last.data(), last.size());
  std::size_t size = 0;
  for (std::size_t i = last.size(); i-- > 0;) size = 256 * size + static_cast<unsigned char>(last[i]);
  return size;
}

}  // namespace

FitsBytes::FitsBytes(const std::string& path) : path_(path) {
  if (check_beginning(path)) {
    unpack();
    return;
  }
  const std::uintmax_t size = fs::file_size(path);
  size_ = static_cast<std::int64_t>(size);
  if (size % kBlock == 0 || size > kMostUnpacked) return;
  // CFITSIO reads whole blocks, the last of which may lack the bytes behind the pixels.
  content_.resize(size);
  std::ifstream(path, std::ios::binary).read(content_.data(), size_);
  complete();
}

void FitsBytes::complete() {
  content_.resize((content_.size() + kBlock - 1) / kBlock * kBlock);
  memory_ = content_.data();
  memory_size_ = content_.size();
}

void FitsBytes::unpack() {
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> file(gzopen(path_.c_str(), "rb"), &gzclose);
  if (!file) refuse(path_, fmt::format("the file cannot be opened: {}", std::strerror(errno)));
  content_.reserve(std::min({told_size(path_), kMostPacked * fs::file_size(path_), kMostUnpacked}));
  std::vector<char> block(std::size_t{1} << 17U);
  int read = 0;
  while ((read = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()))) > 0) {
    if (content_.size() + static_cast<std::size_t>(read) > kMostUnpacked) {
      refuse(path_, "the file unpacks to too many bytes",
             fmt::format("at most {}: unpack it with gunzip", kMostUnpacked));
    }
    content_.insert(content_.end(), block.begin(), block.begin() + read);
  }
  int error = Z_OK;
  std::string reason = gzerror(file.get(), &error);
  if (reason.starts_with(path_ + ": ")) reason.erase(0, path_.size() + 2);
  if (error == Z_BUF_ERROR) refuse(path_, "the file is truncated: its gzipped bytes break off");
  if (read < 0 || error != Z_OK) refuse(path_, "the file is damaged: gzipped bytes with " + reason);
  if (!std::string_view(content_.data(), content_.size()).starts_with(kBegin))
    refuse(path_, "what is gzipped is not a FITS file: it does not begin with SIMPLE");
  size_ = static_cast<std::int64_t>(content_.size());
  complete();
}

fitsfile* FitsBytes::open() {
  const std::string absolute = fs::absolute(path_).string();
  if (absolute.size() >= FLEN_FILENAME)
    refuse(path_, "the path is too long", fmt::format("at most {} characters", FLEN_FILENAME - 1));
  fitsfile* file = nullptr;
  int status = 0;
  if (content_.empty()) {
    fits_open_diskfile(&file, absolute.c_str(), READONLY, &status);
  } else {
    fits_open_memfile(&file, "content", READONLY, &memory_, &memory_size_, 0, nullptr, &status);
  }
  if (status != 0) refuse(path_, "the file cannot be read as FITS: " + cfitsio_reason(status));
  return file;
}

bool FitsBytes::check_header(std::int64_t begin) const {
  std::vector<std::string> cards;
  // Only what begins as a header must is one: other bytes may follow the last unit.
  const auto belongs = [&](std::string_view card) {
    if (cards.empty() && begin > 0 && keyword_of(card) != "XTENSION") return false;
    if (card.starts_with(kEnd)) return false;
    cards.emplace_back(card);
    return true;
  };
  if (!content_.empty()) {
    const std::string_view all(content_.data(), content_.size());
    for (auto at = static_cast<std::size_t>(begin); at + kCard <= all.size(); at += kCard)
      if (!belongs(all.substr(at, kCard))) break;
  } else {
    std::ifstream file(path_, std::ios::binary);
    file.seekg(begin);
    for (std::string card(kCard, ' '); file.read(card.data(), std::ssize(card)) && belongs(card);) {
    }
  }
  check_for_cfitsio(path_, cards);
  return !cards.empty();
}

}  // namespace gaxel::io
