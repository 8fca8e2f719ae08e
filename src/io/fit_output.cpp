#include "io/fit_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "io/block_fits.hpp"
#include "io/derived_table.hpp"
#include "io/ecsv.hpp"
#include "io/header_facts.hpp"
#include "io/interval_table.hpp"
#include "io/parameter_table.hpp"
#include "io/provenance.hpp"
#include "io/report/fit_pictures.hpp"
#include "io/report/html_report.hpp"
#include "io/result_toml.hpp"

namespace gaxel::io {
namespace {

constexpr const char* kBlock = "block.fits";
constexpr const char* kTable = "parameters.ecsv";
constexpr const char* kDerived = "derived.ecsv";
constexpr const char* kIntervals = "intervals.ecsv";
constexpr const char* kSamples = "samples.ecsv";
constexpr const char* kScene = "result.toml";
constexpr const char* kPage = "report.html";
constexpr const char* kPicture = "picture.png";

TableMeta table_meta(const Task& task, const FitResult& result, std::string_view version) {
  TableMeta meta;
  if (const std::string light = photometry_text(task); !light.empty()) meta.emplace_back("photometry", light);
  meta.emplace_back("likelihood", std::string(to_text(result.likelihood)));
  meta.emplace_back("statistic", result.statistic);
  meta.emplace_back("chi2", result.chi2);
  meta.emplace_back("penalty", result.penalty);
  meta.emplace_back("dof", result.dof);
  meta.emplace_back("aic", result.aic);
  meta.emplace_back("bic", result.bic);
  meta.emplace_back("stopped", std::string(to_text(result.stop_reason)));
  if (const std::string factor = error_factor_text(task, result); !factor.empty())
    meta.emplace_back("noise_error_factor", factor);
  meta.emplace_back("starts", std::int64_t{result.starts});
  meta.emplace_back("agreed", std::int64_t{result.agreed});
  const TableMeta sources = sources_meta(task, version);
  meta.insert(meta.end(), sources.begin(), sources.end());
  return meta;
}

}  // namespace

TableMeta sources_meta(const Task& task, std::string_view version) {
  TableMeta meta;
  meta.emplace_back("creator", fmt::format("gaxel {}", version));
  meta.emplace_back("scene", task.scene_file);
  meta.emplace_back("image", task.image_file);
  for (std::size_t i = 0; const std::string& line : provenance_lines(task))
    meta.emplace_back(fmt::format("provenance{}", ++i), line);
  return meta;
}

void check_fit_output(const OutputFolder& folder, const Task& task) {
  std::vector<std::string> inputs = task.input_files;
  // Going on in place: the result replaces the scene that it came from.
  check_output(folder.file(kScene), inputs);
  inputs.push_back(task.scene_file);
  for (const char* name : {kBlock, kTable, kDerived, kIntervals, kSamples, kPage, kPicture})
    check_output(folder.file(name), inputs);
}

std::vector<std::string> write_fit_output(const OutputFolder& folder, const Task& task,
                                          const FitResult& result, std::string_view version,
                                          const Samples* samples) {
  std::vector<std::vector<Image>> components;
  for (const BandFit& band : result.bands) {
    components.push_back(component_images(band.model.shape(), task.options, band.components, band.psfs));
  }
  const report::ReportFacts facts{components, version, samples};
  const std::string block = folder.file(kBlock);
  const std::string table = folder.file(kTable);
  const std::string scene = folder.file(kScene);
  const std::string page = folder.file(kPage);
  const std::string picture = folder.file(kPicture);
  const std::string derived = folder.file(kDerived);
  std::vector<std::string> written{block, table, derived};
  const TableMeta meta = table_meta(task, result, version);
  StagedFiles files;
  files.add(table, ecsv_text(parameter_table(task, result), meta));
  files.add(derived, derived_ecsv(derived_table(task, result), meta));
  if (const std::vector<IntervalRow> rows = interval_table(task, result); !rows.empty()) {
    files.add(folder.file(kIntervals), interval_ecsv(rows, meta));
    written.push_back(folder.file(kIntervals));
  }
  if (result.samples) {
    files.add(folder.file(kSamples), samples_ecsv(task, result, meta));
    written.push_back(folder.file(kSamples));
  }
  files.add(scene, result_toml(task, result));
  files.add(page, report::html_report(task, result, facts));
  files.add(picture, report::encode_png(report::picture_strip(task, result)));
  // The largest file last: once it has found room, only names are left to give.
  files.add(write_block(block, task, result, components, version));
  files.commit();
  // Those of an earlier fit say nothing of this one.
  for (const char* name : {kIntervals, kSamples}) {
    std::error_code ignored;
    if (std::ranges::find(written, folder.file(name)) == written.end())
      std::filesystem::remove(folder.file(name), ignored);
  }
  written.insert(written.end(), {scene, page, picture});
  return written;
}

}  // namespace gaxel::io
