#include "legacy/imfit_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/nearest_name.hpp"
#include "gaxel/error.hpp"
#include "legacy/imfit_functions.hpp"

namespace gaxel::legacy {

namespace {

constexpr std::array<std::string_view, 7> kOptions{"GAIN",         "READNOISE", "EXPTIME", "NCOMBINED",
                                                   "ORIGINAL_SKY", "NCOLS",     "NROWS"};
constexpr const char* kLimits = "fixed, or lower,upper without blanks";

class Parser {
 public:
  explicit Parser(TextDocument text) { document_.text = std::move(text); }

  ImfitDocument parse() {
    for (std::size_t i = 0; i < text().size(); ++i) {
      const std::vector<Token> tokens = split(text().line(i));
      if (!tokens.empty()) read(i, tokens);
    }
    check_function();
    if (document_.functions.empty())
      throw InputError(
          {text().path(), "FUNCTION", "", "the file has no function", "X0, Y0 and FUNCTION lines"});
    return std::move(document_);
  }

 private:
  const TextDocument& text() const { return document_.text; }

  void read(std::size_t line, const std::vector<Token>& tokens) {
    const std::string& word = tokens.front().text;
    if (word == "OPTIONAL_PARAMS_START" || word == "OPTIONAL_PARAMS_END") {
      in_options_ = word.ends_with("START");
    } else if (in_options_) {
      return;  // how Imfit interpolates its PSF
    } else if (word == "X0") {
      check_function();
      document_.sets.push_back({parameter(line, tokens), {}});
      has_y0_ = false;
    } else if (word == "Y0") {
      if (document_.sets.empty() || has_y0_)
        text().fail(line, "Y0", "", "there is no X0 before it", "X0, then Y0");
      document_.sets.back().y0 = parameter(line, tokens);
      has_y0_ = true;
    } else if (document_.sets.empty()) {
      read_option(line, tokens);
    } else if (word == "FUNCTION") {
      begin_function(line, tokens);
    } else {
      if (kind_ == nullptr) text().fail(line, word, "", "stands before any function", "FUNCTION and a name");
      if (document_.functions.back().parameters.size() == kind_->slots.size()) {
        text().fail(line, word, "",
                    fmt::format("{} has no more than {} parameters", kind_->name, kind_->slots.size()),
                    "FUNCTION, or X0 of the next function set");
      }
      read_parameter(line, tokens);
    }
  }

  void read_option(std::size_t line, const std::vector<Token>& tokens) {
    const std::string name = upper(tokens.front().text);
    if (std::ranges::find(kOptions, name) == kOptions.end()) {
      document_.remarks.push_back(fmt::format("{}: \"{}\" is no option of Imfit and is left out",
                                              text().place(line), tokens.front().text));
      return;
    }
    document_.options.push_back({name, line, tokens});
  }

  void begin_function(std::size_t line, const std::vector<Token>& tokens) {
    check_function();
    if (!has_y0_) text().fail(line, "FUNCTION", "", "X0 has no Y0", "Y0 after X0");
    if (tokens.size() < 2) text().fail(line, "FUNCTION", "", "the name is missing", imfit_kinds_text());
    const std::string& name = tokens[1].text;
    kind_ = find_imfit_kind(name);
    if (kind_ == nullptr) {
      std::vector<std::string_view> names;
      for (const ImfitKind& kind : imfit_kinds()) names.push_back(kind.name);
      text().fail(line, "FUNCTION", name, "no function of Imfit's", suggestion(name, names));
    }
    document_.functions.push_back({name, label(line), line, document_.sets.size() - 1, {}});
  }

  /// "# LABEL text" at the end of a line.
  std::string label(std::size_t line) const {
    const std::string& all = text().line(line);
    const std::size_t hash = all.find('#');
    if (hash == std::string::npos) return "";
    const std::size_t word = all.find_first_not_of(" \t#", hash);
    constexpr std::string_view kWord = "LABEL";
    if (word == std::string::npos || all.compare(word, kWord.size(), kWord) != 0) return "";
    const std::size_t begin = all.find_first_not_of(" \t", word + kWord.size());
    if (begin == std::string::npos) return "";
    return all.substr(begin, all.find_last_not_of(" \t") + 1 - begin);
  }

  void read_parameter(std::size_t line, const std::vector<Token>& tokens) {
    ImfitFunction& function = document_.functions.back();
    const std::string_view expected = kind_->slots[function.parameters.size()].name;
    if (lower(tokens.front().text) != lower(expected)) {
      document_.remarks.push_back(
          fmt::format("{}: \"{}\" stands where {} has {}: as in Imfit the order counts, not the "
                      "name",
                      text().place(line), tokens.front().text, kind_->name, expected));
    }
    function.parameters.push_back(parameter(line, tokens));
  }

  ImfitParameter parameter(std::size_t line, const std::vector<Token>& tokens) const {
    ImfitParameter result;
    result.name = tokens.front().text;
    result.line = line;
    result.tokens = tokens;
    if (tokens.size() < 2) text().fail(line, result.name, "", "the value is missing", "a number");
    const std::optional<double> value = parse_number(tokens[1].text);
    if (!value) text().fail(line, result.name, tokens[1].text, "not a number", "a number");
    result.value = *value;
    if (tokens.size() > 2) read_limits(tokens[2].text, result);
    return result;
  }

  void read_limits(const std::string& word, ImfitParameter& result) const {
    if (lower(word) == "fixed") {
      result.fixed = true;
      return;
    }
    const std::vector<std::string> parts = split_list(word);
    const std::optional<double> low = parse_number(parts.front());
    const std::optional<double> high = parse_number(parts.back());
    if (parts.size() != 2 || !low || !high) text().fail(result.line, result.name, word, "no limits", kLimits);
    if (!(*low < *high))
      text().fail(result.line, result.name, word, "the limits leave no room", "the lower one first");
    if (result.value < *low || result.value > *high)
      text().fail(result.line, result.name, word,
                  fmt::format("the start, {}, is outside", result.tokens[1].text),
                  "limits on both sides of the start");
    result.min = low;
    result.max = high;
  }

  void check_function() const {
    if (kind_ == nullptr || document_.functions.empty()) return;
    const ImfitFunction& function = document_.functions.back();
    const std::size_t n = function.parameters.size();
    if (n == kind_->slots.size()) return;
    text().fail(function.line, "FUNCTION", function.name,
                fmt::format("{} of {} parameters", n, kind_->slots.size()),
                fmt::format("{} as the next", kind_->slots[n].name));
  }

  ImfitDocument document_;
  const ImfitKind* kind_ = nullptr;
  bool has_y0_ = true;
  bool in_options_ = false;
};

}  // namespace

const ImfitOption* ImfitDocument::option(std::string_view name) const {
  const auto found = std::ranges::find(options, name, &ImfitOption::name);
  return found == options.end() ? nullptr : &*found;
}

std::optional<double> ImfitDocument::number(std::string_view name) const {
  const ImfitOption* found = option(name);
  if (found == nullptr) return std::nullopt;
  const std::string word = found->tokens.size() > 1 ? found->tokens[1].text : "";
  const std::optional<double> value = parse_number(word);
  if (!value)
    text.fail(found->line, found->name, word, word.empty() ? "the value is missing" : "not a number",
              "a number");
  return value;
}

ImfitDocument parse_imfit(TextDocument text) {
  return Parser(std::move(text)).parse();
}

bool looks_like_imfit(const TextDocument& text) {
  bool centre = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::vector<Token> tokens = split(text.line(i));
    if (tokens.size() < 2) continue;
    centre = centre || tokens.front().text == "X0";
    if (centre && tokens.front().text == "FUNCTION") return true;
  }
  return false;
}

}  // namespace gaxel::legacy
