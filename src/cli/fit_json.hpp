// A fit for machines.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "io/task.hpp"

namespace gaxel::cli {

/// The whole result; numbers that are not finite become null, as JSON has none.
nlohmann::ordered_json fit_json(const io::Task& task, const FitResult& result,
                                const std::vector<std::string>& files);

void print_json(const nlohmann::ordered_json& json);

}  // namespace gaxel::cli
