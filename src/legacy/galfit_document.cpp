#include "legacy/galfit_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/nearest_name.hpp"
#include "legacy/galfit_objects.hpp"

namespace gaxel::legacy {

namespace {

constexpr std::array<std::string_view, 18> kControls{"A", "A1", "A2", "B", "C", "D", "E", "F", "G",
                                                     "H", "I",  "J",  "K", "O", "P", "S", "U", "V"};

bool is_control(std::string_view key) {
  return key == "W" || std::ranges::find(kControls, key) != kControls.end();
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 2 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Keys of the lines of an object.
bool is_row(std::string_view key) {
  if (key == "Z" || key == "TI" || key == "TO" || key == "C0") return true;
  if (is_digits(key)) return parse_whole(key) <= 10;
  const std::string_view rest = key.substr(1);
  switch (key.front()) {
    case 'B':
    case 'F':
      return is_digits(rest) && rest != "0";
    case 'R':
    case 'T':
      return is_digits(rest) && parse_whole(rest) <= 10;
    default:
      return false;
  }
}

/// The key at the beginning of a line, as it stands there, and where what follows begins.
struct FoundKey {
  std::string text;
  std::size_t rest = 0;
  bool spaced = false;  ///< blanks before the parenthesis
};

std::optional<FoundKey> find_key(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  std::size_t end = begin;
  while (end < line.size() && end - begin < 4 && std::isalnum(static_cast<unsigned char>(line[end])) != 0)
    ++end;
  const std::size_t paren = line.find_first_not_of(" \t", end);
  if (end == begin || paren == std::string_view::npos || line[paren] != ')') return std::nullopt;
  const std::size_t rest = paren + 1;
  if (rest < line.size() && line[rest] != ' ' && line[rest] != '\t') return std::nullopt;
  return FoundKey{std::string(line.substr(begin, end - begin)), rest, paren != end};
}

class Parser {
 public:
  explicit Parser(TextDocument text) { document_.text = std::move(text); }

  GalfitDocument parse() {
    for (std::size_t i = 0; i < document_.text.size(); ++i) read_line(i);
    read_bands();
    for (GalfitObject& object : document_.objects) {
      for (GalfitRow& row : object.rows) read_values(object, row);
    }
    return std::move(document_);
  }

 private:
  const TextDocument& text() const { return document_.text; }

  void remark(std::size_t line, const std::string& what) {
    document_.remarks.push_back(fmt::format("{}: {}", text().place(line), what));
  }

  void read_line(std::size_t i) {
    const std::optional<FoundKey> found = find_key(text().line(i));
    if (!found) return;
    const std::string key = upper(found->text);
    std::vector<Token> tokens = split(text().line(i), found->rest);
    if (is_control(key)) {
      if (document_.control(key) != nullptr)
        remark(i, fmt::format("{}) is given again; the last counts", key));
      document_.controls.push_back({key, i, std::move(tokens)});
    } else if (!is_row(key)) {
      remark(i, fmt::format("\"{})\" is no key of GALFIT; the line is left out", found->text));
      return;
    } else if (key == "0" || key == "T0") {
      begin_object(i, key, tokens);
    } else if (document_.objects.empty()) {
      remark(i, fmt::format("{}) stands before the first 0); the line is left out", key));
    } else {
      GalfitObject& object = document_.objects.back();
      const bool repeats = key == "TI" || key == "TO";
      if (!repeats && object.row(key) != nullptr)
        remark(i, fmt::format("{}) is given again for component {}; the last counts", key, object.number));
      object.rows.push_back({key, i, std::move(tokens), {}, ListForm::kBands});
    }
    if (found->spaced) remark(i, fmt::format("blanks between \"{}\" and \")\": GALFIT stops there", key));
  }

  void begin_object(std::size_t i, const std::string& key, const std::vector<Token>& tokens) {
    const bool truncation = key == "T0";
    const std::string allowed =
        truncation ? fmt::format("{}", fmt::join(truncation_types(), ", ")) : object_types_text();
    if (tokens.empty()) text().fail(i, key + ")", "", "the type is missing", allowed);
    const std::string type = lower(tokens.front().text);
    const auto known = truncation_types();
    if (truncation ? std::ranges::find(known, type) == known.end() : !find_object_type(type)) {
      text().fail(i, key + ")", tokens.front().text, "no type of GALFIT's", allowed);
    }
    const int number = static_cast<int>(document_.objects.size()) + 1;
    document_.objects.push_back({type, truncation, number, i, {}});
    document_.objects.back().rows.push_back({key, i, tokens, {}, ListForm::kBands});
  }

  void read_bands() {
    std::size_t n = 1;
    const GalfitControl* given = nullptr;
    for (const std::string_view key : {"A", "A1", "A2"}) {
      const GalfitControl* control = document_.control(key);
      if (control == nullptr || control->tokens.empty()) continue;
      const std::vector<std::string> list = split_list(control->tokens.front().text);
      if (given != nullptr && list.size() != n) {
        text().fail(control->line, std::string(key) + ")", control->tokens.front().text,
                    fmt::format("{} entries", list.size()),
                    fmt::format("{}, as many as in {}): a list with commas and no blanks", n, given->key));
      }
      if (std::ranges::find(list, "") != list.end())
        text().fail(control->line, std::string(key) + ")", control->tokens.front().text, "an entry is empty",
                    "a list with commas and no blanks");
      n = list.size();
      given = control;
    }
    document_.n_bands = n;
    read_labels();
    read_wavelengths();
  }

  void read_labels() {
    const GalfitControl* control = document_.control("A1");
    if (control == nullptr || control->tokens.empty()) return;
    document_.labels = split_list(control->tokens.front().text);
    std::set<std::string> taken;
    for (const std::string& label : document_.labels) {
      if (!taken.insert(upper(label)).second)
        text().fail(control->line, "A1)", label, "two bands have this label",
                    "labels that differ, also without regard to case");
    }
  }

  void read_wavelengths() {
    const GalfitControl* control = document_.control("A2");
    if (control == nullptr || control->tokens.empty()) {
      if (document_.n_bands == 1) return;
      const GalfitControl* images = document_.control("A");
      text().fail(images == nullptr ? 0 : images->line, "A2)", "",
                  fmt::format("missing, with {} bands", document_.n_bands), "the wavelength of each band");
    }
    for (const std::string& word : split_list(control->tokens.front().text)) {
      const std::optional<double> value = parse_number(word);
      if (!value || !(*value > 0.0))
        text().fail(control->line, "A2)", word, "no wavelength", "a number above 0");
      if (std::ranges::find(document_.wavelengths, *value) != document_.wavelengths.end())
        text().fail(control->line, "A2)", word, "two bands have this wavelength", "wavelengths that differ");
      document_.wavelengths.push_back(*value);
    }
  }

  /// Splits the tokens of a row into values, flags and the word that tells the form.
  void read_values(const GalfitObject& object, GalfitRow& row) {
    if (row.key == "0" || row.key == "T0" || row.key == "R0") return;
    std::size_t n_numeric = 0;
    while (n_numeric < row.tokens.size() && is_numeric(row.tokens[n_numeric].text)) ++n_numeric;
    const std::string word = n_numeric < row.tokens.size() ? lower(row.tokens[n_numeric].text) : "";
    if (word == "cheb") row.form = ListForm::kChebyshev;
    if (n_numeric == 0 && !is_read(object, row)) return;
    if (n_numeric == 0) {
      text().fail(row.line, row.key + ")", row.word(),
                  row.tokens.empty() ? "the value is missing" : "not a number",
                  "a number, and 0 or 1 for fixed or free");
    }
    const std::size_t n_values = value_count(object, row, n_numeric);
    for (std::size_t v = 0; v < n_values && v < n_numeric; ++v) row.values.push_back(value(row, v));
    const bool flagless = row.key == "Z" || row.key == "TI" || row.key == "TO";
    if (flagless) return;
    for (std::size_t v = 0; v < row.values.size() && n_values + v < n_numeric; ++v)
      read_flags(row, n_values + v, row.values[v]);
    if (n_numeric < 2 * n_values) {
      remark(row.line, fmt::format("{}) of component {} has {} of {} fit flags; the rest is fixed", row.key,
                                   object.number, n_numeric > n_values ? n_numeric - n_values : 0, n_values));
    }
  }

  /// Whether anything depends on a row: GALFIT fills those that a type has not with anything.
  static bool is_read(const GalfitObject& object, const GalfitRow& row) {
    if (row.key == "Z") return false;
    const auto type = find_object_type(object.type);
    if (!type || !is_digits(row.key)) return true;
    return row.key == "2" || std::ranges::any_of(type->type->slots,
                                                 [&](const ObjectSlot& slot) { return slot.row == row.key; });
  }

  static bool is_numeric(std::string_view token) {
    return std::ranges::all_of(split_list(token),
                               [](const std::string& part) { return parse_number(part).has_value(); });
  }

  /// x and y, with their flags, stand on one line in GALFIT and on two in GALFITM.
  static std::size_t value_count(const GalfitObject& object, const GalfitRow& row, std::size_t n_numeric) {
    if (row.key.front() == 'F') return 2;
    const bool position = row.key == "T1" || (row.key == "1" && object.type != "sky");
    if (!position) return 1;
    if (n_numeric >= 3) return 2;
    return n_numeric == 2 && object.row(row.key == "1" ? "2" : "T2") == nullptr ? 2 : 1;
  }

  GalfitValue value(const GalfitRow& row, std::size_t token) const {
    GalfitValue result;
    result.token = token;
    for (const std::string& part : split_list(row.tokens[token].text))
      result.values.push_back(*parse_number(part));
    const std::size_t n = result.values.size();
    const bool fits =
        row.form == ListForm::kChebyshev ? n <= document_.n_bands : n == 1 || n == document_.n_bands;
    if (!fits) {
      text().fail(row.line, row.key + ")", row.tokens[token].text, fmt::format("{} entries", n),
                  row.form == ListForm::kChebyshev
                      ? fmt::format("1 to {} coefficients, no more than bands", document_.n_bands)
                      : fmt::format("one value, or one for each of the {} bands", document_.n_bands));
    }
    return result;
  }

  void read_flags(const GalfitRow& row, std::size_t token, GalfitValue& value) const {
    const std::string& word = row.tokens[token].text;
    const std::vector<std::string> parts = split_list(word);
    const int n_bands = static_cast<int>(document_.n_bands);
    // GALFIT writes 2 for what a constraint ties.
    const int most = parts.size() > 1 ? 1 : std::max(2, n_bands);
    for (const std::string& part : parts) {
      const std::optional<int> flag = parse_whole(part);
      if (!flag || *flag < 0 || *flag > most || static_cast<int>(parts.size()) > n_bands) {
        text().fail(row.line, row.key + ")", word, "not a fit flag",
                    n_bands == 1 ? "0 (fixed), 1 (free) or 2 (tied by a constraint)"
                                 : fmt::format("0 to {} free coefficients, or up to {} flags 0 or 1 with "
                                               "commas",
                                               n_bands, n_bands));
      }
      value.flags.push_back(*flag);
    }
    value.flags_are_list = parts.size() > 1;
  }

  GalfitDocument document_;
};

}  // namespace

bool GalfitValue::is_free() const {
  return std::ranges::any_of(flags, [](int flag) { return flag != 0; });
}

const GalfitRow* GalfitObject::row(std::string_view key) const {
  const auto found =
      std::find_if(rows.rbegin(), rows.rend(), [&](const GalfitRow& r) { return r.key == key; });
  return found == rows.rend() ? nullptr : &*found;
}

const GalfitControl* GalfitDocument::control(std::string_view key) const {
  const auto found =
      std::find_if(controls.rbegin(), controls.rend(), [&](const GalfitControl& c) { return c.key == key; });
  return found == controls.rend() ? nullptr : &*found;
}

std::string GalfitDocument::word(std::string_view key, std::size_t index) const {
  const GalfitControl* found = control(key);
  return found != nullptr && index < found->tokens.size() ? found->tokens[index].text : "";
}

std::vector<std::string> GalfitDocument::names(std::string_view key) const {
  std::vector<std::string> list = split_list(word(key));
  for (std::string& name : list) {
    if (lower(name) == "none") name.clear();
  }
  if (list.size() == 1) list.resize(n_bands, list.front());
  if (list.size() != n_bands) {
    text.fail(control(key)->line, std::string(key) + ")", word(key), fmt::format("{} entries", list.size()),
              fmt::format("one for each of the {} bands, with commas and no blanks", n_bands));
  }
  return list;
}

GalfitDocument parse_galfit(TextDocument text) {
  return Parser(std::move(text)).parse();
}

bool looks_like_galfit(const TextDocument& text) {
  bool image = false;
  bool output = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<FoundKey> key = find_key(text.line(i));
    if (!key) continue;
    const std::string name = upper(key->text);
    const std::vector<Token> tokens = split(text.line(i), key->rest);
    if (name == "0" && !tokens.empty() && find_object_type(lower(tokens.front().text))) return true;
    image = image || name == "A";
    output = output || name == "B";
  }
  return image && output;
}

}  // namespace gaxel::legacy
