#include "io/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "io/image_input.hpp"
#include "io/mask.hpp"
#include "io/noise.hpp"
#include "io/photometry.hpp"
#include "io/psf_input.hpp"
#include "io/scene_file.hpp"

namespace gaxel::io {

namespace {

// [galfit] keeps what a file of GALFIT's says and scenes do not; it is for going back.
constexpr std::array<std::string_view, 8> kTables{"title", "image", "noise",     "mask",
                                                  "psf",   "fit",   "component", "galfit"};
constexpr std::array<std::string_view, 6> kFitKeys{"rtol",           "atol", "noise_share",
                                                   "max_iterations", "ftol", "threads"};
constexpr int kMostIterations = 1'000'000;

FitOptions read_fit_options(const std::optional<TomlTable>& table) {
  FitOptions options;
  if (!table) return options;
  table->allow_only(kFitKeys);
  const NumberRange fraction{0.0, 1.0, true};
  options.tolerance.rtol = table->number("rtol", fraction).value_or(options.tolerance.rtol);
  options.tolerance.atol = table->number("atol", fraction).value_or(options.tolerance.atol);
  options.noise_share = table->number("noise_share", {0.0, 0.99}).value_or(options.noise_share);
  options.ftol = table->number("ftol", fraction).value_or(options.ftol);
  options.max_iterations =
      table->integer("max_iterations", 1, kMostIterations).value_or(options.max_iterations);
  options.threads = table->integer("threads", 0, kMostThreads).value_or(options.threads);
  return options;
}

/// Masks pixels that are not finite. Throws when none is left.
void mask_blank_data(const TomlTable& image, ConstImageView data, std::vector<std::uint8_t>& used,
                     std::vector<std::string>& notes) {
  std::size_t blank = 0;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (std::isfinite(data.pixels()[i])) continue;
    used[i] = 0;
    ++blank;
  }
  if (blank == used.size()) {
    image.fail("file", "no pixel of the region is a finite number", "an image with data in it");
  }
  if (blank > 0) notes.push_back(fmt::format("image.file: {} pixels masked (NaN or infinite)", blank));
}

void read_observation(const TomlTable& root, const TomlTable& image, const std::string& folder,
                      ImageInput& input, Task& task) {
  const std::optional<TomlTable> noise = root.table("noise");
  if (!noise)
    root.fail("noise", "missing",
              "a [noise] table: sigma, variance, weight, rms, or gain with read_noise and sky");
  Observation& observation = task.observation;
  observation.data = std::move(input.data);
  observation.used.assign(observation.data.size(), 1);
  mask_blank_data(image, observation.data.view(), observation.used, task.notes);
  observation.sigma = read_sigma(*noise, folder, input.region, observation.data.view());
  if (const auto mask = root.table("mask")) {
    apply_mask(*mask, folder, input.region, observation.used, task.notes, task.warnings);
  }
  mask_bad_sigma(*noise, observation.sigma.view(), observation.used, task.notes);
}

void read_psfs(const std::vector<PsfTables>& psfs, const std::string& folder, const HeaderCards* header,
               Task& task) {
  task.observation.varying_psf = read_varying_psf(psfs, folder, task.placement);
  if (task.observation.varying_psf) {
    const Psf middle = task.observation.varying_psf->at(0.5 * (task.shape.nx - 1), 0.5 * (task.shape.ny - 1));
    for (const std::string& warning : middle.warnings())
      task.warnings.push_back(fmt::format("psf, in the middle of the region: {}", warning));
    task.observation.psfs.push_back(middle);
    return;
  }
  for (const PsfTables& psf : psfs) {
    task.observation.psfs.push_back(read_psf(psf, folder, {task.shape, header}, task.warnings));
  }
}

}  // namespace

Task load_task(const std::string& scene_file, bool need_data) {
  return load_task(read_toml(scene_file), need_data);
}

Task load_task(const TomlFile& file, bool need_data) {
  const std::string& scene_file = file.path;
  const TomlTable root(file, file.root, "");
  root.allow_only(kTables);
  const std::string folder = std::filesystem::path(scene_file).parent_path().string();
  Task task;
  task.scene_file = scene_file;
  task.title = root.text("title").value_or("");
  task.options = read_fit_options(root.table("fit"));

  const std::optional<TomlTable> image = root.table("image");
  if (!image) root.fail("image", "missing", "an [image] table with the name of a FITS file");
  ImageInput input = read_image_input(*image, folder, need_data, task.notes);
  task.image_file = input.file;
  task.shape = input.region.shape();
  task.placement = {input.region.section.x1, input.region.section.y1};
  task.photometry = read_photometry(*image, {input.header, input.primary}, task.notes);
  task.header = input.header;

  // The scene comes before the large files: its mistakes show at once.
  const HeaderCards* header = task.header.empty() ? nullptr : &task.header;
  const std::vector<PsfTables> psfs = psf_tables(root);
  for (const PsfTables& psf : psfs) task.psf_names.push_back(psf.name);
  task.scene =
      read_scene(root, {{task.placement, task.photometry}, task.shape, header, task.psf_names, need_data},
                 task.warnings);
  validate(task.scene, scene_file);
  if (need_data && task.scene.n_free() == 0) {
    root.fail("component", "no parameter is free: there is nothing to fit", "fixed = false for at least one");
  }
  read_psfs(psfs, folder, header, task);
  if (need_data) {
    read_observation(root, *image, folder, input, task);
  } else {
    if (const auto noise = root.table("noise")) check_noise_keys(*noise);
    if (const auto mask = root.table("mask")) check_mask_keys(*mask);
  }
  task.input_files = named_files(file, folder);
  task.settings_toml = settings_toml(file, folder);
  return task;
}

}  // namespace gaxel::io
