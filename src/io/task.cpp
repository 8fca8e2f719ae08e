#include "io/task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <limits>
#include <string_view>

#include "fit/loss.hpp"
#include "io/band_keys.hpp"
#include "io/band_pixels.hpp"
#include "io/error_request.hpp"
#include "io/image_input.hpp"
#include "io/mask.hpp"
#include "io/noise.hpp"
#include "io/photometry.hpp"
#include "io/psf_input.hpp"
#include "io/scene_file.hpp"

namespace gaxel::io {

namespace {

// [galfit] keeps what a file of GALFIT's says and scenes do not; it is for going back.
constexpr std::array<std::string_view, 9> kTables{"title", "image",     "noise", "mask",  "psf",
                                                  "fit",   "component", "band",  "galfit"};
constexpr std::array<std::string_view, 4> kBandTables{"image", "noise", "mask", "psf"};
constexpr std::array<std::string_view, 12> kFitKeys{
    "rtol",    "atol",   "noise_share", "max_iterations", "max_seconds", "ftol",
    "threads", "starts", "seed",        "likelihood",     "student_dof", "huber_threshold"};
constexpr int kMostIterations = 1'000'000;
constexpr int kMostSeed = std::numeric_limits<int>::max();

LikelihoodOptions read_likelihood(const TomlTable& fit) {
  LikelihoodOptions options;
  if (const std::optional<std::string> name = fit.text("likelihood"))
    fit.relate("likelihood", [&] { options.kind = LikelihoodOptions::named(*name, ""); });
  const NumberRange positive{0.0, std::numeric_limits<double>::infinity(), true};
  const auto shape = [&](const char* key, Likelihood owner, double& value) {
    const std::optional<double> given = fit.number(key, positive);
    if (!given) return;
    if (options.kind != owner) {
      fit.fail(key, fmt::format("the likelihood is \"{}\"", to_text(options.kind)),
               fmt::format("likelihood = \"{}\", or leave it out", to_text(owner)));
    }
    value = *given;
  };
  shape("student_dof", Likelihood::kStudentT, options.student_dof);
  shape("huber_threshold", Likelihood::kHuber, options.huber_threshold);
  return options;
}

FitOptions read_fit_options(const std::optional<TomlTable>& table) {
  FitOptions options;
  if (!table) return options;
  std::vector<std::string_view> keys(kFitKeys.begin(), kFitKeys.end());
  std::ranges::copy(error_keys(), std::back_inserter(keys));
  table->allow_only(keys);
  const NumberRange fraction{0.0, 1.0, true};
  options.tolerance.rtol = table->number("rtol", fraction).value_or(options.tolerance.rtol);
  options.tolerance.atol = table->number("atol", fraction).value_or(options.tolerance.atol);
  options.noise_share = table->number("noise_share", {0.0, 0.99}).value_or(options.noise_share);
  options.ftol = table->number("ftol", fraction).value_or(options.ftol);
  options.max_iterations =
      table->integer("max_iterations", 1, kMostIterations).value_or(options.max_iterations);
  const double largest = std::numeric_limits<double>::max();
  options.max_seconds = table->number("max_seconds", {0.0, largest, true}).value_or(options.max_seconds);
  options.starts = table->integer("starts", 1, kMostIterations).value_or(options.starts);
  options.seed = static_cast<std::uint64_t>(table->integer("seed", 0, kMostSeed).value_or(0));
  options.threads = table->integer("threads", 0, kMostThreads).value_or(options.threads);
  options.likelihood = read_likelihood(*table);
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

/// Remarks so far; what comes after is of one band.
class BandRemarks {
 public:
  explicit BandRemarks(const Task& task) : n_notes_(task.notes.size()), n_warnings_(task.warnings.size()) {}

  /// Lets those that came since name the band, where there are several.
  void name(const std::string& band, Task& task) const {
    if (band.empty()) return;
    for (std::size_t i = n_notes_; i < task.notes.size(); ++i)
      task.notes[i] = fmt::format("band {}: {}", band, task.notes[i]);
    for (std::size_t i = n_warnings_; i < task.warnings.size(); ++i)
      task.warnings[i] = fmt::format("band {}: {}", band, task.warnings[i]);
  }

 private:
  std::size_t n_notes_;
  std::size_t n_warnings_;
};

/// A band on its way: its tables, and its image until that goes to the observation.
struct BandInput {
  TomlTable tables;  ///< [image], [noise], [mask] and [psf] are in it: the file's root, or a [[band]]
  TomlTable image;
  std::vector<PsfTables> psfs;
  ImageInput input;
};

/// The bands of a file; of one without [[band]] the whole.
std::vector<BandInput> read_bands(const TomlTable& root, const std::string& folder, Task& task,
                                  bool need_data) {
  std::vector<TomlTable> tables = root.tables("band");
  const bool several = !tables.empty();
  if (several) {
    for (const std::string_view key : kBandTables) {
      if (root.has(key)) root.fail(key, "there are [[band]] tables, too", "inside of each [[band]]");
    }
  } else {
    tables.push_back(root);
  }
  std::vector<BandInput> bands;
  task.others.resize(tables.size() - 1);
  std::vector<std::string> names;
  for (std::size_t b = 0; b < tables.size(); ++b) {
    const TomlTable& table = tables[b];
    TaskImage& own = b == 0 ? task : task.others[b - 1];
    const BandRemarks remarks(task);
    if (several) read_band_keys(table, names, own);
    const std::optional<TomlTable> image = table.table("image");
    if (!image) table.fail("image", "missing", "an [image] table with the name of a FITS file");
    bands.push_back(
        {table, *image, psf_tables(table), read_image_input(*image, folder, need_data, task.notes)});
    const ImageInput& input = bands.back().input;
    own.image_file = input.file;
    own.shape = input.region.shape();
    own.placement = {input.region.section.x1, input.region.section.y1};
    own.photometry = read_photometry(*image, {input.header, input.primary}, task.notes);
    remarks.name(own.band, task);
    own.stated_pixel_scale = stated_pixel_scale(*image);
    own.header = input.header;
    for (const PsfTables& psf : bands.back().psfs) own.psf_names.push_back(psf.name);
    const bool same_names = own.psf_names == task.psf_names;
    if (!same_names) table.fail("psf", "not the PSFs of the first band", "as many, with the same names");
  }
  return bands;
}

void read_observation(BandInput& band, const std::string& folder, TaskImage& own, Task& task) {
  const std::optional<TomlTable> noise = band.tables.table("noise");
  if (!noise)
    band.tables.fail("noise", "missing",
                     "a [noise] table: sigma, variance, weight, rms, or gain with read_noise and sky");
  Observation& observation = own.observation;
  observation.data = std::move(band.input.data);
  observation.used.assign(observation.data.size(), 1);
  mask_blank_data(band.image, observation.data.view(), observation.used, task.notes);
  const Likelihood likelihood = task.options.likelihood.kind;
  const bool photons = needs_counts(likelihood);
  if (photons) observation.counts = read_counts(*noise, likelihood);
  observation.sigma =
      read_sigma(*noise, folder, band.input.region, observation.data.view(), photons ? 1.0 : 0.0);
  if (const auto mask = band.tables.table("mask")) {
    apply_mask(*mask, folder, band.input.region, observation.used, task.notes, task.warnings);
  }
  mask_bad_sigma(*noise, observation.sigma.view(), observation.used, task.notes);
  if (photons) {
    check_photons(observation, likelihood, own.header, task.notes, task.warnings);
    noise->relate("gain", [&] { check_counts(task.options.likelihood, observation, "fit"); });
  }
}

void read_psfs(const BandInput& band, const std::string& folder, TaskImage& own, Task& task) {
  own.observation.varying_psf = read_varying_psf(band.psfs, folder, own.placement);
  if (own.observation.varying_psf) {
    const Psf middle = own.observation.varying_psf->at(0.5 * (own.shape.nx - 1), 0.5 * (own.shape.ny - 1));
    for (const std::string& warning : middle.warnings())
      task.warnings.push_back(fmt::format("psf, in the middle of the region: {}", warning));
    own.observation.psfs.push_back(middle);
    return;
  }
  const HeaderCards* header = own.header.empty() ? nullptr : &own.header;
  for (const PsfTables& psf : band.psfs) {
    own.observation.psfs.push_back(read_psf(psf, folder, {own.shape, header}, task.warnings));
  }
}

void map_pixels(const TomlTable& root, Task& task) {
  for (TaskImage& other : task.others) root.relate("band", [&] { other.pixels = pixel_map(task, other); });
}

/// Magnitudes of one count: the exposure time goes into the zero point.
double zeropoint_of(const Photometry& photometry) {
  return photometry.zeropoint.value_or(0.0) + 2.5 * std::log10(photometry.exptime);
}

SceneFrame scene_frame(const Task& task, const std::string& folder, bool estimate) {
  SceneFrame frame{{task.placement, task.photometry},
                   task.shape,
                   task.header.empty() ? nullptr : &task.header,
                   task.psf_names,
                   estimate,
                   folder,
                   {}};
  for (const TaskImage* image : images_of(task))
    frame.bands.push_back({image->band, image->wavelength, {image->placement, image->photometry}});
  return frame;
}

}  // namespace

BandFrame frame_of(const TaskImage& image) {
  return {image.wavelength, zeropoint_of(image.photometry), image.pixels};
}

std::vector<const TaskImage*> images_of(const Task& task) {
  std::vector<const TaskImage*> images{&task};
  for (const TaskImage& other : task.others) images.push_back(&other);
  return images;
}

std::int64_t n_masked(const Task& task) {
  std::int64_t n = 0;
  for (const TaskImage* image : images_of(task)) n += std::ranges::count(image->observation.used, 0);
  return n;
}

std::vector<BandFrame> frames_of(const Task& task) {
  std::vector<BandFrame> frames;
  for (const TaskImage* image : images_of(task)) frames.push_back(frame_of(*image));
  return frames;
}

std::vector<Band> bands_of(const Task& task) {
  std::vector<Band> bands;
  for (const TaskImage* image : images_of(task)) {
    bands.push_back({image->band, frame_of(*image), &image->observation});
  }
  return bands;
}

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
  if (const std::optional<TomlTable> table = root.table("fit")) task.errors = read_error_request(*table);

  std::vector<BandInput> bands = read_bands(root, folder, task, need_data);
  map_pixels(root, task);

  // The scene comes before the large files: its mistakes show at once.
  task.scene = read_scene(root, scene_frame(task, folder, need_data), task.warnings);
  validate(task.scene, wavelengths_of(frames_of(task)), scene_file);
  check_error_request(task.errors, task.scene, scene_file);
  if (need_data && task.scene.n_free() == 0) {
    root.fail("component", "no parameter is free: there is nothing to fit", "fixed = false for at least one");
  }
  for (std::size_t b = 0; b < bands.size(); ++b) {
    TaskImage& own = b == 0 ? task : task.others[b - 1];
    const BandRemarks remarks(task);
    read_psfs(bands[b], folder, own, task);
    if (need_data) read_observation(bands[b], folder, own, task);
    remarks.name(own.band, task);
    if (need_data) continue;
    if (const auto noise = bands[b].tables.table("noise")) check_noise_keys(*noise);
    if (const auto mask = bands[b].tables.table("mask")) check_mask_keys(*mask);
  }
  task.input_files = named_files(file, folder);
  task.settings_toml = settings_toml(file, folder);
  return task;
}

}  // namespace gaxel::io
