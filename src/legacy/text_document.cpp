#include "legacy/text_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "gaxel/error.hpp"
#include "io/text_file.hpp"

namespace gaxel::legacy {

namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

}  // namespace

TextDocument TextDocument::read(const std::string& path) {
  return parse(io::read_text_file(
                   path, {"a text file", "the file is too large to be text of this kind", "below 16 MiB"}),
               path);
}

TextDocument TextDocument::parse(std::string_view text, std::string path) {
  TextDocument document;
  document.path_ = std::move(path);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    std::string_view ending = end == std::string_view::npos ? "" : "\n";
    text.remove_prefix(std::min(text.size(), line.size() + ending.size()));
    if (line.ends_with('\r') && !ending.empty()) {
      line.remove_suffix(1);
      ending = "\r\n";
    }
    document.lines_.emplace_back(line);
    document.ends_.push_back(ending);
  }
  return document;
}

std::string TextDocument::text() const {
  std::string text;
  for (std::size_t i = 0; i < lines_.size(); ++i) text.append(lines_[i]).append(ends_[i]);
  return text;
}

void TextDocument::replace(std::size_t line, const Token& token, std::string_view text) {
  lines_[line].replace(token.begin, token.text.size(), text);
}

void TextDocument::append(std::string line) {
  if (!ends_.empty() && ends_.back().empty()) ends_.back() = "\n";
  lines_.push_back(std::move(line));
  ends_.push_back("\n");
}

std::string TextDocument::place(std::size_t line) const {
  return fmt::format("{}:{}", path_, line + 1);
}

void TextDocument::fail(std::size_t line, const std::string& key, const std::string& value,
                        const std::string& what, const std::string& allowed) const {
  throw InputError({place(line), key, value, what, allowed});
}

std::vector<Token> split(std::string_view line, std::size_t begin) {
  const std::size_t end = std::min(line.find('#', begin), line.size());
  std::vector<Token> tokens;
  for (std::size_t i = begin; i < end;) {
    if (is_blank(line[i])) {
      ++i;
      continue;
    }
    std::size_t stop = i;
    while (stop < end && !is_blank(line[stop])) ++stop;
    tokens.push_back({std::string(line.substr(i, stop - i)), i});
    i = stop;
  }
  return tokens;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts(1);
  bool in_brackets = false;
  for (const char c : text) {
    if (c == ',' && !in_brackets) {
      parts.emplace_back();
      continue;
    }
    if (c == '[' || c == ']') in_brackets = c == '[';
    parts.back() += c;
  }
  return parts;
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string plain(text);
  for (char& c : plain) {
    if (c == 'd' || c == 'D') c = 'e';
  }
  if (plain.find_first_not_of("0123456789+-.eE") != std::string::npos) return std::nullopt;
  double value = 0.0;
  const char* const end = plain.data() + plain.size();
  const auto [stop, error] = std::from_chars(plain.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int> parse_whole(std::string_view text) {
  const std::optional<double> value = parse_number(text);
  if (!value || *value != std::floor(*value) || std::abs(*value) > 1e9) return std::nullopt;
  return static_cast<int>(*value);
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string number_text(double value) {
  if (value == 0.0) return "0";  // also -0
  const std::string rounded = fmt::format("{:.15g}", value);
  const double back = parse_number(rounded).value_or(value);
  constexpr double kRoundings = 4.0 * 2.3e-16;
  return std::abs(back - value) <= kRoundings * std::abs(value) ? rounded : fmt::format("{}", value);
}

}  // namespace gaxel::legacy
