// The exceptions that gaxel throws. Only the boundaries (command line, Python) catch and translate them.
#pragma once

#include <stdexcept>
#include <string>

namespace gaxel {

/// Base of every exception that gaxel throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What was wrong with an input, in parts, so that each boundary can word or colour it.
struct InputProblem {
  std::string source = {};   ///< file name, or the function's name for calls from code; may be empty
  std::string key = {};      ///< key, header keyword, argument or parameter concerned; may be empty
  std::string value = {};    ///< what was found, as text; may be empty
  std::string what = {};     ///< one sentence: what is wrong
  std::string allowed = {};  ///< what would be accepted, or what to do; may be empty
};

/// Input that the caller can mend. The command line ends with exit code 2, Python sees gaxel.InputError (a
/// ValueError). what() reads "source: key = value: what (allowed)", leaving out the parts that are empty.
class InputError : public Error {
 public:
  explicit InputError(InputProblem problem);
  const InputProblem& problem() const noexcept { return problem_; }

 private:
  InputProblem problem_;
};

/// Results that could not be written (disk full, folder vanished). Earlier output is left as it was. Exit
/// code 1.
class OutputError : public Error {
 public:
  using Error::Error;
};

/// A fit that could not be done although its input was well formed. Exit code 1.
class FitError : public Error {
 public:
  using Error::Error;
};

}  // namespace gaxel
