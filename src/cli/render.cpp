// gaxel render: a scene file to pixels.
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/remarks.hpp"
#include "gaxel/render.hpp"
#include "io/block_fits.hpp"
#include "io/partial_file.hpp"
#include "io/task.hpp"

namespace gaxel::cli {
namespace {

struct RenderArguments {
  std::string scene;
  std::string output;
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
  fmt::print("evaluations a pixel               {:.3g}\n", certificate.evaluations_per_pixel);
  if (certificate.limit_hit) fmt::print("some cells could not be refined further\n");
}

int run_render(const RenderArguments& arguments) {
  io::Task task = io::load_task(arguments.scene, false);
  Tolerance& tolerance = task.options.tolerance;
  if (arguments.rtol) tolerance.rtol = *arguments.rtol;
  if (arguments.atol) tolerance.atol = *arguments.atol;
  if (arguments.threads) task.options.threads = *arguments.threads;
  std::vector<std::string> inputs = task.input_files;
  inputs.push_back(task.scene_file);
  io::check_output(arguments.output, inputs);
  print_remarks(task, arguments.quiet);
  const Renderer renderer(task.shape, task.observation.psf,
                          {tolerance, arguments.certificate, task.options.threads});
  Image model(task.shape);
  const Certificate certificate = renderer.render(task.scene.render_list(), model.view());
  std::vector<Image> components;
  if (arguments.components) components = io::component_images(task, task.scene);
  io::write_model(arguments.output, task, model, components, certificate, GAXEL_VERSION);
  if (arguments.quiet) return kSuccess;
  if (arguments.certificate) print_certificate(certificate, tolerance);
  fmt::print("wrote {}\n", arguments.output);
  return kSuccess;
}

}  // namespace

void add_render(CLI::App& app, int& exit_code) {
  const auto arguments = std::make_shared<RenderArguments>();
  CLI::App* command = app.add_subcommand("render", "Render the scene of a TOML file, without fitting");
  command->add_option("scene", arguments->scene, "Scene file, every parameter given")
      ->required()
      ->type_name("SCENE.toml");
  command->add_option("-o,--output", arguments->output, "FITS file to write; replaced when there")
      ->required()
      ->type_name("MODEL.fits");
  command->add_flag("--components", arguments->components, "Add an image of each component");
  command->add_flag("--certificate", arguments->certificate,
                    "Print the bounds of the pixels' errors and add them as the image BOUND");
  command->add_flag("-q,--quiet", arguments->quiet, "Print nothing but warnings and errors");
  command
      ->add_option("--threads", arguments->threads, "Threads, 0: all of the machine (else as in the scene)")
      ->type_name("N")
      ->check(CLI::Range(0, io::kMostThreads));
  command->add_option("--rtol", arguments->rtol, "Relative tolerance of the pixels (else as in the scene)")
      ->type_name("R");
  command->add_option("--atol", arguments->atol, "Tolerance as a fraction of the flux (else as in the scene)")
      ->type_name("A");
  command->footer("Example:\n  gaxel render galaxy.toml -o model.fits --components --certificate");
  command->callback([arguments, &exit_code] { exit_code = run_render(*arguments); });
}

}  // namespace gaxel::cli
