#include "cli/fit_ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/fit_json.hpp"
#include "cli/fit_outcome.hpp"
#include "cli/progress_line.hpp"
#include "cli/remarks.hpp"
#include "gaxel/error.hpp"
#include "gaxel/ladder.hpp"
#include "gaxel/version.hpp"
#include "io/fit_output.hpp"
#include "io/ladder_table.hpp"
#include "io/partial_file.hpp"
#include "io/result_warnings.hpp"

namespace gaxel::cli {
namespace {

/// Where models of a ladder go: the component of that name, or the first source of light.
std::size_t ladder_place(const FitArguments& arguments, const Scene& scene) {
  const auto is_it = [&](const SceneComponent& component) {
    return arguments.ladder_component ? component.name == *arguments.ladder_component
                                      : is_source(component.kind->family);
  };
  const auto found = std::ranges::find_if(scene.components, is_it);
  if (found == scene.components.end()) {
    std::string names;
    for (const SceneComponent& component : scene.components)
      names += (names.empty() ? "" : ", ") + component.name;
    throw InputError({"gaxel fit", "--ladder-component", arguments.ladder_component.value_or(""),
                      "the scene has no such source of light", names});
  }
  return static_cast<std::size_t>(found - scene.components.begin());
}

int worst_exit_code(const Ladder& ladder) {
  int code = kSuccess;
  for (const LadderStep& step : ladder.steps) code = std::max(code, exit_code_of(step.result.stop_reason));
  return code;
}

}  // namespace

int run_ladder(const FitArguments& arguments, io::Task& task, const InterruptGuard& interrupt) {
  const std::size_t place = ladder_place(arguments, task.scene);
  const io::OutputFolder folder(arguments.folder);
  std::vector<io::OutputFolder> folders;
  for (const Rung rung : kRungs) {
    folders.emplace_back(folder.file(to_text(rung)));
    io::check_fit_output(folders.back(), task);
  }
  if (task.errors.profile || task.errors.bootstrap.samples > 0)
    task.warnings.emplace_back(
        "fit.profile and fit.bootstrap of the scene are not done for a ladder of models");
  const std::string table_path = folder.file("ladder.ecsv");
  std::vector<std::string> inputs = task.input_files;
  inputs.push_back(task.scene_file);
  io::check_output(table_path, inputs);
  print_remarks(task, arguments.quiet || arguments.json);
  ProgressLine line(!arguments.quiet, what_is_least(task.options));
  const Ladder ladder =
      fit_ladder(io::bands_of(task), task.scene, place, task.options, [&](const FitProgress& progress) {
        line.show(progress);
        return !interrupt.interrupted();
      });
  line.clear();
  nlohmann::ordered_json json;
  const std::vector<std::string> before = task.warnings;
  for (std::size_t i = 0; i < ladder.steps.size(); ++i) {
    const auto& [rung, result] = ladder.steps[i];
    task.warnings = before;
    for (std::string& warning : io::result_warnings(task, result)) {
      fmt::print(stderr, "gaxel: warning: {}: {}\n", to_text(rung), warning);
      task.warnings.push_back(std::move(warning));
    }
    const std::vector<std::string> files = io::write_fit_output(folders[i], task, result, version());
    if (arguments.json)
      json["ladder"].push_back({{"model", to_text(rung)}, {"fit", fit_json(task, result, files)}});
  }
  io::StagedFiles table;
  table.add(table_path, io::ladder_ecsv(ladder, io::sources_meta(task, version())));
  table.commit();
  if (arguments.json) {
    json["least_bic"] = to_text(ladder.steps[ladder.least_bic].rung);
    json["least_aic"] = to_text(ladder.steps[ladder.least_aic].rung);
    print_json(json);
  } else if (!arguments.quiet) {
    fmt::print("{}\nwrote {} and a folder for each model\n", io::ladder_text(ladder), table_path);
  }
  return worst_exit_code(ladder);
}

}  // namespace gaxel::cli
