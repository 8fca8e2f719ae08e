// gaxel convert: scenes and files of GALFIT and Imfit into each other.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/legacy_options.hpp"
#include "gaxel/error.hpp"
#include "io/output_folder.hpp"
#include "io/partial_file.hpp"
#include "legacy/convert.hpp"

namespace gaxel::cli {
namespace {

struct ConvertArguments {
  std::string input;
  std::string output;
  std::string format;
  legacy::LegacyOptions legacy;
  bool lossy = false;
  bool quiet = false;
};

std::string format_of(const ConvertArguments& arguments) {
  if (!arguments.format.empty()) return arguments.format;
  const std::string extension = std::filesystem::path(arguments.output).extension().string();
  if (extension == ".toml") return "toml";
  if (extension == ".feedme") return "galfit";
  throw InputError({"", "--to", "", fmt::format("the name \"{}\" tells no format", arguments.output),
                    "--to galfit, galfitm, imfit or toml"});
}

/// Throws when there are losses that the user did not agree to.
void check_losses(const ConvertArguments& arguments, const std::vector<std::string>& losses) {
  for (const std::string& loss : losses)
    fmt::print(stderr, "gaxel: {}: {}\n", arguments.lossy ? "warning: lost" : "cannot be said", loss);
  if (!losses.empty() && !arguments.lossy) {
    throw InputError({arguments.input, "", "",
                      fmt::format("{} cannot say everything that is in it", format_of(arguments)),
                      "--lossy to leave out what is listed above"});
  }
}

int run_convert(const ConvertArguments& arguments) {
  const std::string to = format_of(arguments);
  io::check_output(arguments.output, {arguments.input});
  const legacy::Conversion result = legacy::convert(arguments.input, arguments.legacy, arguments.output, to);
  for (const std::string& warning : result.warnings) fmt::print(stderr, "gaxel: warning: {}\n", warning);
  check_losses(arguments, result.losses);
  io::StagedFiles staged;
  for (const auto& [path, text] : result.files) {
    io::check_output(path, {arguments.input});
    staged.add(path, text);
  }
  staged.commit();
  if (arguments.quiet) return kSuccess;
  for (const std::string& note : result.notes) fmt::print("note: {}\n", note);
  for (const auto& [path, text] : result.files) fmt::print("wrote {}\n", path);
  return kSuccess;
}

}  // namespace

void add_convert(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<ConvertArguments>();
  CLI::App* command =
      app.add_subcommand("convert", "Turn scenes and files of GALFIT and Imfit into each other");
  command->add_option("input", arguments->input, "File of any of these formats, told by what is in it")
      ->required()
      ->type_name("IN");
  command->add_option("output", arguments->output, "File to write; replaced when there")
      ->required()
      ->type_name("OUT");
  command->add_option("--to", arguments->format, "Format of OUT (else by its name: .toml, .feedme)")
      ->check(CLI::IsMember({"galfit", "galfitm", "imfit", "toml"}));
  command->add_flag("--lossy", arguments->lossy, "Leave out what the format cannot say, instead of failing");
  command->add_flag("-q,--quiet", arguments->quiet, "Print nothing but warnings and errors");
  add_legacy_options(*command, arguments->legacy);
  command->footer(
      "Examples:\n"
      "  gaxel convert galfit.feedme galaxy.toml\n"
      "  gaxel convert galaxy.toml galaxy.feedme --lossy\n"
      "  gaxel convert galfit.01 config.dat --to imfit");
  command->callback([arguments, &exit_code] { exit_code = run_convert(*arguments); });
}

}  // namespace gaxel::cli
