// gaxel: the command line. Exceptions become messages and exit codes here and nowhere else.
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>

#include "cli/commands.hpp"
#include "gaxel/error.hpp"
#include "gaxel/stop.hpp"
#include "gaxel/version.hpp"

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "  gaxel inspect image.fits                what is in a file, before anything is fitted\n"
    "  gaxel fit galaxy.toml -o result         fit a scene; the report is result/report.html\n"
    "  gaxel fit result/result.toml -o again   go on from a result\n"
    "  gaxel render galaxy.toml -o model.fits  the scene as pixels, no fit\n"
    "  gaxel list                              the kinds of components and their parameters\n"
    "  gaxel integrate --compare               how well rules of integration do on a pixel\n"
    "Exit code: 0 success, 1 the fit failed, did not converge or could not be written, 2 bad input, 130 "
    "Ctrl-C.\n";

/// As one would type it into a shell.
std::string command_line(int argc, char** argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
                                            "XYZ0123456789_-./=+,:@%") == std::string_view::npos;
    text += i > 0 ? " " : "";
    if (plain) {
      text += word;
      continue;
    }
    // Not in single quotes, which readers of FITS headers stumble over.
    text += '"';
    for (const char c : word)
      text += (std::string_view("\"\\$`").find(c) != std::string_view::npos ? "\\" : "") + std::string(1, c);
    text += '"';
  }
  return text;
}

int run(int argc, char** argv) {
  CLI::App app{"gaxel: galaxy light on pixels, to the accuracy you ask for, fitted to images", "gaxel"};
  int exit_code = gaxel::cli::kSuccess;
  app.set_version_flag("--version", fmt::format("gaxel {}", gaxel::version()));
  app.footer(kExamples);
  app.require_subcommand(1);
  gaxel::cli::add_fit(app, command_line(argc, argv), exit_code);
  gaxel::cli::add_render(app, exit_code);
  gaxel::cli::add_inspect(app, exit_code);
  gaxel::cli::add_list(app, exit_code);
  gaxel::cli::add_convert(app, exit_code);
  gaxel::cli::add_integrate(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      fmt::print(stderr, "gaxel: error: {} (see --help)\n", error.what());
      return gaxel::cli::kBadInput;
    }
    exit_code = app.exit(error);  // --help and --version
  }
  // What was printed may go to a file on a full disk.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw gaxel::OutputError(fmt::format("standard output: cannot be written: {}", std::strerror(errno)));
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A file that outgrows its limit is then an error like a full disk, not a sudden end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const gaxel::InputError& error) {
    fmt::print(stderr, "gaxel: error: {}\n", error.what());
    return gaxel::cli::kBadInput;
  } catch (const gaxel::Cancelled&) {
    fmt::print(stderr, "gaxel: interrupted: nothing was written\n");
    return gaxel::cli::kInterrupted;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "gaxel: error: not enough memory for images of this size\n");
    return gaxel::cli::kFailure;
  } catch (const std::exception& error) {
    fmt::print(stderr, "gaxel: error: {}\n", error.what());
    return gaxel::cli::kFailure;
  }
}
