// gaxel fit: a scene file to a folder of results.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/fit_json.hpp"
#include "cli/interrupt.hpp"
#include "cli/legacy_options.hpp"
#include "cli/progress_line.hpp"
#include "cli/remarks.hpp"
#include "gaxel/error.hpp"
#include "gaxel/ladder.hpp"
#include "io/fit_output.hpp"
#include "io/ladder_table.hpp"
#include "io/parameter_table.hpp"
#include "io/provenance.hpp"
#include "io/result_warnings.hpp"
#include "legacy/galfit_output.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {
namespace {

struct FitArguments {
  std::string command;
  std::string scene;
  legacy::LegacyOptions legacy;
  std::string folder;
  bool quiet = false;
  bool json = false;
  bool ladder = false;
  std::optional<std::string> ladder_component;
  std::optional<int> threads;
  std::optional<double> rtol;
  std::optional<int> max_iterations;
  std::optional<std::string> samples;
  std::optional<double> max_seconds;
  std::optional<int> starts;
  std::optional<std::uint64_t> seed;
};

void override_options(const FitArguments& arguments, FitOptions& options) {
  options.robust = true;
  if (arguments.threads) options.threads = *arguments.threads;
  if (arguments.rtol) options.tolerance.rtol = *arguments.rtol;
  if (arguments.max_iterations) options.max_iterations = *arguments.max_iterations;
  if (arguments.max_seconds) options.max_seconds = *arguments.max_seconds;
  if (arguments.starts) options.starts = *arguments.starts;
  if (arguments.seed) options.seed = *arguments.seed;
  if (const std::string problem = options.problem(); !problem.empty()) {
    throw InputError({"gaxel fit", "options", "", problem, "see gaxel fit --help"});
  }
}

int exit_code_of(StopReason reason) {
  switch (reason) {
    case StopReason::kConverged:
      return kSuccess;
    case StopReason::kCancelled:
      return kInterrupted;
    default:
      return kFailure;
  }
}

void print_json(const nlohmann::ordered_json& json) {
  // Names of files may be no UTF-8, which JSON must be.
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_result(const io::Task& task, const FitResult& result, const std::vector<std::string>& files) {
  const std::vector<io::ParameterRow> rows = io::without_idle(io::parameter_table(task, result));
  fmt::print("{}\n", io::text_table(rows, io::photometry_text(task)));
  fmt::print("chi2 {:.10g}, {} degrees of freedom", result.chi2, result.dof);
  if (result.penalty > 0.0) fmt::print(", priors and smoothness add {:.6g}", result.penalty);
  if (result.dof > 0) fmt::print(" (ratio {:.5g})", result.chi2 / static_cast<double>(result.dof));
  fmt::print("; BIC {:.10g}", result.bic);
  fmt::print("; {} iterations, {:.2f} s\n{}\n\n", result.iterations, result.seconds, result.message);
  for (const std::string& file : files) fmt::print("wrote {}\n", file);
}

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

int exit_code_of(const Ladder& ladder) {
  int code = kSuccess;
  for (const LadderStep& step : ladder.steps) code = std::max(code, exit_code_of(step.result.stop_reason));
  return code;
}

int run_ladder(const FitArguments& arguments, io::Task& task, const InterruptGuard& interrupt) {
  const std::size_t place = ladder_place(arguments, task.scene);
  const io::OutputFolder folder(arguments.folder);
  std::vector<io::OutputFolder> folders;
  for (const Rung rung : kRungs) {
    folders.emplace_back(folder.file(to_text(rung)));
    io::check_fit_output(folders.back(), task);
  }
  print_remarks(task, arguments.quiet || arguments.json);
  ProgressLine line(!arguments.quiet);
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
    const std::vector<std::string> files = io::write_fit_output(folders[i], task, result, GAXEL_VERSION);
    if (arguments.json)
      json["ladder"].push_back({{"model", to_text(rung)}, {"fit", fit_json(task, result, files)}});
  }
  io::StagedFiles table;
  table.add(folder.file("ladder.ecsv"), io::ladder_ecsv(ladder));
  table.commit();
  if (arguments.json) {
    json["least_bic"] = to_text(ladder.steps[ladder.least_bic].rung);
    json["least_aic"] = to_text(ladder.steps[ladder.least_aic].rung);
    print_json(json);
  } else if (!arguments.quiet) {
    fmt::print("{}\nwrote {} and a folder for each model\n", io::ladder_text(ladder),
               folder.file("ladder.ecsv"));
  }
  return exit_code_of(ladder);
}

int run_fit(const FitArguments& arguments) {
  const InterruptGuard interrupt;  // from here on, so that no temporary file is left behind
  io::Task task = legacy::load_any_task(arguments.scene, arguments.legacy, true);
  override_options(arguments, task.options);
  std::optional<io::Samples> samples;
  if (arguments.samples) samples = io::read_samples(*arguments.samples);
  task.provenance = io::provenance_of(task, GAXEL_VERSION, arguments.command);
  if (interrupt.interrupted()) {
    fmt::print(stderr, "gaxel: interrupted before the fit began: nothing was written\n");
    return kInterrupted;
  }
  if (arguments.ladder || arguments.ladder_component) return run_ladder(arguments, task, interrupt);
  const io::OutputFolder folder(arguments.folder);
  io::check_fit_output(folder, task);
  const bool galfit =
      legacy::detect_format(arguments.scene) == legacy::Format::kGalfit && !arguments.legacy.band;
  if (galfit) legacy::check_galfit_output(folder, task);
  print_remarks(task, arguments.quiet || arguments.json);

  ProgressLine line(!arguments.quiet);
  const FitResult result =
      fit(io::bands_of(task), task.scene, task.options, [&](const FitProgress& progress) {
        line.show(progress);
        return !interrupt.interrupted();
      });
  line.clear();
  for (std::string& warning : io::result_warnings(task, result)) {
    fmt::print(stderr, "gaxel: warning: {}\n", warning);
    task.warnings.push_back(std::move(warning));
  }

  if (samples && !io::has_samples(*samples, task, result)) {
    fmt::print(stderr, "gaxel: warning: {}: no column is a free value of this fit, such as \"{}\"\n",
               *arguments.samples, io::sample_name(task, result, result.free_values.front()));
    samples.reset();
  }
  std::vector<std::string> files =
      io::write_fit_output(folder, task, result, GAXEL_VERSION, samples ? &*samples : nullptr);
  if (galfit) {
    for (std::string& file : legacy::write_galfit_output(folder, task, result, GAXEL_VERSION))
      files.push_back(std::move(file));
  }
  if (arguments.json) {
    print_json(fit_json(task, result, files));
  } else if (!arguments.quiet) {
    print_result(task, result, files);
  }
  if (result.stop_reason == StopReason::kCancelled) {
    fmt::print(stderr, "gaxel: interrupted: the best parameters so far are in {}\n", folder.path());
  } else if (result.stop_reason != StopReason::kConverged) {
    fmt::print(stderr, "gaxel: error: the fit did not converge: {} (the best so far is in {})\n",
               result.message, folder.path());
  }
  return exit_code_of(result.stop_reason);
}

}  // namespace

void add_fit(CLI::App& app, const std::string& command_line, int& exit_code) {
  const auto arguments = std::make_shared<FitArguments>();
  arguments->command = command_line;
  CLI::App* command = app.add_subcommand("fit", "Fit the scene of a file to its image");
  command
      ->add_option("scene", arguments->scene,
                   "Scene file, or one of GALFIT's or Imfit's: told by what is in it")
      ->required()
      ->type_name("SCENE");
  command
      ->add_option("-o,--output", arguments->folder,
                   "Folder for the results; made when missing, files replaced")
      ->required()
      ->type_name("DIR");
  command->add_flag("-q,--quiet", arguments->quiet, "Print nothing but warnings and errors");
  command->add_flag("--json", arguments->json, "Print the result as JSON instead of a table");
  command
      ->add_option("--threads", arguments->threads, "Threads, 0: all of the machine (else as in the scene)")
      ->type_name("N")
      ->check(CLI::Range(0, io::kMostThreads));
  command->add_option("--rtol", arguments->rtol, "Relative tolerance of the pixels (else as in the scene)")
      ->type_name("R");
  command
      ->add_option("--max-iterations", arguments->max_iterations,
                   "Give up after so many (else as in the scene)")
      ->type_name("N");
  command
      ->add_option("--samples", arguments->samples,
                   "ECSV table of samples of the free values, for the report's corner plot")
      ->type_name("FILE");
  command
      ->add_option("--max-seconds", arguments->max_seconds,
                   "Stop the search after so long (else as in the scene, without end)")
      ->type_name("S");
  command
      ->add_option("--starts", arguments->starts,
                   "Search from so many starting points about the scene's, keep the best (1)")
      ->type_name("N");
  command->add_option("--seed", arguments->seed, "Of the further starting points (0)")->type_name("N");
  command->add_flag("--ladder", arguments->ladder,
                    "Compare a point source, an exponential, a Sersic profile and a bulge with a disc,\n"
                    "fitted in the place of the scene's first source of light");
  command
      ->add_option("--ladder-component", arguments->ladder_component,
                   "The same in the place of another component")
      ->type_name("NAME");
  add_legacy_options(*command, arguments->legacy);
  command->footer(
      "Writes block.fits, parameters.ecsv, result.toml, report.html and picture.png. A fit that did not "
      "converge\n"
      "writes its best so far and ends with exit code 1. Ctrl-C does the same with exit code 130; a second\n"
      "Ctrl-C ends at once.\n"
      "Examples:\n"
      "  gaxel fit galaxy.toml -o result\n"
      "  gaxel fit galfit.feedme -o result\n"
      "  gaxel fit config.dat --image image.fits --psf psf.fits --mask mask.fits -o result\n"
      "  gaxel fit galaxy.toml -o result --json > result.json\n"
      "  gaxel fit galaxy.toml -o result --starts 20 --max-seconds 60\n"
      "  gaxel fit galaxy.toml -o models --ladder    what each model says is in a folder of models");
  command->callback([arguments, &exit_code] { exit_code = run_fit(*arguments); });
}

}  // namespace gaxel::cli
