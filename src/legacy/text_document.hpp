// Text files of other programs, line by line: what is not changed is written as it was read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gaxel::legacy {

/// A word of a line.
struct Token {
  std::string text;
  std::size_t begin = 0;  ///< of its first character in the line
};

/// A file as lines. Lines are numbered from 0 here and from 1 in messages.
class TextDocument {
 public:
  /// Throws InputError (source = path) when the file is missing, no regular file, unreadable, or larger than
  /// 16 MiB.
  static TextDocument read(const std::string& path);
  /// `path`: what messages call it.
  static TextDocument parse(std::string_view text, std::string path);

  const std::string& path() const { return path_; }
  std::size_t size() const { return lines_.size(); }
  const std::string& line(std::size_t number) const { return lines_[number]; }
  /// The whole file; that which was read unless something was replaced or added.
  std::string text() const;

  /// Puts `text` in the place of a token; the rest of the line stays where it is.
  void replace(std::size_t line, const Token& token, std::string_view text);
  /// Adds a line at the end.
  void append(std::string line);

  /// "path:line", the line from 1.
  std::string place(std::size_t line) const;
  /// Throws InputError about the key of a line; `value`: the token that is wrong, empty when it is missing.
  [[noreturn]] void fail(std::size_t line, const std::string& key, const std::string& value,
                         const std::string& what, const std::string& allowed) const;

 private:
  std::string path_;
  std::vector<std::string> lines_;      // without their ends
  std::vector<std::string_view> ends_;  // "\n", "\r\n", or "" for a last line without one
};

/// The words of a line from `begin` on, separated by blanks and tabs, up to a comment (#).
std::vector<Token> split(std::string_view line, std::size_t begin = 0);

/// The parts of a list with commas and no blanks, "" where one is empty. Commas in square brackets, of the
/// sections of images, belong to a part.
std::vector<std::string> split_list(std::string_view text);

/// A finite decimal number, also "+1", "5." and with a Fortran exponent ("1.2D+03"); else empty.
std::optional<double> parse_number(std::string_view text);

/// A whole number, also written as "3." or "3.0"; else empty.
std::optional<int> parse_whole(std::string_view text);

std::string upper(std::string_view text);
std::string lower(std::string_view text);

/// A number with as many digits as read back the same, or 15 where those differ by roundings alone: what
/// went through a conversion and back is written as it was.
std::string number_text(double value);

}  // namespace gaxel::legacy
