// gaxel integrate: gaxel inspects itself. Rules of pixel integration side by side on one profile.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/integrate_output.hpp"
#include "cli/interrupt.hpp"
#include "gaxel/error.hpp"
#include "gaxel/version.hpp"
#include "io/error_map.hpp"
#include "io/output_folder.hpp"
#include "io/partial_file.hpp"
#include "io/profile_text.hpp"
#include "render/check_options.hpp"

namespace gaxel::cli {
namespace {

/// Larger images and refinements are refused before any memory is asked for.
constexpr double kMostPixels = 1 << 22;
constexpr double kMostCells = 1 << 25;      // of all levels
constexpr double kMostMapPixels = 1 << 26;  // of all maps
constexpr int kMostRepeats = 10000;

constexpr std::array kRefinementOptions = {"--order",       "--oversamp", "--precision",
                                           "--frac-refine", "--k-max",    "--base-oversamp"};

struct IntegrateArguments {
  std::string profile = io::kSeedProfile;
  std::string size = "100,90";
  std::vector<std::string> rules;
  bool compare = false;
  std::string map;
  std::string picture;
  Tolerance tolerance;
  RefinementOptions refinement;
  int repeat = 5;
  bool json = false;
};

[[noreturn]] void fail(const std::string& option, const std::string& value, const std::string& what,
                       const std::string& allowed) {
  throw InputError({"", option, value, what, allowed});
}

Shape shape_of(const std::string& size) {
  const std::size_t comma = size.find(',');
  std::array<int, 2> sides{};
  const std::array texts = {size.substr(0, comma), comma == size.npos ? "" : size.substr(comma + 1)};
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const char* end = texts[i].data() + texts[i].size();
    const auto [stop, error] = std::from_chars(texts[i].data(), end, sides[i]);
    if (stop != end || error == std::errc::invalid_argument) {
      fail("--size", size, "not a size", "NX,NY, whole numbers");
    }
    if (error == std::errc::result_out_of_range) sides[i] = std::numeric_limits<int>::max();
  }
  if (sides[0] < 1 || sides[1] < 1) fail("--size", size, "no pixels", "NX,NY, both above 0");
  if (static_cast<double>(sides[0]) * sides[1] > kMostPixels) {
    fail("--size", size, "too many pixels to compare rules on", fmt::format("at most {:.0f}", kMostPixels));
  }
  return {sides[1], sides[0]};
}

std::string option_of(std::string key) {
  std::ranges::replace(key, '_', '-');
  return "--" + key;
}

void check_refinement(const RefinementOptions& options, Shape shape) {
  try {
    options.validate();
  } catch (const InputError& error) {
    const InputProblem& problem = error.problem();
    fail(option_of(problem.key), problem.value, problem.what, problem.allowed);
  }
  const double first = static_cast<double>(shape.size()) * std::pow(options.base_oversamp, 2);
  const double later = std::floor(first * options.frac_refine) * std::pow(options.oversamp, 2);
  if (first + later * options.k_max > kMostCells) {
    fail("--size, --base-oversamp, --oversamp, --frac-refine, --k-max", "",
         fmt::format("together they ask for {:.2g} cells", first + later * options.k_max),
         fmt::format("at most {:.0f}", kMostCells));
  }
}

std::vector<IntegrationRule> rules_of(const IntegrateArguments& arguments) {
  std::vector<IntegrationRule> rules;
  if (arguments.compare) rules = usual_rules(arguments.tolerance);
  for (const std::string& name : arguments.rules) {
    IntegrationRule rule = integration_rule(name, arguments.tolerance);
    // However often a rule is named, it is measured once.
    if (std::ranges::find(rules, rule.name, &IntegrationRule::name) == rules.end()) {
      rules.push_back(std::move(rule));
    }
  }
  if (rules.empty()) rules.push_back(integration_rule("tree", arguments.tolerance));
  return rules;
}

/// An option that changes nothing is a mistake.
void check_used(const CLI::App& command, const std::vector<IntegrationRule>& rules) {
  const auto check = [&](const char* option, bool used, const char* by) {
    if (command.count(option) > 0 && !used) fail(option, "", "no rule that is measured has it", by);
  };
  const bool tree = std::ranges::find(rules, "tree", &IntegrationRule::name) != rules.end();
  const bool refinement = std::ranges::any_of(rules, &IntegrationRule::refines);
  for (const char* option : {"--rtol", "--atol"}) check(option, tree, "with --rule tree");
  for (const char* option : kRefinementOptions) check(option, refinement, "with --rule refine or apply");
}

void check_outputs(const CLI::App& command, const IntegrateArguments& arguments, std::size_t n_rules,
                   Shape shape) {
  const std::string& map = arguments.map;
  const std::string& picture = arguments.picture;
  for (const auto& [option, file] : {std::pair("--map", map), std::pair("--picture", picture)}) {
    if (command.count(option) > 0 && file.empty()) fail(option, "\"\"", "not a name", "a file");
  }
  if (!map.empty()) io::check_output(map, {});
  if (!picture.empty()) io::check_output(picture, {});
  if (!map.empty() && !picture.empty() && io::same_file(map, picture)) {
    fail("--picture", picture, "the map goes there already", "another name");
  }
  if (static_cast<double>(n_rules) * static_cast<double>(shape.size()) > kMostMapPixels) {
    fail("--size", fmt::format("{},{}", shape.nx, shape.ny),
         fmt::format("too many pixels to compare {} rules on", n_rules), "fewer rules or a smaller image");
  }
}

/// Measures the rules, and in a comparison the tree that is as exact as the refinement.
Comparison compare(const IntegrateArguments& arguments, Component profile, Shape shape,
                   const std::vector<IntegrationRule>& rules) {
  const ExactPixels exact = exact_pixels(profile, shape);
  Comparison comparison{std::move(profile),   shape, exact.bound, arguments.repeat,
                        arguments.refinement, {},    {}};
  const auto add = [&](const IntegrationRule& rule) {
    comparison.measurements.push_back(
        measure(rule, comparison.profile, exact, arguments.refinement, arguments.repeat));
    comparison.rules.push_back(rule);
  };
  for (const IntegrationRule& rule : rules) {
    add(rule);
    if (!arguments.compare || rule.family != RuleFamily::kApply) continue;
    const double reached = comparison.measurements.back().max_error;
    if (std::isfinite(reached)) add(tree_as_exact_as(std::max(reached, exact.bound)));
  }
  return comparison;
}

/// The files that were written; nothing when Ctrl-C came in between.
std::optional<std::vector<std::string>> write_outputs(const IntegrateArguments& arguments,
                                                      Comparison& comparison) {
  const InterruptGuard interrupt;  // so that no temporary file is left behind
  const io::ErrorMapSubject subject{comparison.profile, comparison.truth_bound};
  std::vector<io::ErrorMap> maps;
  for (std::size_t i = 0; i < comparison.rules.size(); ++i) {
    const IntegrationRule& rule = comparison.rules[i];
    std::string method = in_words(rule, comparison.options);
    if (rule.refines()) method += ", " + more_settings(comparison.options);
    RuleMeasurement& measured = comparison.measurements[i];
    maps.push_back({rule.name, method, std::move(measured.error), measured.max_error});
  }
  io::StagedFiles staged;
  std::vector<std::string> files;
  if (!arguments.picture.empty()) {
    staged.add(arguments.picture, io::report::encode_png(io::error_picture(subject, maps)));
    files.push_back(arguments.picture);
  }
  if (!arguments.map.empty()) {
    staged.add(io::write_error_maps(arguments.map, subject, maps, version()));
    files.push_back(arguments.map);
  }
  if (interrupt.interrupted()) return std::nullopt;
  staged.commit();
  return files;
}

int run_integrate(const CLI::App& command, const IntegrateArguments& arguments) {
  const Shape shape = shape_of(arguments.size);
  check_tolerance(arguments.tolerance, "", "--");
  const std::vector<IntegrationRule> rules = rules_of(arguments);
  check_used(command, rules);
  if (std::ranges::any_of(rules, &IntegrationRule::refines)) check_refinement(arguments.refinement, shape);
  check_outputs(command, arguments, rules.size(), shape);
  std::vector<std::string> warnings;
  const Component profile = io::read_profile("--profile", arguments.profile, shape, warnings);
  for (const std::string& warning : warnings) fmt::print(stderr, "gaxel: warning: {}\n", warning);

  Comparison comparison = compare(arguments, profile, shape, rules);
  const std::optional<std::vector<std::string>> files = write_outputs(arguments, comparison);
  if (!files) {
    fmt::print(stderr, "gaxel: interrupted: nothing was written\n");
    return kInterrupted;
  }
  if (arguments.json) {
    // Names of files may be no UTF-8, which JSON must be.
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    fmt::print("{}\n", comparison_json(comparison, *files).dump(2, ' ', false, replace));
    return kSuccess;
  }
  fmt::print("{}", comparison_table(comparison));
  for (const std::string& file : *files) fmt::print("wrote {}\n", file);
  return kSuccess;
}

void add_refinement_options(CLI::App& command, RefinementOptions& options) {
  const auto add = [&command](const char* name, auto& value, const char* help, const char* type) {
    command.add_option(name, value, help)->type_name(type)->capture_default_str();
  };
  add("--order", options.order, "refine, apply: nodes a side of a cell", "N");
  add("--oversamp", options.oversamp, "refine, apply: a cell is split into N x N", "N");
  add("--precision", options.precision, "refine, apply: error of a cell to aim for, counts", "P");
  add("--frac-refine", options.frac_refine, "refine, apply: part of the cells split at a level", "F");
  add("--k-max", options.k_max, "refine, apply: deepest level", "K");
  add("--base-oversamp", options.base_oversamp, "refine, apply: cells of level 0 in a pixel's side", "N");
}

}  // namespace

void add_integrate(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<IntegrateArguments>();
  CLI::App* command = app.add_subcommand("integrate", "Compare rules of pixel integration with exact pixels");
  command->add_option("--profile", arguments->profile, "KIND,key=value,... or seed, see below")
      ->type_name("PROFILE")
      ->capture_default_str();
  command->add_option("--size", arguments->size, "Size of the image in pixels")
      ->type_name("NX,NY")
      ->capture_default_str();
  command
      ->add_option("--rule", arguments->rules, "Rules to measure, separated by commas, see below (else tree)")
      ->delimiter(',')
      ->type_name("RULE");
  command->add_flag("--compare", arguments->compare,
                    "mid1 mid10 gl3 gl7 cc7 k15 refine apply tree, and a tree as exact as apply");
  command->add_option("--map", arguments->map, "Write (rule - exact) / flux as images")
      ->type_name("ERRORS.fits");
  command->add_option("--picture", arguments->picture, "Draw |rule - exact| / flux")->type_name("ERRORS.png");
  command->add_option("--rtol", arguments->tolerance.rtol, "tree: relative tolerance of the pixels")
      ->type_name("R")
      ->capture_default_str();
  command->add_option("--atol", arguments->tolerance.atol, "tree: tolerance as a fraction of the flux")
      ->type_name("A")
      ->capture_default_str();
  add_refinement_options(*command, arguments->refinement);
  command->add_option("--repeat", arguments->repeat, "Runs of each rule; the fastest counts")
      ->type_name("N")
      ->check(CLI::Range(1, kMostRepeats))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print the result as JSON instead of a table");
  command->footer(
      "Rules:\n" + rules_help() +
      "A profile is an elliptical kind of gaxel list with the keys of scene files: x, y (FITS\n"
      "pixels; else the middle of the image), flux (else 1000) or mag with zeropoint, q (else 1), pa\n"
      "(degrees from +y; else 0), size and shape. seed is the galaxy of the study of pixel integration.\n"
      "Examples:\n"
      "  gaxel integrate --compare\n"
      "  gaxel integrate --rule gl7,k15,tree --picture errors.png --map errors.fits\n"
      "  gaxel integrate --profile sersic,re=8,n=4,q=0.6,pa=30 --size 64,64 --rule tree --rtol 1e-4");
  command->callback([arguments, command, &exit_code] { exit_code = run_integrate(*command, *arguments); });
}

}  // namespace gaxel::cli
