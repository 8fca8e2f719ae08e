#include "cli/fit_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "cli/legacy_options.hpp"
#include "gaxel/error.hpp"
#include "io/error_request.hpp"
#include "render/check_options.hpp"

namespace gaxel::cli {

void override_options(const FitArguments& arguments, FitOptions& options) {
  options.robust = true;
  if (arguments.threads) options.threads = *arguments.threads;
  if (arguments.rtol) {
    options.tolerance.rtol = *arguments.rtol;
    check_tolerance(options.tolerance, "", "--");
  }
  if (arguments.max_iterations) options.max_iterations = *arguments.max_iterations;
  if (arguments.max_seconds) options.max_seconds = *arguments.max_seconds;
  if (arguments.starts) options.starts = *arguments.starts;
  if (arguments.seed) options.seed = *arguments.seed;
  if (const std::string problem = options.problem(); !problem.empty()) {
    throw InputError({"gaxel fit", "options", "", problem, "see gaxel fit --help"});
  }
}

const char* what_is_least(const FitOptions& options) {
  return options.likelihood.kind == Likelihood::kGaussian ? "chi2" : "statistic";
}

void check_ladder_options(const FitArguments& arguments) {
  if (!arguments.ladder && !arguments.ladder_component) return;
  const auto refuse = [](const char* option, const std::string& value) {
    throw InputError({"gaxel fit", option, value, "not done for a ladder of models",
                      "without --ladder: fit the result.toml of the model that you choose"});
  };
  if (!arguments.profile.empty()) refuse("--profile", fmt::format("{}", fmt::join(arguments.profile, ",")));
  if (arguments.bootstrap) refuse("--bootstrap", fmt::format("{}", *arguments.bootstrap));
  if (arguments.bootstrap_block) refuse("--bootstrap-block", fmt::format("{}", *arguments.bootstrap_block));
  if (arguments.samples) refuse("--samples", *arguments.samples);
}

void override_errors(const FitArguments& arguments, io::Task& task) {
  io::ErrorRequest& errors = task.errors;
  if (!arguments.profile.empty()) {
    errors.profile = true;
    errors.names = arguments.profile;
    if (errors.names == std::vector<std::string>{"all"}) errors.names.clear();
  }
  if (arguments.bootstrap) errors.bootstrap.samples = *arguments.bootstrap;
  if (arguments.bootstrap_block) {
    errors.bootstrap.block = *arguments.bootstrap_block;
    if (errors.bootstrap.samples == 0) {
      throw InputError({"gaxel fit", "--bootstrap-block", fmt::format("{}", errors.bootstrap.block),
                        "no bootstrap is asked for", "--bootstrap N, too"});
    }
  }
  if (arguments.seed) errors.bootstrap.seed = *arguments.seed;
  io::check_error_request(errors, task.scene, "gaxel fit");
}

void add_fit_options(CLI::App& command, FitArguments& arguments) {
  command
      .add_option("scene", arguments.scene,
                  "Scene file, or one of GALFIT's or Imfit's: told by what is in it")
      ->required()
      ->type_name("SCENE");
  command
      .add_option("-o,--output", arguments.folder,
                  "Folder for the results; made when missing, files replaced")
      ->required()
      ->type_name("DIR");
  command.add_flag("-q,--quiet", arguments.quiet, "Print nothing but warnings and errors");
  command.add_flag("--json", arguments.json, "Print the result as JSON instead of a table");
  command.add_option("--threads", arguments.threads, "Threads, 0: all of the machine (else as in the scene)")
      ->type_name("N")
      ->check(CLI::Range(0, io::kMostThreads));
  command.add_option("--rtol", arguments.rtol, "Relative tolerance of the pixels (else as in the scene)")
      ->type_name("R");
  command
      .add_option("--max-iterations", arguments.max_iterations,
                  "Give up after so many (else as in the scene)")
      ->type_name("N");
  command
      .add_option("--samples", arguments.samples,
                  "ECSV table of samples of the free values, for the report's corner plot")
      ->type_name("FILE");
  command
      .add_option("--likelihood", arguments.legacy.likelihood,
                  "gaussian, model_sigma, cash, poisson_mlr, student_t or huber (else as in the scene)")
      ->type_name("NAME");
  command
      .add_option("--max-seconds", arguments.max_seconds,
                  "Stop the search after so long (else as in the scene, without end)")
      ->type_name("S");
  command
      .add_option("--starts", arguments.starts,
                  "Search from so many starting points about the scene's, keep the best (1)")
      ->type_name("N");
  command
      .add_option("--seed", arguments.seed,
                  "Of the further starting points (0) and of the bootstrap (1), else as in the scene")
      ->type_name("N")
      ->check(CLI::Range(0, std::numeric_limits<int>::max()));
  command.add_flag("--ladder", arguments.ladder,
                   "Compare a point source, an exponential, a Sersic profile and a bulge with a disc,\n"
                   "fitted in the place of the scene's first source of light");
  command
      .add_option("--ladder-component", arguments.ladder_component,
                  "The same in the place of another component")
      ->type_name("NAME");
  command
      .add_option_function<std::string>(
          "--profile",
          [&arguments](const std::string& names) {
            for (std::size_t at = 0; at <= names.size();) {
              const std::size_t end = std::min(names.find(',', at), names.size());
              arguments.profile.push_back(names.substr(at, end - at));
              at = end + 1;
            }
          },
          "Also intervals of 68.3 percent from the profile likelihood of these free parameters, with commas "
          "between: re,galaxy.n or all")
      ->join(',')
      ->type_name("NAME,NAME");
  command
      .add_option("--bootstrap", arguments.bootstrap,
                  "Also fits of so many images made from the best model with new noise")
      ->type_name("N")
      ->check(CLI::Range(2, 1'000'000));
  command
      .add_option("--bootstrap-block", arguments.bootstrap_block,
                  "Their noise: blocks of the residuals, of so many pixels a side, which keep correlations "
                  "(0: normal noise by sigma; at most a quarter of the image's smaller side)")
      ->type_name("PIXELS")
      ->check(CLI::Range(0, 100'000));
  add_legacy_options(command, arguments.legacy);
  command.footer(
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
      "  gaxel fit galaxy.toml -o result --json > result.json\n"
      "  gaxel fit galaxy.toml -o result --starts 20 --max-seconds 60\n"
      "  gaxel fit galaxy.toml -o models --ladder    what each model says is in a folder of models");
}

}  // namespace gaxel::cli
