// Imfit's configuration files (P. Erwin), as imfit, makeimage and imfit-mcmc read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "legacy/text_document.hpp"

namespace gaxel::legacy {

/// "name value [fixed | lower,upper]".
struct ImfitParameter {
  std::string name;
  std::size_t line = 0;
  std::vector<Token> tokens;  ///< name, value, limits
  double value = 0.0;
  bool fixed = false;
  std::optional<double> min;
  std::optional<double> max;
};

struct ImfitFunction {
  std::string name;
  std::string label;  ///< of "FUNCTION name # LABEL label"; may be empty
  std::size_t line = 0;
  std::size_t set = 0;  ///< which function set it belongs to
  std::vector<ImfitParameter> parameters;
};

/// Functions with one centre, FITS pixels.
struct ImfitSet {
  ImfitParameter x0;
  ImfitParameter y0;
};

/// "GAIN 4.7" and so on, before the first function set.
struct ImfitOption {
  std::string name;  ///< upper case
  std::size_t line = 0;
  std::vector<Token> tokens;
};

struct ImfitDocument {
  TextDocument text;
  std::vector<ImfitOption> options;
  std::vector<ImfitSet> sets;
  std::vector<ImfitFunction> functions;
  std::vector<std::string> remarks;  ///< names that are not those of the function, unknown options

  const ImfitOption* option(std::string_view name) const;
  /// A number of the prelude. Throws InputError when it is none.
  std::optional<double> number(std::string_view name) const;
};

/// Throws InputError with file, line, token and what is allowed for what Imfit does not read: unknown
/// functions, too few or too many parameters, values and limits that are no numbers, limits in the wrong
/// order or around no start value.
ImfitDocument parse_imfit(TextDocument text);

/// Whether a text has lines that begin with X0 and FUNCTION.
bool looks_like_imfit(const TextDocument& text);

}  // namespace gaxel::legacy
