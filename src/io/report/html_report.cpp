#include "io/report/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "io/header_facts.hpp"
#include "io/parameter_table.hpp"
#include "io/provenance.hpp"
#include "io/report/error_sections.hpp"
#include "io/report/fit_pictures.hpp"
#include "io/report/galaxy_profiles.hpp"
#include "io/report/page_sections.hpp"
#include "io/report/page_style.hpp"
#include "io/report/scale.hpp"
#include "io/report/svg.hpp"

namespace gaxel::io::report {
namespace {

std::string fact(std::string_view name, std::string_view value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_markup(name), escape_markup(value));
}

std::string swatch(std::string_view color) {
  return fmt::format("<span class=\"swatch\" style=\"background:{}\"></span>", color);
}

std::string list(const std::vector<std::string>& lines) {
  std::string text = "<ul>\n";
  for (auto line = lines.begin(); line != lines.end(); ++line) {
    // What several bands say alike is said once.
    if (std::find(lines.begin(), line, *line) != line) continue;
    const auto count = std::count(line, lines.end(), *line);
    text += fmt::format("<li>{}{}</li>\n", escape_markup(*line),
                        count > 1 ? fmt::format(" ({} times)", count) : std::string());
  }
  return text + "</ul>\n";
}

std::string reduced(const FitResult& result) {
  return result.dof > 0 ? fmt::format("{:.4g}", result.chi2 / static_cast<double>(result.dof)) : "–";
}

std::string summary(const Task& task, const FitResult& result) {
  std::string text = "<dl class=\"facts\">\n";
  if (result.likelihood != Likelihood::kGaussian) {
    text += fact("likelihood", std::string(to_text(result.likelihood)));
    text += fact("its statistic", fmt::format("{:.8g}", result.statistic));
  }
  text += fact("χ²", fmt::format("{:.8g}", result.chi2));
  if (result.penalty > 0.0) text += fact("priors, smoothness", fmt::format("{:.6g}", result.penalty));
  text += fact("degrees of freedom", fmt::format("{}", result.dof));
  text += fact("χ² / d.o.f.", reduced(result));
  text += fact("BIC", fmt::format("{:.8g}", result.bic));
  text += fact("pixels used", fmt::format("{}", result.n_pixels));
  text += fact("pixels masked", fmt::format("{}", n_masked(task)));
  text += fact("iterations", fmt::format("{}", result.iterations));
  text += fact("seconds", fmt::format("{:.3g}", result.seconds));
  text += "</dl>\n";
  text += fmt::format("<p class=\"stop{}\">The fit {}.</p>\n",
                      result.stop_reason == StopReason::kConverged ? "" : " unfinished",
                      escape_markup(result.message));
  return text;
}

std::string remarks(const Task& task) {
  std::string text;
  if (!task.warnings.empty()) {
    text += "<div class=\"warnings\"><strong>Warnings</strong>\n" + list(task.warnings) + "</div>\n";
  }
  if (!task.notes.empty()) text += "<h2>How the input was read</h2>\n" + list(task.notes);
  return text;
}

/// A band's name above what belongs to it; nothing where there is one only.
std::string band_heading(const TaskImage& image, const BandFit& fit) {
  if (image.band.empty()) return "";
  return fmt::format("<h3>{} <span class=\"kind\">{:g}, χ² {:.6g} of {} pixels</span></h3>\n",
                     escape_markup(image.band), image.wavelength, fit.chi2, fit.n_pixels);
}

/// What makes names on the page unique.
std::string suffix_of(std::size_t band) {
  return band == 0 ? "" : fmt::format("-{}", band + 1);
}

std::string pictures(const Task& task, const FitResult& result, const ReportFacts& facts) {
  std::string text = "<h2>Data, model, residual</h2>\n";
  text += color_section(task, result, facts.component_images);
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    text += band_heading(*images[b], result.bands[b]) + "<div class=\"panels\">\n";
    for (const ImagePanel& panel : fit_panels(*images[b], in_band(result, b), suffix_of(b)))
      text += "<figure>" + image_panel_svg(panel) + "</figure>\n";
    text += "</div>\n";
  }
  text +=
      "<p class=\"key\">Axes in FITS pixels of the whole image. Data and model share one asinh "
      "scale. ";
  text += swatch(css_color(kMasked)) + "masked or without a value";
  const Scene& scene = result.scene;
  for (std::size_t i = 0; i < scene.components.size(); ++i) {
    if (!is_source(scene.components[i].kind->family)) continue;
    text += fmt::format(" · {} {}", i + 1, escape_markup(scene.components[i].name));
  }
  return text + "</p>\n";
}

std::string profiles(const Task& task, const FitResult& result, const ReportFacts& facts) {
  std::string text;
  std::size_t n_plots = 0;
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    std::vector<ProfilePlot> plots =
        galaxy_profiles(*images[b], in_band(result, b), facts.component_images[b],
                        pixel_scale_arcsec(*images[b]), suffix_of(b));
    n_plots += plots.size();
    for (ProfilePlot& plot : plots) {
      if (!images[b]->band.empty()) plot.title = fmt::format("{}: {}", images[b]->band, plot.title);
      text += "<figure>" + profile_plot_svg(plot) + "</figure>\n";
    }
  }
  if (text.empty()) return "";
  const std::string_view layout = n_plots < 3 ? "panels few" : "panels";
  return fmt::format("<h2>Radial profiles</h2>\n<div class=\"{}\">\n{}</div>\n", layout, text) +
         "<p class=\"key\">Means over elliptical annuli of the pixels that were fitted, neighbours "
         "included, "
         "the model's sky subtracted; components after the PSF. Below: data − model in units of the error of "
         "the "
         "mean.</p>\n";
}

/// The cell that names a component, before `count` rows of it.
std::string component_cell(const SceneComponent& component, std::size_t which, std::ptrdiff_t count) {
  return fmt::format(
      "<td class=\"who\" rowspan=\"{}\"><div class=\"name\">{}{} {}</div><div "
      "class=\"kind\">{}</div></td>",
      count, swatch(component_color(which)), which + 1, escape_markup(component.name),
      escape_markup(component.kind->title));
}

/// The other errors of a value, to the place of the first.
std::string robust_cells(const ParameterRow& row) {
  std::string cells;
  for (const double error : {row.sandwich, row.correlated})
    cells +=
        fmt::format("<td class=\"number\">{}</td>", escape_markup(value_with_error(row.value, error).error));
  return cells;
}

std::string table(const Task& task, const FitResult& result) {
  const std::vector<ParameterRow> rows = without_idle(parameter_table(task, result));
  const bool several = has_bands(rows);
  std::string text = fmt::format(
      "<div class=\"scroll\"><table>\n<thead><tr><th>component</th><th>parameter</th>{}<th "
      "class=\"number\">value</th>"
      "<th class=\"number\">error</th>{}<th>unit</th><th>note</th></tr></thead>\n",
      several ? "<th>band</th>" : "",
      result.robust ? "<th class=\"number\">sandwich</th><th class=\"number\">correlated</th>" : "");
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    const SceneComponent& component = result.scene.components[c];
    const auto is_own = [&](const ParameterRow& row) { return row.component == component.name; };
    std::ptrdiff_t count = std::ranges::count_if(rows, is_own);
    text += "<tbody>\n";
    for (const ParameterRow& row : rows) {
      if (!is_own(row)) continue;
      const ValueText value = value_with_error(row.value, row.error);
      text += row.fixed ? "<tr class=\"held\">" : "<tr>";
      if (std::exchange(count, 0) > 0)
        text += component_cell(component, c, std::ranges::count_if(rows, is_own));
      text += fmt::format("<td>{}</td>{}", escape_markup(row.parameter),
                          several ? fmt::format("<td>{}</td>", escape_markup(row.band)) : "");
      text += fmt::format(
          "<td class=\"number\">{}</td><td "
          "class=\"number\">{}</td>{}<td>{}</td><td{}>{}</td></tr>\n",
          escape_markup(value.value), escape_markup(value.error), result.robust ? robust_cells(row) : "",
          escape_markup(row.unit), row.flag == ParameterFlag::kNone ? "" : " class=\"flag\"", note_text(row));
    }
    text += "</tbody>\n";
  }
  return text + "</table></div>\n";
}

double smallest_sigma(const Observation& observation) {
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i]) smallest = std::min(smallest, observation.sigma.data()[i]);
  }
  return smallest;
}

// Two digits, with powers of ten that no line break can split.
std::string rounded(double value) {
  if (!std::isfinite(value) || value == 0.0) return value == 0.0 ? "0" : "an unknown number of";
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1.0);
  return tick_label(std::round(value / unit) * unit);
}

std::string accuracy(const Task& task, const Certificate& certificate) {
  const Tolerance& tolerance = task.options.tolerance;
  std::string text = fmt::format(
      "Every pixel of the model is within {} counts of its exact value, which is {} of the smallest noise; "
      "the bounds "
      "add up to {} counts over the image. Asked for: rtol {}, atol {} of the flux. ",
      rounded(certificate.max_bound), rounded(certificate.max_bound / smallest_sigma(task.observation)),
      rounded(certificate.sum_bound), rounded(tolerance.rtol), rounded(tolerance.atol));
  text += certificate.n_over == 0 ? "No pixel missed it."
                                  : fmt::format("{} pixels missed it.", certificate.n_over);
  if (certificate.estimated) text += " Some of the bounds are conservative estimates, and no proofs.";
  if (certificate.limit_hit)
    text += " Some pixels need more than double precision or more cells than allowed.";
  return text;
}

/// What the background says of the noise, and the errors that follow.
std::string noise_text(const Task& task, const RobustCovariance& robust) {
  std::string text =
      "<dt>Sandwich, correlated</dt>\n<dd>Errors that do not take the sigma image at its word: by the "
      "scatter of the "
      "residuals as they are, and by the variance of the background's noise and what neighbouring pixels "
      "share of "
      "it.";
  const std::vector<const TaskImage*> images = images_of(task);
  for (std::size_t b = 0; b < images.size(); ++b) {
    const NoiseCorrelation& noise = robust.noise[b];
    text += fmt::format(
        " {}{:.2f} σ² in {} pixels of background, neighbours correlate by {:.2f} along x, {:.2f} along y: "
        "errors of "
        "smooth light are {:.2f} times the formal ones.",
        images[b]->band.empty() ? "" : escape_markup(images[b]->band) + ": ", noise.mean_square,
        noise.n_pixels, noise.at(0, 1), noise.at(1, 0), noise.error_factor());
  }
  return text + "</dd>\n";
}

/// How the results came about, folded away.
std::string provenance_details(const Task& task) {
  const std::vector<std::string> lines = provenance_lines(task);
  return lines.empty() ? ""
                       : "\n<details><summary>Command and inputs</summary>\n" + list(lines) + "</details>";
}

std::string explanations(const Task& task, const FitResult& result) {
  std::string text = "<dl class=\"legend\">\n<dt>Convention</dt>\n";
  text += fmt::format("<dd>{}.</dd>\n", escape_markup(kConvention));
  if (const std::string light = photometry_text(task); !light.empty()) {
    text += fmt::format("<dt>Magnitudes</dt><dd>{}.</dd>\n", escape_markup(light));
  }
  text +=
      "<dt>Notes of the table</dt>\n<dd><em>fixed</em>: held at the value of the scene. <em>tied</em>: "
      "follows others, as "
      "result.toml says. <em>prior</em>: known beforehand to some extent. <em>at bound</em>: "
      "the fit ended "
      "at an end of its range, where it has no error, or of its limit to another parameter: it then has the "
      "error of a tie to that. "
      "<em>unconstrained</em>: its error is larger than its range, or than itself where it must be positive. "
      "<em>did not move</em>: free, but still at its start when another one moved by more than its error. "
      "<em>degenerate</em>: the data "
      "do "
      "not "
      "constrain it, it has no error.</dd>\n";
  text += fmt::format("<dt>Accuracy of the pixels</dt>\n<dd>{}</dd>\n",
                      escape_markup(accuracy(task, result.bands.front().certificate)));
  text +=
      "<dt>Errors</dt>\n<dd>They hold where the model describes the data and the sigma image the noise. With "
      "χ² per "
      "degree of freedom well above 1 they are too small.</dd>\n";
  if (result.robust) text += noise_text(task, *result.robust);
  return text + "</dl>\n";
}

}  // namespace

std::string html_report(const Task& task, const FitResult& result, const ReportFacts& facts) {
  const std::string title = escape_markup(task.title.empty() ? task.scene_file : task.title);
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"generator\" content=\"gaxel "
      "{}\"/>\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      escape_markup(facts.version), title, kPageStyle);
  const std::string fitted = task.others.empty() ? "<code>" + escape_markup(task.image_file) + "</code>"
                                                 : fmt::format("{} bands", result.bands.size());
  page +=
      fmt::format("<header>\n<h1>{}</h1>\n<p class=\"under\">Fit of {} by the scene <code>{}</code></p>\n",
                  title, fitted, escape_markup(task.scene_file));
  page += summary(task, result) + "</header>\n<main>\n";
  page += remarks(task);
  page += pictures(task, result, facts);
  page += profiles(task, result, facts);
  page += wavelength_section(task, result);
  page += "<h2>Parameters</h2>\n<div class=\"columns\">\n<div>" + table(task, result) +
          copy_section(task, result) + "</div>\n<aside>" + explanations(task, result) + "</aside>\n</div>\n";
  page += intervals_section(task, result) + derived_section(task, result);
  page += corner_section(task, result, facts.samples) + "</main>\n";
  page += fmt::format(
      "<footer>Made by gaxel {}. The same numbers in full precision are in parameters.ecsv and "
      "result.toml, the images in block.fits.{}</footer>\n</body>\n</html>\n",
      escape_markup(facts.version), provenance_details(task));
  return page;
}

}  // namespace gaxel::io::report
