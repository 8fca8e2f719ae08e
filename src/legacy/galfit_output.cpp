#include "legacy/galfit_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "io/block_fits.hpp"
#include "io/fits_file.hpp"
#include "io/partial_file.hpp"
#include "legacy/galfit_restart.hpp"
#include "legacy/galfitm_block.hpp"

namespace gaxel::legacy {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLog = "fit.log";

Image residual_of(const Image& data, const Image& model) {
  Image residual(data.shape());
  for (std::size_t i = 0; i < residual.size(); ++i) residual.data()[i] = data.data()[i] - model.data()[i];
  return residual;
}

io::PartialFile write_block(const std::string& path, const io::Task& task, const FitResult& result,
                            const std::vector<io::HeaderKey>& keys) {
  io::FitsWriter writer(path);
  const auto type = io::PixelType::kFloat32;
  const std::vector<io::HeaderKey> region = io::region_keys(task.header, task.placement, task.shape);
  writer.add_image(Image(task.shape).view(), "", {}, {}, type);
  writer.add_image(task.observation.data.view(), "", region, task.header, type);
  writer.add_image(result.bands.front().model.view(), "", keys, {}, type);
  writer.add_image(residual_of(task.observation.data, result.bands.front().model).view(), "",
                   {{"OBJECT", std::string("residual map"), "Name of the object"}}, {}, type);
  return writer.finish();
}

/// B) without its folder; gaxel's own block keeps its name.
std::string name_of_block(const GalfitDocument& document) {
  const std::string name = fs::path(document.word("B")).filename().string();
  if (name.empty() || lower(name) == "none") return "imgblock.fits";
  return name == "block.fits" ? "galfit_block.fits" : name;
}

/// galfit.01, or the first after it that is not there; of several bands with the name of B) before it.
std::string restart_name(const io::OutputFolder& folder, const GalfitDocument& document) {
  const bool several = document.n_bands > 1;
  const std::string stem = several ? fs::path(name_of_block(document)).stem().string() + "." : "";
  for (int number = 1;; ++number) {
    std::string name = fmt::format("{}galfit.{:02}", stem, number);
    if (!fs::exists(folder.file(name)) && !(several && fs::exists(folder.file(name + ".band")))) return name;
  }
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

void check_galfit_output(const io::OutputFolder& folder, const io::Task& task) {
  const GalfitDocument document = parse_galfit(TextDocument::read(task.scene_file));
  std::vector<std::string> inputs = task.input_files;
  inputs.push_back(task.scene_file);
  for (const std::string& name : {name_of_block(document), std::string(kLog)})
    io::check_output(folder.file(name), inputs);
}

std::vector<std::string> write_galfit_output(const io::OutputFolder& folder, const io::Task& task,
                                             const FitResult& result, std::string_view version) {
  const GalfitDocument document = parse_galfit(TextDocument::read(task.scene_file));
  const std::string source = fs::path(task.scene_file).parent_path().string();
  const MappedGalfit mapped = map_galfit(document, find_band(document, {}), source, Purpose::kFit);
  GalfitReport report{
      document, mapped, task, result, {}, restart_name(folder, document), std::string(version)};
  for (std::size_t b = 0; b < mapped.bands.size(); ++b)
    report.in_bands.push_back(final_objects(document, mapped, task, result, b));
  const std::string block_name = name_of_block(document);
  const std::string block = folder.file(block_name);
  const std::string log = folder.file(kLog);
  const std::string restart = folder.file(report.restart);
  std::vector<std::string> written{block, log, restart};
  io::StagedFiles files;
  if (mapped.bands.size() == 1) {
    files.add(restart, restart_text(report, folder.path()));
    files.add(log, content_of(log) + log_text(report, block_name));
    files.add(write_block(block, task, result, block_keys(report)));
  } else {
    const std::vector<FinalSeriesObject> objects = final_series(mapped, task, result, report.in_bands);
    written.push_back(restart + ".band");
    files.add(restart, restart_text(report, objects, ListForm::kChebyshev, folder.path()));
    files.add(written.back(), restart_text(report, objects, ListForm::kBands, folder.path()));
    files.add(log, content_of(log) + log_text(report, block_name));
    files.add(write_galfitm_block(block, report, objects));
  }
  files.commit();
  return written;
}

}  // namespace gaxel::legacy
