// What gaxel integrate prints.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/rule_measurement.hpp"

namespace gaxel::cli {

/// A comparison of rules on one profile.
struct Comparison {
  Component profile;
  Shape shape;
  double truth_bound = 0.0;  ///< of the exact pixels' errors, as a fraction of the flux
  int repeat = 1;
  RefinementOptions options;
  std::vector<IntegrationRule> rules;
  std::vector<RuleMeasurement> measurements;  ///< of each rule
};

/// What was compared and how, then a line for each rule, aligned for a terminal. Ends with a newline.
std::string comparison_table(const Comparison& comparison);

/// The same for machines; numbers that are not finite become null, as JSON has none.
nlohmann::ordered_json comparison_json(const Comparison& comparison, const std::vector<std::string>& files);

}  // namespace gaxel::cli
