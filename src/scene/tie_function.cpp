#include "scene/tie_function.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <muParser.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "gaxel/error.hpp"

namespace gaxel {

struct TieFunction::Parser {
  mu::Parser expression;
  std::vector<double> values;  // of the terms: the parser knows their places
  double wavelength = 1.0;
  double zeropoint = 0.0;
};

TieFunction::TieFunction(const Tie& tie, const std::string& where, const std::string& key)
    : parser_(std::make_shared<Parser>()) {
  parser_->values.assign(tie.terms.size(), 1.0);
  std::vector<std::string> names;
  for (const Tie::Term& term : tie.terms) names.push_back(term.name);
  try {
    for (std::size_t i = 0; i < names.size(); ++i) {
      parser_->expression.DefineVar(names[i], &parser_->values[i]);
    }
    parser_->expression.DefineVar("_wavelength", &parser_->wavelength);
    parser_->expression.DefineVar("_zeropoint", &parser_->zeropoint);
    parser_->expression.SetExpr(tie.expression);
    parser_->expression.Eval();
  } catch (const mu::ParserError& error) {
    throw InputError({where, key, tie.text.empty() ? tie.expression : tie.text,
                      fmt::format("no expression: {}", error.GetMsg()),
                      names.empty() || !tie.text.empty()
                          ? "numbers, parameters of components, + - * / ^, functions"
                          : fmt::format("numbers and {}", fmt::join(names, ", "))});
  }
}

void TieFunction::in_band(const BandFrame& band) {
  parser_->wavelength = band.wavelength;
  parser_->zeropoint = band.zeropoint;
}

double TieFunction::operator()(std::span<const double> terms) const {
  std::ranges::copy(terms, parser_->values.begin());
  try {
    return parser_->expression.Eval();
  } catch (const mu::ParserError&) {
    return std::numeric_limits<double>::quiet_NaN();
  }
}

std::vector<double> TieFunction::derivatives(std::span<const double> terms) const {
  constexpr std::array kWeights{45.0 / 60.0, -9.0 / 60.0, 1.0 / 60.0};
  constexpr double kStep = 2e-3;  // truncation, its sixth power, and rounding over it are about 1e-13 each
  std::vector<double> at(terms.begin(), terms.end());
  std::vector<double> result(terms.size(), 0.0);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const double step = kStep * (terms[i] != 0.0 ? std::abs(terms[i]) : 1.0);
    for (std::size_t k = 0; k < kWeights.size(); ++k) {
      const double away = static_cast<double>(k + 1) * step;
      at[i] = terms[i] + away;
      const double ahead = (*this)(at);
      at[i] = terms[i] - away;
      result[i] += kWeights[k] * (ahead - (*this)(at)) / step;
    }
    at[i] = terms[i];
  }
  return result;
}

}  // namespace gaxel
