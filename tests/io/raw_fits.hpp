// FITS files made byte by byte after the FITS standard, as a truth that owes nothing to the code under test.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

namespace gaxel::io::test {

constexpr std::size_t kFitsBlock = 2880;

/// "KEYWORD = value", with the value right-aligned as the standard asks of numbers.
inline std::string card(const std::string& keyword, const std::string& value) {
  std::string text = keyword;
  text.resize(8, ' ');
  text += "= ";
  if (value.size() < 20 && value.front() != '\'') text.append(20 - value.size(), ' ');
  text += value;
  text.resize(80, ' ');
  return text;
}

template <typename T>
std::string big_endian(const std::vector<T>& values) {
  std::string bytes;
  for (const T value : values) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    static_assert(std::endian::native == std::endian::little);
    for (std::size_t i = sizeof(T); i-- > 0;) bytes += raw[i];
  }
  return bytes;
}

template <typename T>
constexpr int bitpix_of() {
  const int bits = 8 * static_cast<int>(sizeof(T));
  return std::is_floating_point_v<T> ? -bits : bits;
}

inline std::string padded(std::string bytes, char fill) {
  bytes.append((kFitsBlock - bytes.size() % kFitsBlock) % kFitsBlock, fill);
  return bytes;
}

/// One header-data unit; `first` is its first card without padding, e.g. card("SIMPLE", "T").
inline std::string unit(const std::string& first, int bitpix, const std::vector<int>& axes,
                        const std::vector<std::string>& cards, const std::string& data) {
  std::string header =
      first + card("BITPIX", std::to_string(bitpix)) + card("NAXIS", std::to_string(axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    header += card("NAXIS" + std::to_string(i + 1), std::to_string(axes[i]));
  }
  if (first.starts_with("XTENSION")) header += card("PCOUNT", "0") + card("GCOUNT", "1");
  for (const std::string& extra : cards) header += extra;
  std::string end = "END";
  end.resize(80, ' ');
  return padded(header + end, ' ') + padded(data, '\0');
}

/// A primary image; `axes` are NAXIS1, NAXIS2, ...
template <typename T>
std::string primary(const std::vector<int>& axes, const std::vector<T>& values,
                    const std::vector<std::string>& cards = {}) {
  return unit(card("SIMPLE", "T"), bitpix_of<T>(), axes, cards, big_endian(values));
}

/// An image extension.
template <typename T>
std::string extension(const std::string& name, const std::vector<int>& axes, const std::vector<T>& values,
                      std::vector<std::string> cards = {}) {
  cards.insert(cards.begin(), card("EXTNAME", "'" + name + "'"));
  return unit(card("XTENSION", "'IMAGE   '"), bitpix_of<T>(), axes, cards, big_endian(values));
}

/// A folder of its own for each test, removed afterwards.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gaxel-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

  /// Writes a file; returns its path.
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path(name), std::ios::binary) << bytes;
    return path(name);
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename());
    return names;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace gaxel::io::test
