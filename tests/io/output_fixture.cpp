#include "output_fixture.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

namespace gaxel::io::testing_support {
namespace {

SceneComponent component(const std::string& kind, const std::string& name,
                         const std::vector<double>& values) {
  SceneComponent made{&component_kind(kind), name, {}, false};
  for (std::size_t i = 0; i < values.size(); ++i) {
    Parameter parameter;
    parameter.value = values[i];
    parameter.free = made.kind->parameters[i].fittable;
    made.parameters.push_back(parameter);
  }
  return made;
}

}  // namespace

std::string card(const std::string& text) {
  return text + std::string(80 - text.size(), ' ');
}

Task sample_task() {
  Task task;
  task.scene_file = "sample.toml";
  task.title = "A <sample> & its fit";
  task.image_file = "sample.fits";
  task.shape = {30, 40};
  task.placement = {101, 51};
  task.photometry = {25.0, 10.0};
  task.settings_toml = "title = \"sample\"\n\n[image]\nshape = [40, 30]\nzeropoint = 25.0\nexptime = 10.0\n";
  task.header = {
      card("CTYPE1  = 'RA---TAN'"), card("CTYPE2  = 'DEC--TAN'"), card("CRVAL1  = 10.0"),
      card("CRVAL2  = -30.0"),      card("CRPIX1  = 120.5"),      card("CRPIX2  = 60.25"),
      card("CD1_1   = -2.0E-05"),   card("CD2_2   = 2.0E-05"),    card("CRPIX1A = 1.0"),
      card("LTV2    = -3.0"),       card("EXPTIME = 10.0"),       card("COMMENT CRPIX1 is not meant here")};
  Observation& observation = task.observation;
  observation.data = Image(task.shape);
  observation.sigma = Image(task.shape, 2.0);
  observation.used.assign(task.shape.size(), 1);
  observation.used[5] = 0;
  for (int row = 0; row < 30; ++row) {
    for (int col = 0; col < 40; ++col) {
      observation.data(row, col) =
          500.0 / (1.0 + std::hypot(col - 20.0, row - 14.0)) + ((row * 7 + col * 3) % 5 - 2.0);
    }
  }
  task.scene.components = {
      component("sersic", "early type", {20.0, 14.0, 2511.886431509580, 5.0, 2.5, 0.8, 2.0}),
      component("pointsource", "star", {3.25, 8.125, 77.0}),
      component("sky", "sky", {0.5, 0.0, 0.0, 19.5, 14.5})};
  SceneComponent& galaxy = task.scene.components[0];
  galaxy.flux_is_magnitude = true;
  galaxy.parameter(Role::kFlux).min = 10.0;
  galaxy.parameter(Role::kFlux).max = 1e5;
  galaxy.parameter(Role::kN).free = false;
  galaxy.parameter(Role::kQ).max = 0.8;
  task.scene.components[2].parameter(Role::kSlopeX).free = false;
  task.scene.components[2].parameter(Role::kSlopeY).free = false;
  return task;
}

FitResult sample_result(const Task& task) {
  FitResult result;
  result.scene = task.scene;
  for (const SceneComponent& made : task.scene.components) {
    std::vector<double>& errors = result.errors.emplace_back();
    for (const Parameter& parameter : made.parameters) {
      errors.push_back(parameter.free ? 0.01 : std::numeric_limits<double>::quiet_NaN());
    }
    result.flags.emplace_back(made.parameters.size(), ParameterFlag::kNone);
  }
  result.flags[0][5] = ParameterFlag::kAtBound;
  result.flags[1][2] = ParameterFlag::kDegenerate;
  result.errors[1][2] = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t c = 0; c < task.scene.components.size(); ++c) {
    for (std::size_t p = 0; p < result.errors[c].size(); ++p) {
      const Parameter& parameter = task.scene.components[c].parameters[p];
      if (!parameter.free) continue;
      result.free_values.push_back({c, p, 0, parameter.value, result.errors[c][p], result.flags[c][p]});
    }
  }
  const std::size_t n = result.free_values.size();
  result.covariance.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i)
    result.covariance[i * n + i] = result.free_values[i].error * result.free_values[i].error;
  result.bands.resize(1);
  result.bands.front().components = task.scene.render_list();
  result.bands.front().errors = result.errors;
  result.bands.front().model = Image(task.shape);
  for (int row = 0; row < 30; ++row) {
    for (int col = 0; col < 40; ++col)
      result.bands.front().model(row, col) = 500.0 / (1.0 + std::hypot(col - 20.0, row - 14.0));
  }
  result.chi2 = 1234.5;
  result.n_pixels = 1199;
  result.dof = 1189;
  result.iterations = 12;
  result.seconds = 0.25;
  result.stop_reason = StopReason::kConverged;
  result.message = "converged: chi2 changes by less than 1e-9";
  result.bands.front().certificate.max_bound = 1e-5;
  result.bands.front().certificate.sum_bound = 3e-4;
  return result;
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gaxel-test-XXXXXX").string();
  path = mkdtemp(pattern.data());
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

int ScratchFolder::count() const {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator(path), {}));
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace gaxel::io::testing_support
