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
#include "cli/fit_ladder.hpp"
#include "cli/fit_options.hpp"
#include "cli/fit_outcome.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress_line.hpp"
#include "cli/remarks.hpp"
#include "gaxel/error.hpp"
#include "gaxel/version.hpp"
#include "io/error_request.hpp"
#include "io/fit_output.hpp"
#include "io/interval_table.hpp"
#include "io/parameter_table.hpp"
#include "io/provenance.hpp"
#include "io/result_warnings.hpp"
#include "legacy/galfit_output.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {
namespace {

/// Adds the errors that are asked for; the fit may become a better one.
void add_errors(io::Task& task, FitResult& result, const InterruptGuard& interrupt, ProgressLine& line) {
  const std::vector<Band> bands = io::bands_of(task);
  if (task.errors.profile && !interrupt.interrupted()) {
    ProfileOptions options;
    options.parameters = io::profile_positions(task.errors, result);
    ProfiledFit profiled = profile_likelihood(bands, result, task.options, options, [&](double done) {
      line.show("profile likelihood", done);
      return !interrupt.interrupted();
    });
    result = std::move(profiled.result);
    if (profiled.n_restarts > 0) {
      line.clear();
      task.warnings.push_back(fmt::format(
          "the search for profile likelihoods met a better fit, chi2 with priors lower by {:.4g}: "
          "the results are of that one",
          profiled.gain));
      fmt::print(stderr, "gaxel: warning: {}\n", task.warnings.back());
    }
  }
  if (task.errors.bootstrap.samples > 0 && !interrupt.interrupted()) {
    result.samples = bootstrap(bands, result, task.options, task.errors.bootstrap, [&](double done) {
      line.show("bootstrap", done);
      return !interrupt.interrupted();
    });
  }
}

void print_result(const io::Task& task, const FitResult& result, const std::vector<std::string>& files) {
  const std::vector<io::ParameterRow> rows = io::without_idle(io::parameter_table(task, result));
  fmt::print("{}\n", io::text_table(rows, io::photometry_text(task)));
  fmt::print("{}chi2 {:.10g}, {} degrees of freedom", io::statistic_text(result), result.chi2, result.dof);
  if (result.penalty > 0.0) fmt::print(", priors and smoothness add {:.6g}", result.penalty);
  if (result.dof > 0) fmt::print(" (ratio {:.5g})", result.chi2 / static_cast<double>(result.dof));
  fmt::print("; BIC {:.10g}", result.bic);
  fmt::print("; {} iterations, {:.2f} s\n", result.iterations, result.seconds);
  if (const std::string factor = io::error_factor_text(task, result); !factor.empty())
    fmt::print("errors of smooth light in the background's correlated noise, over the formal ones: {}\n",
               factor);
  fmt::print("{}\n\n", result.message);
  if (const std::string intervals = io::interval_text(io::interval_table(task, result)); !intervals.empty())
    fmt::print("Intervals of 68.3 percent:\n{}\n", intervals);
  for (const std::string& file : files) fmt::print("wrote {}\n", file);
}

int run_fit(const FitArguments& arguments) {
  const InterruptGuard interrupt;  // from here on, so that no temporary file is left behind
  io::Task task = legacy::load_any_task(arguments.scene, arguments.legacy, true);
  override_options(arguments, task.options);
  override_errors(arguments, task);
  std::optional<io::Samples> samples;
  if (arguments.samples) samples = io::read_samples(*arguments.samples);
  task.provenance = io::provenance_of(task, std::string(version()), arguments.command);
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

  ProgressLine line(!arguments.quiet, what_is_least(task.options));
  FitResult result = fit(io::bands_of(task), task.scene, task.options, [&](const FitProgress& progress) {
    line.show(progress);
    return !interrupt.interrupted();
  });
  add_errors(task, result, interrupt, line);
  line.clear();
  for (std::string& warning : io::result_warnings(task, result)) {
    fmt::print(stderr, "gaxel: warning: {}\n", warning);
    task.warnings.push_back(std::move(warning));
  }

  if (samples && !io::has_samples(*samples, task, result)) {
    fmt::print(stderr, "gaxel: warning: {}: no column is a free value of this fit, such as \"{}\"\n",
               *arguments.samples, io::free_value_terms(task, result).front().label());
    samples.reset();
  }
  std::vector<std::string> files =
      io::write_fit_output(folder, task, result, version(), samples ? &*samples : nullptr);
  if (galfit) {
    for (std::string& file : legacy::write_galfit_output(folder, task, result, version()))
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
  } else if (interrupt.interrupted()) {
    fmt::print(stderr, "gaxel: interrupted: the fit is in {}, but not all errors that were asked for\n",
               folder.path());
    return kInterrupted;
  }
  return exit_code_of(result.stop_reason);
}

}  // namespace

void add_fit(CLI::App& app, const std::string& command_line, int& exit_code) {
  const auto arguments = std::make_shared<FitArguments>();
  arguments->command = command_line;
  CLI::App* command = app.add_subcommand("fit", "Fit the scene of a file to its image");
  add_fit_options(*command, *arguments);
  command->callback([arguments, &exit_code] { exit_code = run_fit(*arguments); });
}

}  // namespace gaxel::cli
