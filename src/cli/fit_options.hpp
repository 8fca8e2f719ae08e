// What `gaxel fit` is asked for on the command line.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/task.hpp"
#include "legacy/load.hpp"

namespace gaxel::cli {

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
  std::vector<std::string> profile;
  std::optional<int> bootstrap;
  std::optional<int> bootstrap_block;
  std::optional<std::uint64_t> seed;
};

/// Options, and the help's last lines.
void add_fit_options(CLI::App& command, FitArguments& arguments);

/// What was said on the command line goes before the scene's. Throw InputError for what cannot be.
void override_options(const FitArguments& arguments, FitOptions& options);
void override_errors(const FitArguments& arguments, io::Task& task);

/// "chi2" or "statistic".
const char* what_is_least(const FitOptions& options);

}  // namespace gaxel::cli
