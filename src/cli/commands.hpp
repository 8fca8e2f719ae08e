// The subcommands of gaxel. Each adds itself to the application and stores the exit code when it has run.
#pragma once

#include <CLI/CLI.hpp>

namespace gaxel::cli {

/// What the shell sees.
enum ExitCode : int {
  kSuccess = 0,
  kFailure = 1,       ///< the fit failed or did not converge, or results could not be written
  kBadInput = 2,      ///< something in the command line, a scene or a file that the user can mend
  kInterrupted = 130  ///< Ctrl-C; of a fit the best so far is written
};

/// `command`: the whole command line, for results to say.
void add_fit(CLI::App& app, const std::string& command, int& exit_code);
void add_render(CLI::App& app, int& exit_code);
void add_inspect(CLI::App& app, int& exit_code);
void add_list(CLI::App& app, int& exit_code);
void add_convert(CLI::App& app, int& exit_code);
void add_integrate(CLI::App& app, int& exit_code);

}  // namespace gaxel::cli
