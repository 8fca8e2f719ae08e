#include "legacy/galfit_constraints.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "legacy/galfit_objects.hpp"

namespace gaxel::legacy {

namespace {

constexpr const char* kComponents = "component";
constexpr const char* kParameter = "parameter";
constexpr const char* kRange = "range";

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

class Parser {
 public:
  Parser(TextDocument text, const GalfitDocument& document) : document_(document) {
    result_.text = std::move(text);
  }

  GalfitConstraints parse() {
    for (std::size_t i = 0; i < result_.text.size(); ++i) {
      const std::vector<Token> tokens = split(result_.text.line(i));
      if (!tokens.empty()) read(i, tokens);
    }
    return std::move(result_);
  }

 private:
  [[noreturn]] void fail(const char* key, const std::string& value, const std::string& what,
                         const std::string& allowed) const {
    result_.text.fail(constraint_.line, key, value, what, allowed);
  }

  void read(std::size_t line, const std::vector<Token>& tokens) {
    constraint_ = {};
    constraint_.line = line;
    const char joint = read_components(tokens.front().text);
    if (tokens.size() < 2) fail(kParameter, "", "missing", "component, parameter and range");
    read_parameter(tokens[1].text, joint != '\0');
    if (tokens.size() < 3) fail(kRange, "", "missing", range_text(joint));
    read_range({tokens.begin() + 2, tokens.end()}, joint);
    for (const int number : constraint_.components) {
      const GalfitObject& object = document_.objects[static_cast<std::size_t>(number - 1)];
      if (!find_parameter(object, constraint_.parameter)) {
        fail(kParameter, tokens[1].text,
             fmt::format("component {} ({}) has no such parameter", number, object.type),
             "x, y, mag, re, n, q, pa and so on, c for C0, f1a and f1p for F1, r2 for R2, sky, or the number "
             "of a "
             "row of that component");
      }
    }
    result_.constraints.push_back(constraint_);
  }

  /// The sign between the numbers of coupled components; '\0' for a single one.
  char read_components(const std::string& word) {
    const std::size_t at = word.find_first_of("-/_");
    const char joint = at == std::string::npos ? '\0' : word[at];
    const std::string allowed =
        "a number, \"3-7\" for a difference, \"3/7\" for a ratio, \"3_2_1\" for what is kept";
    std::string rest = word;
    for (;;) {
      const std::size_t end = joint == '\0' ? std::string::npos : rest.find(joint);
      const std::string number = rest.substr(0, end);
      if (!is_digits(number)) fail(kComponents, word, "no components", allowed);
      const int value = std::stoi(number);
      if (value < 1 || value > static_cast<int>(document_.objects.size()))
        fail(kComponents, word, fmt::format("there is no component {}", number),
             fmt::format("1 to {}", document_.objects.size()));
      if (std::ranges::find(constraint_.components, value) != constraint_.components.end())
        fail(kComponents, word, fmt::format("component {} is named twice", number), allowed);
      constraint_.components.push_back(value);
      if (end == std::string::npos) break;
      rest.erase(0, end + 1);
    }
    if ((joint == '-' || joint == '/') && constraint_.components.size() != 2)
      fail(kComponents, word, "a difference or ratio is one of two components", allowed);
    return joint;
  }

  void read_parameter(const std::string& word, bool coupled) {
    const std::size_t at = word.find('_');
    constraint_.parameter = lower(word.substr(0, at));
    if (at == std::string::npos) return;
    const std::string suffix = word.substr(at + 1);
    if (lower(suffix) == "all") {
      constraint_.scope = ConstraintScope::kAll;
      return;
    }
    const auto label =
        std::ranges::find(document_.labels, upper(suffix), [](const std::string& l) { return upper(l); });
    const auto n_bands = static_cast<int>(document_.n_bands);
    if (label != document_.labels.end()) {
      if (coupled)
        fail(kParameter, word, "components are coupled by coefficients only", "\"_0\", \"_1\" and so on");
      constraint_.scope = ConstraintScope::kBand;
      constraint_.band = static_cast<std::size_t>(label - document_.labels.begin());
    } else if (is_digits(suffix) && std::stoi(suffix) < n_bands) {
      constraint_.scope = ConstraintScope::kCoefficient;
      constraint_.coefficient = std::stoi(suffix);
    } else {
      fail(kParameter, word, fmt::format("\"{}\" is neither a band nor a coefficient", suffix),
           fmt::format("a label of A1), 0 to {}, or all", n_bands - 1));
    }
  }

  static std::string range_text(char joint) {
    if (joint == '_') return "offset or ratio";
    if (joint != '\0') return "two numbers, the lower one first";
    return "\"0.5 to 8\" for values, \"-1 1\" about the input, \"factor 3\", or \"-2 ref 2\"";
  }

  void read_range(const std::vector<Token>& tokens, char joint) {
    std::string word;
    std::vector<double> numbers;
    std::string all;
    for (const Token& token : tokens) all += (all.empty() ? "" : " ") + token.text;
    for (const Token& token : tokens) {
      if (const std::optional<double> number = parse_number(token.text)) {
        if (numbers.size() < 2) numbers.push_back(*number);
      } else if (numbers.size() < 2 && word.empty()) {
        word = lower(token.text);
      }
    }
    const std::string allowed = range_text(joint);
    if (joint == '_') {
      if (word != "offset" && word != "ratio") fail(kRange, all, "no coupling", allowed);
      constraint_.form = word == "offset" ? ConstraintForm::kOffset : ConstraintForm::kFixedRatio;
      return;
    }
    if (joint == '\0' && word == "factor" && !numbers.empty()) {
      if (!(numbers.front() > 1.0)) fail(kRange, all, "no factor", "factor and a number above 1");
      constraint_.form = ConstraintForm::kFactor;
      constraint_.high = numbers.front();
      return;
    }
    if (numbers.size() < 2) fail(kRange, all, "two numbers are needed", allowed);
    if (!(numbers[0] < numbers[1])) fail(kRange, all, "leaves no room", "the lower number first");
    constraint_.low = numbers[0];
    constraint_.high = numbers[1];
    if (joint == '-') {
      constraint_.form = ConstraintForm::kDifference;
    } else if (joint == '/') {
      constraint_.form = ConstraintForm::kRatio;
    } else if (word == "to") {
      constraint_.form = ConstraintForm::kAbsolute;
    } else if (word.empty() || word == "in") {
      constraint_.form = ConstraintForm::kRelative;
    } else if (word == "ref") {
      constraint_.form = ConstraintForm::kReference;
    } else {
      fail(kRange, all, fmt::format("\"{}\" is not known here", word), allowed);
    }
  }

  const GalfitDocument& document_;
  GalfitConstraints result_;
  GalfitConstraint constraint_;
};

/// x and y stand on one line in GALFIT and on two in GALFITM.
ParameterPlace position(const GalfitObject& object, bool is_y, std::string_view first,
                        std::string_view second) {
  const GalfitRow* row = object.row(first);
  const bool together = row != nullptr && row->values.size() == 2;
  if (!is_y || together) return {std::string(first), is_y ? 1u : 0u};
  return {std::string(second), 0};
}

std::optional<ParameterPlace> shape_place(const std::string& name) {
  const std::string rest = name.substr(1);
  switch (name.front()) {
    case 'c':
      if (rest.empty() || rest == "0") return ParameterPlace{"C0", 0};
      return std::nullopt;
    case 'b':
    case 'r':
    case 't':
      if (is_digits(rest)) return ParameterPlace{upper(name), 0};
      return std::nullopt;
    case 'f':
      if (name.size() >= 3 && is_digits(name.substr(1, name.size() - 2)) &&
          (name.back() == 'a' || name.back() == 'p'))
        return ParameterPlace{upper(name.substr(0, name.size() - 1)), name.back() == 'p' ? 1u : 0u};
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<ParameterPlace> object_place(const GalfitObject& object, const std::string& name) {
  const auto type = find_object_type(object.type);
  if (!type) return std::nullopt;
  const bool sky = type->type->name == "sky";
  for (const ObjectSlot& slot : type->type->slots) {
    if (slot.constraint == name || (is_digits(name) && slot.row == name && slot.index == 0)) {
      if (!sky && slot.row == "1") return position(object, slot.index == 1, "1", "2");
      return ParameterPlace{std::string(slot.row), slot.index};
    }
  }
  if (sky) return std::nullopt;
  if (name == "2") return position(object, true, "1", "2");
  // Whatever a type calls it, the radius of row 4.
  constexpr std::array<std::string_view, 5> kRadii{"re", "rs", "rb", "rc", "r"};
  if (std::ranges::find(kRadii, name) != kRadii.end() && type->type->name != "psf")
    return ParameterPlace{"4", 0};
  return std::nullopt;
}

}  // namespace

GalfitConstraints parse_constraints(TextDocument text, const GalfitDocument& document) {
  return Parser(std::move(text), document).parse();
}

std::optional<ParameterPlace> find_parameter(const GalfitObject& object, const std::string& parameter) {
  std::optional<ParameterPlace> place;
  if (object.is_truncation) {
    if (parameter == "x" || parameter == "y") return position(object, parameter == "y", "T1", "T2");
    if (parameter == "q") place = {"T9", 0};
    if (parameter == "pa") place = {"T10", 0};
    if (is_digits(parameter)) place = {fmt::format("T{}", parameter), 0};
  } else {
    place = object_place(object, parameter);
  }
  if (!place && !parameter.empty()) {
    place = shape_place(parameter);
    if (place && object.row(place->row) == nullptr) return std::nullopt;
  }
  return place;
}

}  // namespace gaxel::legacy
