#include "legacy/object_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "gaxel/bands.hpp"
#include "io/convention.hpp"
#include "legacy/galfit_frame.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy {

namespace {

constexpr double kRounding = 1e-11;  // of numbers that went through another unit

/// A number over the bands as a list.
struct Said {
  std::vector<double> numbers;
  std::string flags;
  bool chebyshev = false;

  bool is_list() const { return numbers.size() > 1; }
};

bool near(double a, double b, double scale) {
  return std::abs(a - b) <= kRounding * std::max(scale, 1e-300);
}

double largest(const std::vector<double>& values) {
  double most = 0.0;
  for (const double value : values) most = std::max(most, std::abs(value));
  return most;
}

std::string line(const std::string& head, const std::vector<std::string>& values,
                 const std::vector<std::string>& flags, std::string_view word, const std::string& comment) {
  return fmt::format("{:>3} {:<24} {}{}{}   # {}\n", head, fmt::join(values, " "), fmt::join(flags, " "),
                     word.empty() ? "" : " ", word, comment);
}

/// The parameter's key in a scene.
std::string_view key_of(const RowNumber& number) {
  const auto place = static_cast<std::size_t>(number.parameter - number.component->parameters.data());
  return io::file_key(number.component->kind->parameters[place], number.component->flux_is_magnitude);
}

class Joiner {
 public:
  Joiner(std::span<const SceneSource> sources, std::vector<std::string>& losses)
      : sources_(sources), losses_(losses), wavelengths_(all_wavelengths(sources)), n_(sources.size()) {}

  std::string join(const std::vector<const ObjectRow*>& rows) {
    const ObjectRow& first = *rows.front();
    std::vector<Said> said;
    for (std::size_t i = 0; i < first.numbers.size(); ++i) {
      std::vector<double> values;
      for (const ObjectRow* row : rows) values.push_back(row->numbers[i].value);
      said.push_back(say(first.numbers[i], values));
    }
    const bool chebyshev = std::ranges::any_of(said, &Said::chebyshev);
    const bool lists = std::ranges::any_of(said, &Said::is_list);
    std::vector<std::string> values;
    std::vector<std::string> flags;
    for (Said& one : said) {
      if (chebyshev && !one.chebyshev && one.is_list()) one.numbers = series(one.numbers, n_);
      std::vector<std::string> texts;
      for (const double number : one.numbers) texts.push_back(number_text(number));
      values.push_back(fmt::format("{}", fmt::join(texts, ",")));
      flags.push_back(one.flags);
    }
    return line(first.text, values, flags, chebyshev ? "cheb" : lists ? "band" : "", first.comment);
  }

 private:
  static std::vector<double> all_wavelengths(std::span<const SceneSource> sources) {
    std::vector<double> values;
    for (const SceneSource& source : sources) values.push_back(source.wavelength);
    return values;
  }

  std::vector<double> series(const std::vector<double>& values, std::size_t n) const {
    std::vector<double> coefficients =
        wavelengths_.series_through(values, Basis::kChebyshev, static_cast<int>(n));
    // Changes of units and back leave a few roundings, which round numbers were without.
    constexpr double kRoundings = 3e-15;
    for (double& coefficient : coefficients) {
      if (near(coefficient, 0.0, largest(values))) coefficient = 0.0;
      const double round = *parse_number(fmt::format("{:.14g}", coefficient));
      if (std::abs(round - coefficient) <= kRoundings * largest(values)) coefficient = round;
    }
    return coefficients;
  }

  bool goes_through(const std::vector<double>& coefficients, const std::vector<double>& values) const {
    for (std::size_t b = 0; b < n_; ++b) {
      const std::vector<double> functions = wavelengths_.functions_in(static_cast<int>(b), Basis::kChebyshev,
                                                                      static_cast<int>(coefficients.size()));
      double sum = 0.0;
      for (std::size_t i = 0; i < functions.size(); ++i) sum += functions[i] * coefficients[i];
      if (!near(sum, values[b], largest(values))) return false;
    }
    return true;
  }

  /// The parameter that decides what is free: of ties the one at their end.
  const Parameter& leader(const Parameter& parameter) const {
    const Parameter* end = &parameter;
    for (std::size_t step = 0; end->tie && !end->tie->terms.empty() && step < kMostSteps; ++step) {
      const Tie::Term& term = end->tie->terms.front();
      end = &sources_.front().scene.components[term.component].parameters[term.parameter];
    }
    return *end;
  }

  void lose(const RowNumber& number, const char* what) {
    losses_.push_back(fmt::format("{}: {}: {}", number.component->name, key_of(number), what));
  }

  Said all_free(const std::vector<double>& values) const {
    const bool equal = is_equal(values);
    return {equal ? std::vector{values.front()} : values, fmt::format("{}", n_)};
  }

  static bool is_equal(const std::vector<double>& values) {
    return std::ranges::all_of(values, [&](double v) { return near(v, values.front(), largest(values)); });
  }

  Said say(const RowNumber& number, const std::vector<double>& values) {
    const std::vector<double> short_list = is_equal(values) ? std::vector{values.front()} : values;
    if (!number.free) return {short_list, "0"};
    const Parameter& owner = leader(*number.parameter);
    switch (owner.basis) {
      case Basis::kConstant:
        return {short_list, "1"};
      case Basis::kBands:
        if (std::ranges::count(owner.free_coefficients, 0) > 0)
          lose(number, "GALFITM has no parameter that is free in some bands only; it is free in all");
        return all_free(values);
      case Basis::kBSpline:
        lose(number, "GALFITM's series are Chebyshev polynomials; one of as many coefficients is written");
        return {values, fmt::format("{}", std::min(n_, owner.coefficients.size()))};
      case Basis::kChebyshev:
        break;
    }
    return say_series(number, owner, values);
  }

  Said say_series(const RowNumber& number, const Parameter& owner, const std::vector<double>& values) {
    const std::vector<std::uint8_t>& marks = owner.free_coefficients;
    const auto n_free = std::ranges::count(marks, 1);
    const bool leading = std::ranges::is_sorted(marks, std::greater());
    if (const auto given = given_values(number); given && leading) return {*given, fmt::format("{}", n_free)};
    const std::vector<double> coefficients = series(values, marks.size());
    if (!goes_through(coefficients, values)) {
      lose(number, "its series is none of magnitudes; it is free in each band");
      return all_free(values);
    }
    return {coefficients, leading ? fmt::format("{}", n_free) : fmt::format("{}", fmt::join(marks, ",")),
            true};
  }

  /// The values in the bands that a scene gives for a series to start next to.
  std::optional<std::vector<double>> given_values(const RowNumber& number) const {
    const SceneSource& source = sources_.front();
    const auto which = static_cast<std::size_t>(number.component - source.scene.components.data());
    const io::TomlTable component = source.root().tables("component")[which];
    if (number.parameter->tie || !component.is_table(key_of(number))) return std::nullopt;
    std::optional<std::vector<double>> values = component.table(key_of(number))->numbers("values", n_);
    if (!values || number.conversion == Conversion::kBrightness) return std::nullopt;
    for (double& value : *values) value = to_galfit(number.conversion, number.factor, value, GalfitFrame());
    return values;
  }

  static constexpr std::size_t kMostSteps = 1000;  // of ties to ties, which go in no circle

  std::span<const SceneSource> sources_;
  std::vector<std::string>& losses_;
  Wavelengths wavelengths_;
  std::size_t n_;
};

}  // namespace

std::string rows_text(std::span<const ObjectRow> rows) {
  std::string text;
  for (const ObjectRow& row : rows) {
    if (row.numbers.empty()) {
      text += row.text;
      continue;
    }
    std::vector<std::string> values;
    std::vector<std::string> flags;
    for (const RowNumber& number : row.numbers) {
      values.push_back(number_text(number.value));
      flags.emplace_back(number.free ? "1" : "0");
    }
    text += line(row.text, values, flags, "", row.comment);
  }
  return text;
}

std::string rows_text(std::span<const std::vector<ObjectRow>> in_bands, std::span<const SceneSource> sources,
                      std::vector<std::string>& losses) {
  if (in_bands.size() == 1) return rows_text(in_bands.front());
  Joiner joiner(sources, losses);
  std::string text;
  for (std::size_t i = 0; i < in_bands.front().size(); ++i) {
    if (in_bands.front()[i].numbers.empty()) {
      text += in_bands.front()[i].text;
      continue;
    }
    std::vector<const ObjectRow*> rows;
    for (const std::vector<ObjectRow>& band : in_bands) rows.push_back(&band[i]);
    text += joiner.join(rows);
  }
  return text;
}

}  // namespace gaxel::legacy
