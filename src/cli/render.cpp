// gaxel render: a scene file to pixels.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/nearest_name.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/legacy_options.hpp"
#include "cli/remarks.hpp"
#include "gaxel/error.hpp"
#include "gaxel/fit.hpp"
#include "gaxel/render.hpp"
#include "gaxel/stop.hpp"
#include "gaxel/version.hpp"
#include "io/block_fits.hpp"
#include "io/cell_picture.hpp"
#include "io/output_folder.hpp"
#include "io/partial_file.hpp"
#include "io/task.hpp"
#include "legacy/load.hpp"
#include "render/check_options.hpp"

namespace gaxel::cli {
namespace {

struct RenderArguments {
  std::string scene;
  legacy::LegacyOptions legacy;
  std::optional<std::string> output;
  std::optional<std::string> cells;
  std::optional<std::string> component;
  bool components = false;
  bool certificate = false;
  bool quiet = false;
  std::optional<int> threads;
  std::optional<double> rtol;
  std::optional<double> atol;
};

void print_certificate(const Certificate& certificate, const Tolerance& tolerance) {
  fmt::print("largest bound of a pixel's error  {:.3e}\n", certificate.max_bound);
  fmt::print("sum of all bounds                 {:.3e}\n", certificate.sum_bound);
  fmt::print("pixels over the tolerance         {}  (rtol {:g}, atol {:g} of the flux)\n", certificate.n_over,
             tolerance.rtol, tolerance.atol);
  // Skies and point sources alone need none.
  if (certificate.evaluations_per_pixel > 0.0)
    fmt::print("evaluations a pixel               {:.3g}\n", certificate.evaluations_per_pixel);
  if (certificate.estimated) fmt::print("some of the bounds are conservative estimates, and no proofs\n");
  if (certificate.limit_hit)
    fmt::print("some pixels need more than double precision or more cells than allowed\n");
}

/// The place in the scene of the component whose cells are to be drawn.
std::size_t component_for_cells(const RenderArguments& arguments, const Scene& scene) {
  const std::vector<SceneComponent>& components = scene.components;
  std::vector<std::string_view> names;  // of those that have cells
  for (const SceneComponent& component : components) {
    if (is_integrated(component.kind->family)) names.push_back(component.name);
  }
  if (names.empty()) {
    throw InputError({arguments.scene, "", "", "no component of the scene is integrated on cells",
                      "--cells needs a galaxy's profile, such as sersic"});
  }
  const std::string_view wanted =
      arguments.component ? std::string_view(*arguments.component) : names.front();
  const auto found = std::ranges::find(components, wanted, &SceneComponent::name);
  if (found == components.end()) {
    throw InputError({"", "--component", std::string(wanted), "no component of that name in the scene",
                      suggestion(wanted, names)});
  }
  if (!is_integrated(found->kind->family)) {
    throw InputError({"", "--component", std::string(wanted), "not integrated on cells",
                      "allowed: " + fmt::format("{}", fmt::join(names, ", "))});
  }
  return static_cast<std::size_t>(found - components.begin());
}

void check_outputs(const RenderArguments& arguments, const io::Task& task) {
  const std::optional<std::string>& output = arguments.output;
  const std::optional<std::string>& cells = arguments.cells;
  std::vector<std::string> inputs = task.input_files;
  inputs.push_back(task.scene_file);
  if (cells && !cells->ends_with(".svg")) {
    throw InputError({"", "--cells", *cells, "cells are drawn as SVG only", "a name that ends in .svg"});
  }
  if (output) io::check_output(*output, inputs);
  if (cells) io::check_output(*cells, inputs);
  if (output && cells && io::same_file(*output, *cells)) {
    throw InputError({"", "--cells", *cells, "the model goes there already", "another name"});
  }
}

io::RenderedBand render_band(const RenderArguments& arguments, const io::TaskImage& image,
                             const FitOptions& options, std::vector<Component> light) {
  const std::vector<Psf> psfs = psfs_for(image.observation, light);
  const MultiPsfRenderer renderer(image.shape, psfs,
                                  {options.tolerance, arguments.certificate, options.threads});
  io::RenderedBand band{Image(image.shape), {}, {}};
  band.certificate = renderer.render(light, band.model.view());
  if (arguments.components) band.components = io::component_images(image.shape, options, light, psfs);
  return band;
}

void write_model(const RenderArguments& arguments, const io::Task& task,
                 const std::vector<std::vector<Component>>& light) {
  const std::vector<const io::TaskImage*> images = io::images_of(task);
  std::vector<io::RenderedBand> bands;
  for (std::size_t b = 0; b < images.size(); ++b)
    bands.push_back(render_band(arguments, *images[b], task.options, light[b]));
  io::write_model(*arguments.output, task, bands, version());
  if (!arguments.certificate || arguments.quiet) return;
  for (std::size_t b = 0; b < images.size(); ++b) {
    if (images.size() > 1) fmt::print("{}\n", images[b]->band);
    print_certificate(bands[b].certificate, task.options.tolerance);
  }
}

/// Of the first band.
std::string draw_cells(const io::Task& task, std::size_t drawn, std::vector<Component> light) {
  const std::vector<Psf> psfs = psfs_for(task.observation, light);
  const MultiPsfRenderer renderer(task.shape, psfs, {task.options.tolerance, false, task.options.threads});
  SceneComponent component = task.scene.components[drawn];
  for (std::size_t i = 0; i < component.parameters.size(); ++i)
    component.parameters[i].value = light[drawn].values[i];
  return io::cell_picture(task, component, renderer.cells(light, drawn));
}

int run_render(const RenderArguments& arguments) {
  if (!arguments.output && !arguments.cells) {
    throw CLI::RequiredError("-o MODEL.fits or --cells CELLS.svg");
  }
  io::Task task = legacy::load_any_task(arguments.scene, arguments.legacy, false);
  Tolerance& tolerance = task.options.tolerance;
  if (arguments.rtol) tolerance.rtol = *arguments.rtol;
  if (arguments.atol) tolerance.atol = *arguments.atol;
  if (arguments.rtol || arguments.atol) check_tolerance(tolerance, "", "--");
  if (arguments.threads) task.options.threads = *arguments.threads;
  check_outputs(arguments, task);
  const InterruptGuard interrupt;
  const StopScope scope([&] { return interrupt.interrupted(); });
  std::size_t drawn = 0;
  if (arguments.cells) drawn = component_for_cells(arguments, task.scene);
  print_remarks(task, arguments.quiet);
  const std::vector<std::vector<Component>> light =
      components_in_bands(task.scene, io::frames_of(task), arguments.scene);
  io::StagedFiles staged;
  if (arguments.cells) staged.add(*arguments.cells, draw_cells(task, drawn, light.front()));
  if (arguments.output) write_model(arguments, task, light);
  staged.commit();
  if (arguments.quiet) return kSuccess;
  for (const auto& file : {arguments.output, arguments.cells}) {
    if (file) fmt::print("wrote {}\n", *file);
  }
  return kSuccess;
}

}  // namespace

void add_render(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<RenderArguments>();
  CLI::App* command = app.add_subcommand("render", "Render the scene of a file, without fitting");
  command
      ->add_option("scene", arguments->scene,
                   "Scene file, every parameter given, or one of GALFIT's or Imfit's: told by what is in it")
      ->required()
      ->type_name("SCENE");
  CLI::Option* output =
      command->add_option("-o,--output", arguments->output, "FITS file to write; replaced when there")
          ->type_name("MODEL.fits");
  command->add_flag("--components", arguments->components, "Add an image of each component")->needs(output);
  command
      ->add_flag("--certificate", arguments->certificate,
                 "Print the bounds of the pixels' errors and add them as the image BOUND")
      ->needs(output);
  CLI::Option* cells = command
                           ->add_option("--cells", arguments->cells,
                                        "Draw the cells that a component is integrated on (SVG only)")
                           ->type_name("CELLS.svg");
  command->add_option("--component", arguments->component, "Whose cells (else the first that is a profile)")
      ->type_name("NAME")
      ->needs(cells);
  command->add_flag("-q,--quiet", arguments->quiet, "Print nothing but warnings and errors");
  command
      ->add_option("--threads", arguments->threads, "Threads, 0: all of the machine (else as in the scene)")
      ->type_name("N")
      ->check(CLI::Range(0, io::kMostThreads));
  command->add_option("--rtol", arguments->rtol, "Relative tolerance of the pixels (else as in the scene)")
      ->type_name("R");
  command->add_option("--atol", arguments->atol, "Tolerance as a fraction of the flux (else as in the scene)")
      ->type_name("A");
  add_legacy_options(*command, arguments->legacy);
  command->footer(
      "Examples:\n"
      "  gaxel render galaxy.toml -o model.fits --components --certificate\n"
      "  gaxel render galaxy.toml --cells cells.svg --component bulge");
  command->callback([arguments, &exit_code] { exit_code = run_render(*arguments); });
}

}  // namespace gaxel::cli
