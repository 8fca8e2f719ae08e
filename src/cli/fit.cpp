// gaxel fit: a scene file to a folder of results.
#include <fmt/format.h>

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
#include "io/error_request.hpp"
#include "io/fit_output.hpp"
#include "io/interval_table.hpp"
#include "io/parameter_table.hpp"
#include "io/result_warnings.hpp"
#include "legacy/galfit_output.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {
namespace {

struct FitArguments {
  std::string scene;
  legacy::LegacyOptions legacy;
  std::string folder;
  bool quiet = false;
  bool json = false;
  std::optional<int> threads;
  std::optional<double> rtol;
  std::optional<int> max_iterations;
  std::vector<std::string> profile;
  std::optional<int> bootstrap;
  std::optional<int> bootstrap_block;
  std::optional<std::uint64_t> seed;
};

void override_options(const FitArguments& arguments, FitOptions& options) {
  options.robust = true;
  if (arguments.threads) options.threads = *arguments.threads;
  if (arguments.rtol) options.tolerance.rtol = *arguments.rtol;
  if (arguments.max_iterations) options.max_iterations = *arguments.max_iterations;
  if (const std::string problem = options.problem(); !problem.empty()) {
    throw InputError({"gaxel fit", "options", "", problem, "see gaxel fit --help"});
  }
}

void override_errors(const FitArguments& arguments, io::Task& task) {
  io::ErrorRequest& errors = task.errors;
  if (!arguments.profile.empty()) {
    errors.profile = true;
    errors.names = arguments.profile;
    if (errors.names == std::vector<std::string>{"all"}) errors.names.clear();
  }
  if (arguments.bootstrap) errors.bootstrap.samples = *arguments.bootstrap;
  if (arguments.bootstrap_block) errors.bootstrap.block = *arguments.bootstrap_block;
  if (arguments.seed) errors.bootstrap.seed = *arguments.seed;
  io::check_error_request(errors, task.scene, "gaxel fit");
}

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

void print_result(const io::Task& task, const FitResult& result, const std::vector<std::string>& files) {
  const std::vector<io::ParameterRow> rows = io::parameter_table(task, result);
  fmt::print("{}\n", io::text_table(rows, io::photometry_text(task)));
  fmt::print("{}chi2 {:.10g}, {} degrees of freedom", io::statistic_text(result), result.chi2, result.dof);
  if (result.penalty > 0.0) fmt::print(", priors and smoothness add {:.6g}", result.penalty);
  if (result.dof > 0) fmt::print(" (ratio {:.5g})", result.chi2 / static_cast<double>(result.dof));
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
  if (interrupt.interrupted()) {
    fmt::print(stderr, "gaxel: interrupted before the fit began: nothing was written\n");
    return kInterrupted;
  }
  const io::OutputFolder folder(arguments.folder);
  io::check_fit_output(folder, task);
  const bool galfit =
      legacy::detect_format(arguments.scene) == legacy::Format::kGalfit && !arguments.legacy.band;
  if (galfit) legacy::check_galfit_output(folder, task);
  print_remarks(task, arguments.quiet || arguments.json);

  const bool is_chi2 = task.options.likelihood.kind == Likelihood::kGaussian;
  ProgressLine line(!arguments.quiet, is_chi2 ? "chi2" : "statistic");
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

  std::vector<std::string> files = io::write_fit_output(folder, task, result, GAXEL_VERSION);
  if (galfit) {
    for (std::string& file : legacy::write_galfit_output(folder, task, result, GAXEL_VERSION))
      files.push_back(std::move(file));
  }
  if (arguments.json) {
    // Names of files may be no UTF-8, which JSON must be.
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    fmt::print("{}\n", fit_json(task, result, files).dump(2, ' ', false, replace));
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

void add_fit(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<FitArguments>();
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
      ->add_option("--profile", arguments->profile,
                   "Also intervals of 68.3 percent from the profile likelihood of these free parameters: re, "
                   "galaxy.re, all")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("NAMES");
  command
      ->add_option("--bootstrap", arguments->bootstrap,
                   "Also fits of so many images made from the best model with new noise")
      ->type_name("N")
      ->check(CLI::Range(2, 1'000'000));
  command
      ->add_option("--bootstrap-block", arguments->bootstrap_block,
                   "Their noise: blocks of the residuals, of so many pixels a side, which keep correlations "
                   "(0: normal noise by sigma)")
      ->type_name("PIXELS")
      ->check(CLI::Range(0, 100'000));
  command
      ->add_option("--seed", arguments->seed, "Of the bootstrap's random numbers (else as in the scene, 1)")
      ->type_name("S");
  add_legacy_options(*command, arguments->legacy);
  command->footer(
      "Writes block.fits, parameters.ecsv, derived.ecsv (magnitudes, surface brightnesses, sizes, "
      "fractions,\n"
      "colours), result.toml, report.html and picture.png; with --profile or --bootstrap also "
      "intervals.ecsv\n"
      "and samples.ecsv. A fit that did not converge\n"
      "writes its best so far and ends with exit code 1. Ctrl-C does the same with exit code 130; a second\n"
      "Ctrl-C ends at once.\n"
      "Examples:\n"
      "  gaxel fit galaxy.toml -o result\n"
      "  gaxel fit galfit.feedme -o result\n"
      "  gaxel fit config.dat --image image.fits --psf psf.fits --mask mask.fits -o result\n"
      "  gaxel fit galaxy.toml -o result --profile re,n --bootstrap 200 --threads 0\n"
      "  gaxel fit galaxy.toml -o result --json > result.json");
  command->callback([arguments, &exit_code] { exit_code = run_fit(*arguments); });
}

}  // namespace gaxel::cli
