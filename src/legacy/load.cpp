#include "legacy/load.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "gaxel/error.hpp"
#include "io/toml_table.hpp"
#include "legacy/galfit_scene.hpp"

namespace gaxel::legacy {
namespace {

/// As if [fit] of the scene said so.
void set_likelihood(const std::optional<std::string>& name, toml::table& root) {
  if (!name) return;
  LikelihoodOptions::named(*name, "--likelihood");
  root.insert("fit", toml::table());
  if (toml::table* fit = root["fit"].as_table()) fit->insert_or_assign("likelihood", *name);
}

}  // namespace

Format detect_format(const std::string& path) {
  try {
    const TextDocument text = TextDocument::read(path);
    if (text.size() > 0 && text.line(0).starts_with("SIMPLE  ="))
      return Format::kScene;  // FITS, to be inspected
    if (looks_like_galfit(text)) return Format::kGalfit;
    if (looks_like_imfit(text)) return Format::kImfit;
  } catch (const InputError&) {
    return Format::kScene;  // whose reader says what is wrong
  }
  return Format::kScene;
}

LegacyScene legacy_scene(const std::string& path, Format format, const LegacyOptions& options,
                         const std::string& target, Purpose purpose) {
  TextDocument text = TextDocument::read(path);
  try {
    if (format == Format::kGalfit) {
      const GalfitDocument document = parse_galfit(std::move(text));
      return map_galfit(document, find_band(document, options.band), target, purpose).scene;
    }
    return imfit_scene(parse_imfit(std::move(text)), options.imfit, target, purpose);
  } catch (const InputError& error) {
    InputProblem problem = error.problem();
    if (problem.source.empty()) problem.source = path;
    throw InputError(std::move(problem));
  }
}

io::Task load_any_task(const std::string& path, const LegacyOptions& options, bool need_data) {
  const Format format = detect_format(path);
  if (format != Format::kImfit && options.imfit.likelihood != Likelihood::kGaussian) {
    throw InputError({path, "--cashstat, --poisson-mlr, --model-errors", "",
                      "only configurations of Imfit take these",
                      fmt::format("--likelihood {}", to_text(options.imfit.likelihood))});
  }
  if (format != Format::kImfit && !options.imfit.empty()) {
    throw InputError({path, "--image, --psf, --mask, --noise and others", "",
                      "only configurations of Imfit take these", "the names in the file itself"});
  }
  if (format != Format::kGalfit && options.band) {
    throw InputError({path, "--band", *options.band, "only files of GALFITM take this", "leave it out"});
  }
  if (format == Format::kScene) {
    io::TomlFile file = io::read_toml(path);
    set_likelihood(options.likelihood, file.root);
    return io::load_task(file, need_data);
  }
  const std::string folder = std::filesystem::path(path).parent_path().string();
  LegacyOptions own = options;
  if (options.likelihood)
    own.imfit.likelihood = LikelihoodOptions::named(*options.likelihood, "--likelihood");
  LegacyScene scene = legacy_scene(path, format, own, folder, need_data ? Purpose::kFit : Purpose::kRender);
  io::TomlFile file = io::parse_toml(scene.toml, path, std::move(scene.lines));
  set_likelihood(options.likelihood, file.root);
  io::Task task = io::load_task(file, need_data);
  for (const std::vector<std::string>* list : {&scene.losses, &scene.unused, &scene.warnings})
    task.warnings.insert(task.warnings.begin(), list->begin(), list->end());
  task.notes.insert(task.notes.begin(), scene.notes.begin(), scene.notes.end());
  return task;
}

}  // namespace gaxel::legacy
