#include "io/fit_output.hpp"

#include <fmt/format.h>

#include "io/block_fits.hpp"
#include "io/ecsv.hpp"
#include "io/header_facts.hpp"
#include "io/parameter_table.hpp"
#include "io/report/fit_pictures.hpp"
#include "io/report/html_report.hpp"
#include "io/result_toml.hpp"
#include "io/stop_reason.hpp"

namespace gaxel::io {
namespace {

TableMeta table_meta(const Task& task, const FitResult& result, std::string_view version) {
  TableMeta meta;
  if (const std::string light = photometry_text(task.photometry); !light.empty())
    meta.emplace_back("photometry", light);
  meta.emplace_back("creator", fmt::format("gaxel {}", version));
  meta.emplace_back("scene", task.scene_file);
  meta.emplace_back("image", task.image_file);
  meta.emplace_back("chi2", result.chi2);
  meta.emplace_back("dof", result.dof);
  meta.emplace_back("stopped", std::string(stop_word(result.stop_reason)));
  return meta;
}

}  // namespace

std::vector<std::string> write_fit_output(const OutputFolder& folder, const Task& task,
                                          const FitResult& result, std::string_view version) {
  const std::vector<Image> components = component_images(task, result.scene);
  const FileFrame frame{task.placement, task.photometry};
  const report::ReportFacts facts{components, pixel_scale_arcsec(task.header), version};
  const std::string block = folder.file("block.fits");
  const std::string table = folder.file("parameters.ecsv");
  const std::string scene = folder.file("result.toml");
  const std::string page = folder.file("report.html");
  const std::string picture = folder.file("picture.png");
  StagedFiles files;
  files.add(table, ecsv_text(parameter_table(result, frame), table_meta(task, result, version)));
  files.add(scene, result_toml(task, result));
  files.add(page, report::html_report(task, result, facts));
  files.add(picture, report::encode_png(report::picture_strip(task, result)));
  // The largest file last: once it has found room, only names are left to give.
  write_block(block, task, result, components, version);
  files.commit();
  return {block, table, scene, page, picture};
}

}  // namespace gaxel::io
