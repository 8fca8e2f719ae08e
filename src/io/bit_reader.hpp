// Bits of packed bytes.
#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace gaxel::io {

/// Reads bits, the highest of each byte first. Whoever reads beyond the last byte gets zeros, and is told.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes)
      : bytes_(bytes), size_(8 * static_cast<std::int64_t>(bytes.size())) {}

  /// Whether more bits were asked for than there are.
  bool overran() const { return at_ > size_; }

  /// The next bits as a number, at most 32.
  std::uint32_t take(int count) {
    const std::int64_t first = at_;
    skip(count);
    if (count == 0 || overran()) return 0;
    std::uint64_t value = 0;
    for (std::int64_t i = first / 8; i <= (at_ - 1) / 8; ++i) value = value << 8U | byte(i);
    value >>= static_cast<unsigned>(7 - (at_ - 1) % 8);
    return static_cast<std::uint32_t>(value & ((std::uint64_t{1} << static_cast<unsigned>(count)) - 1));
  }

  void skip(std::int64_t count) { at_ = overran() || count > size_ - at_ ? size_ + 1 : at_ + count; }

  /// Goes beyond the next bit that is one; returns how many zeros come before it.
  std::int64_t skip_to_one() {
    const std::int64_t first = at_;
    while (at_ < size_) {
      const auto left = static_cast<std::uint8_t>(byte(at_ / 8) << static_cast<unsigned>(at_ % 8));
      if (left != 0) {
        at_ += std::countl_zero(left) + 1;
        return at_ - 1 - first;
      }
      at_ += 8 - at_ % 8;
    }
    at_ = size_ + 1;
    return 0;
  }

  /// Goes to the beginning of a byte, unless it is there.
  void align() { skip((8 - at_ % 8) % 8); }

 private:
  std::uint8_t byte(std::int64_t i) const { return bytes_[static_cast<std::size_t>(i)]; }

  std::span<const std::uint8_t> bytes_;
  std::int64_t size_;
  std::int64_t at_ = 0;  // size_ + 1 after more was asked for
};

}  // namespace gaxel::io
