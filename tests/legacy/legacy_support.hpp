// Files of other programs for tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "gaxel/error.hpp"
#include "legacy/galfit_constraints.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/text_document.hpp"

namespace gaxel::legacy::test {

inline const std::filesystem::path kExamples = std::filesystem::path(GAXEL_TESTS_DIR) / "legacy/data";

inline GalfitDocument galfit(const std::string& text) {
  return parse_galfit(TextDocument::parse(text, "a.feedme"));
}

inline GalfitDocument example(const std::string& name) {
  return parse_galfit(TextDocument::read((kExamples / name).string()));
}

inline GalfitConstraints constraints(const std::string& text, const GalfitDocument& document) {
  return parse_constraints(TextDocument::parse(text, "a.con"), document);
}

/// A text with one mistake, and what its message says.
struct Mistake {
  const char* name;
  std::string text;
  std::string message;
};

inline void PrintTo(const Mistake& mistake, std::ostream* stream) {
  *stream << mistake.text;
}

inline const std::string kImfit =
    "# ours\nGAIN 4.7\nREADNOISE 4.0\nORIGINAL_SKY 130.0\n\n"
    "X0  129.0  125,133\nY0  128.5  125,133\n"
    "FUNCTION Sersic        # LABEL bulge\nPA 20.0 -90,90\nell 0.15 0,0.9\nn 3.0 0.5,8\nI_e 25.0 0,1000\nr_e "
    "6.0 fixed\n"
    "FUNCTION Exponential   # LABEL disc\nPA 18.0\nell 0.45\nI_0 80\nh 24 2,200\n\n"
    "X0 40.2 38,42\nY0 77.9 75,80\nFUNCTION PointSource\nOPTIONAL_PARAMS_START\nmethod "
    "lanczos3\nOPTIONAL_PARAMS_END\n"
    "I_tot 5000 0,1e6\n";

}  // namespace gaxel::legacy::test
