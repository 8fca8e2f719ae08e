#include "cli/fit_json.hpp"

#include <fmt/format.h>

#include "gaxel/version.hpp"
#include "io/derived_table.hpp"
#include "io/interval_table.hpp"
#include "io/parameter_table.hpp"

namespace gaxel::cli {
namespace {

using Json = nlohmann::ordered_json;

Json parameters(const io::Task& task, const FitResult& result) {
  Json list = Json::array();
  for (const io::ParameterRow& row : io::parameter_table(task, result)) {
    list.push_back({{"component", row.component}, {"type", row.type}, {"parameter", row.parameter}});
    if (!row.band.empty()) list.back()["band"] = row.band;
    if (!row.tie.empty()) list.back()["tie"] = row.tie;
    list.back().update(Json{{"value", row.value},
                            {"error", row.error},
                            {"error_sandwich", row.sandwich},
                            {"error_correlated", row.correlated},
                            {"unit", row.unit},
                            {"fixed", row.fixed},
                            {"flag", io::flag_word(row)}});
  }
  return list;
}

Json derived(const io::Task& task, const FitResult& result) {
  Json list = Json::array();
  for (const io::DerivedRow& row : io::derived_table(task, result)) {
    list.push_back({{"component", row.component}, {"quantity", row.quantity}});
    if (!row.band.empty()) list.back()["band"] = row.band;
    list.back().update(Json{{"value", row.value},
                            {"error", row.error},
                            {"error_sandwich", row.sandwich},
                            {"error_correlated", row.correlated},
                            {"unit", row.unit}});
  }
  return list;
}

Json intervals(const io::Task& task, const FitResult& result) {
  Json list = Json::array();
  for (const io::IntervalRow& row : io::interval_table(task, result)) {
    list.push_back({{"component", row.terms.component}, {"parameter", row.terms.parameter}});
    if (!row.terms.band.empty()) list.back()["band"] = row.terms.band;
    // JSON has no infinity: null where the interval is open.
    list.back().update(Json{{"method", row.method},
                            {"value", row.terms.value},
                            {"error", row.terms.error},
                            {"low", row.low},
                            {"high", row.high},
                            {"low_end", row.low_end},
                            {"high_end", row.high_end},
                            {"unit", row.terms.unit}});
  }
  return list;
}

Json bands(const io::Task& task, const FitResult& result) {
  Json list = Json::array();
  const std::vector<const io::TaskImage*> images = io::images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    list.push_back({{"name", images[b]->band},
                    {"wavelength", images[b]->wavelength},
                    {"image", images[b]->image_file},
                    {"chi2", result.bands[b].chi2},
                    {"n_pixels", result.bands[b].n_pixels}});
  }
  return list;
}

/// Of each band, as its background shows it.
Json noise(const io::Task& task, const FitResult& result) {
  Json list = Json::array();
  const std::vector<const io::TaskImage*> images = io::images_of(task);
  for (std::size_t b = 0; result.robust && b < images.size(); ++b) {
    const NoiseCorrelation& own = result.robust->noise[b];
    list.push_back({{"band", images[b]->band},
                    {"mean_square", own.mean_square},
                    {"n_pixels", own.n_pixels},
                    {"correlation_x", own.at(0, 1)},
                    {"correlation_y", own.at(1, 0)},
                    {"error_factor", own.error_factor()}});
  }
  return list;
}

Json certificate(const FitResult& result, const Tolerance& tolerance) {
  const Certificate& made = result.bands.front().certificate;
  return {{"rtol", tolerance.rtol},      {"atol", tolerance.atol},
          {"max_bound", made.max_bound}, {"sum_bound", made.sum_bound},
          {"n_over", made.n_over},       {"limit_hit", made.limit_hit},
          {"estimated", made.estimated}, {"evaluations_per_pixel", made.evaluations_per_pixel}};
}

}  // namespace

Json fit_json(const io::Task& task, const FitResult& result, const std::vector<std::string>& files) {
  Json json;
  json["creator"] = fmt::format("gaxel {}", version());
  json["scene"] = task.scene_file;
  json["title"] = task.title;
  json["image"] = task.image_file;
  json["stopped"] = to_text(result.stop_reason);
  json["converged"] = result.stop_reason == StopReason::kConverged;
  json["message"] = result.message;
  json["likelihood"] = to_text(result.likelihood);
  json["statistic"] = result.statistic;
  json["chi2"] = result.chi2;
  json["penalty"] = result.penalty;
  json["chi2_start"] = result.chi2_start;
  json["dof"] = result.dof;
  json["aic"] = result.aic;
  json["bic"] = result.bic;
  json["n_pixels"] = result.n_pixels;
  json["n_masked"] = io::n_masked(task);
  json["iterations"] = result.iterations;
  json["evaluations"] = result.evaluations;
  json["starts"] = result.starts;
  json["agreed"] = result.agreed;
  json["seconds"] = result.seconds;
  json["convention"] = io::kConvention;
  json["photometry"] = {{"zeropoint", task.photometry.zeropoint ? Json(*task.photometry.zeropoint) : Json()},
                        {"exptime", task.photometry.exptime}};
  if (!task.others.empty()) json["bands"] = bands(task, result);
  json["parameters"] = parameters(task, result);
  json["noise"] = noise(task, result);
  json["derived"] = derived(task, result);
  json["intervals"] = intervals(task, result);
  if (result.samples) {
    json["bootstrap"] = {{"method", result.samples->method},
                         {"samples", result.samples->n},
                         {"failed", result.samples->n_failed},
                         {"seed", result.samples->seed}};
  }
  json["certificate"] = certificate(result, task.options.tolerance);
  json["notes"] = task.notes;
  json["warnings"] = task.warnings;
  if (task.provenance) {
    json["command"] = task.provenance->command;
    json["inputs"] = Json::array();
    for (const io::Provenance::Input& input : task.provenance->inputs)
      json["inputs"].push_back({{"file", input.path}, {"sha256", input.sha256}});
  }
  json["files"] = files;
  return json;
}

void print_json(const nlohmann::ordered_json& json) {
  // Names of files may be no UTF-8, which JSON must be.
  fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace gaxel::cli
