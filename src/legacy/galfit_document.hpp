// GALFIT's and GALFITM's input files ("feedme", galfit.NN), by C. Peng and the MegaMorph project.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "legacy/text_document.hpp"

namespace gaxel::legacy {

/// How the list of a row is meant, by the word at its end.
enum class ListForm {
  kBands,     ///< a value for each band, in the order of A)
  kChebyshev  ///< coefficients of Chebyshev polynomials of the wavelength; those left out are 0
};

/// A number of a row, or with several bands the list in its place.
struct GalfitValue {
  std::vector<double> values;
  std::size_t token = 0;  ///< which of the row's tokens it is
  /// Fit flags: one is 0 (fixed), 1 (free) or, with several bands, the number of free leading coefficients;
  /// a list has one for each coefficient. Empty: not given.
  std::vector<int> flags;
  bool flags_are_list = false;

  bool is_free() const;  ///< whether any of it is
};

/// One line of an object.
struct GalfitRow {
  std::string key;  ///< upper case, without the parenthesis: "3", "C0", "F1", "TI"
  std::size_t line = 0;
  std::vector<Token> tokens;
  std::vector<GalfitValue> values;  ///< two for x and y on one line and for Fourier modes; empty for words
  ListForm form = ListForm::kBands;

  std::string word() const { return tokens.empty() ? "" : tokens.front().text; }
};

/// A component of light, a sky, or a truncation, which GALFIT counts too.
struct GalfitObject {
  std::string type;  ///< lower case: "sersic2"; of a truncation "radial"
  bool is_truncation = false;
  int number = 0;        ///< from 1, in the order of the file
  std::size_t line = 0;  ///< of 0) or T0)
  std::vector<GalfitRow> rows;

  /// The last row with this key, or null.
  const GalfitRow* row(std::string_view key) const;
};

/// A line A) to W).
struct GalfitControl {
  std::string key;
  std::size_t line = 0;
  std::vector<Token> tokens;
};

/// A file, whole.
struct GalfitDocument {
  TextDocument text;
  std::vector<GalfitControl> controls;
  std::vector<GalfitObject> objects;
  std::size_t n_bands = 1;
  std::vector<std::string> labels;   ///< A1) of the bands; empty when not given
  std::vector<double> wavelengths;   ///< A2) of the bands, in its unit; empty when not given
  std::vector<std::string> remarks;  ///< what was skipped or guessed, with its line

  /// The last control with this key, or null.
  const GalfitControl* control(std::string_view key) const;
  /// Token `index` of a control; empty when it is not there.
  std::string word(std::string_view key, std::size_t index = 0) const;
  /// As word(), one name for each band; names that mean no file ("none", blank) are empty.
  std::vector<std::string> names(std::string_view key) const;
};

/// Reads what GALFIT and GALFITM read: lines that begin with no key of theirs are left alone, keys may have
/// any case and order. Throws InputError with file, line, token and what is allowed for numbers that are
/// none, lists of the wrong length, objects of unknown type, bands named twice, and wavelengths that are
/// missing, equal or not positive.
GalfitDocument parse_galfit(TextDocument text);

/// Whether a text has a line "0) type" with a type of GALFIT's, or "A)" and "B)".
bool looks_like_galfit(const TextDocument& text);

}  // namespace gaxel::legacy
