#include "gaxel/error.hpp"

#include <utility>

namespace gaxel {

namespace {

std::string message(const InputProblem& problem) {
  std::string place = problem.key;
  if (!problem.value.empty()) place += (place.empty() ? "" : " = ") + problem.value;
  std::string text;
  for (const std::string& part : {problem.source, place, problem.what}) {
    if (!part.empty()) text += (text.empty() ? "" : ": ") + part;
  }
  if (!problem.allowed.empty()) text += (text.empty() ? "(" : " (") + problem.allowed + ")";
  return text;
}

}  // namespace

InputError::InputError(InputProblem problem) : Error(message(problem)), problem_(std::move(problem)) {}

}  // namespace gaxel
