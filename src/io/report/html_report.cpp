#include "io/report/html_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/parameter_table.hpp"
#include "io/report/fit_pictures.hpp"
#include "io/report/galaxy_profiles.hpp"
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
  for (const std::string& line : lines) text += fmt::format("<li>{}</li>\n", escape_markup(line));
  return text + "</ul>\n";
}

std::string reduced(const FitResult& result) {
  return result.dof > 0 ? fmt::format("{:.4g}", result.chi2 / static_cast<double>(result.dof)) : "–";
}

std::string summary(const Task& task, const FitResult& result) {
  const auto masked = static_cast<std::int64_t>(task.observation.used.size()) - result.n_pixels;
  std::string text = "<dl class=\"facts\">\n";
  text += fact("χ²", fmt::format("{:.8g}", result.chi2));
  text += fact("degrees of freedom", fmt::format("{}", result.dof));
  text += fact("χ² / d.o.f.", reduced(result));
  text += fact("pixels used", fmt::format("{}", result.n_pixels));
  text += fact("pixels masked", fmt::format("{}", masked));
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

std::string pictures(const Task& task, const FitResult& result) {
  std::string text = "<h2>Data, model, residual</h2>\n<div class=\"panels\">\n";
  for (const ImagePanel& panel : fit_panels(task, result))
    text += "<figure>" + image_panel_svg(panel) + "</figure>\n";
  text +=
      "</div>\n<p class=\"key\">Axes in FITS pixels of the whole image. Data and model share one asinh "
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
  const std::vector<ProfilePlot> plots =
      galaxy_profiles(task, result, facts.component_images, facts.pixel_scale);
  if (plots.empty()) return "";
  const std::string_view layout = plots.size() == 3 ? "panels" : "panels few";
  std::string text = fmt::format("<h2>Radial profiles</h2>\n<div class=\"{}\">\n", layout);
  for (const ProfilePlot& plot : plots) text += "<figure>" + profile_plot_svg(plot) + "</figure>\n";
  return text +
         "</div>\n<p class=\"key\">Means over elliptical annuli of the pixels that were fitted, neighbours "
         "included, "
         "the model's sky subtracted; components after the PSF. Below: data − model in units of the error of "
         "the "
         "mean.</p>\n";
}

std::string table(const Task& task, const FitResult& result) {
  const std::vector<ParameterRow> rows = parameter_table(result, {task.placement, task.photometry});
  std::string text =
      "<table>\n<thead><tr><th>component</th><th>parameter</th><th class=\"number\">value</th>"
      "<th class=\"number\">error</th><th>unit</th><th>note</th></tr></thead>\n";
  std::size_t at = 0;
  for (std::size_t c = 0; c < result.scene.components.size(); ++c) {
    const SceneComponent& component = result.scene.components[c];
    const std::size_t count = component.parameters.size();
    text += "<tbody>\n";
    for (std::size_t p = 0; p < count; ++p, ++at) {
      const ParameterRow& row = rows[at];
      const ValueText value = value_with_error(row.value, row.error);
      text += row.fixed ? "<tr class=\"held\">" : "<tr>";
      if (p == 0) {
        text += fmt::format(
            "<td class=\"who\" rowspan=\"{}\"><div class=\"name\">{}{} {}</div><div "
            "class=\"kind\">{}</div></td>",
            count, swatch(component_color(c)), c + 1, escape_markup(component.name),
            escape_markup(component.kind->title));
      }
      text += fmt::format(
          "<td>{}</td><td class=\"number\">{}</td><td "
          "class=\"number\">{}</td><td>{}</td><td{}>{}</td></tr>\n",
          escape_markup(row.parameter), escape_markup(value.value), escape_markup(value.error),
          escape_markup(row.unit), row.flag == ParameterFlag::kNone ? "" : " class=\"flag\"", note_text(row));
    }
    text += "</tbody>\n";
  }
  return text + "</table>\n";
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

std::string explanations(const Task& task, const FitResult& result) {
  std::string text = "<dl class=\"legend\">\n<dt>Convention</dt>\n";
  text += fmt::format("<dd>{}.</dd>\n", escape_markup(kConvention));
  if (const std::string light = photometry_text(task.photometry); !light.empty()) {
    text += fmt::format("<dt>Magnitudes</dt><dd>{}.</dd>\n", escape_markup(light));
  }
  text +=
      "<dt>Notes of the table</dt>\n<dd><em>fixed</em>: held at the value of the scene. <em>at bound</em>: "
      "the fit ended "
      "on a bound; the error is that of the free parameter and says little. <em>degenerate</em>: the data do "
      "not "
      "constrain it, it has no error.</dd>\n";
  text += fmt::format("<dt>Accuracy of the pixels</dt>\n<dd>{}</dd>\n",
                      escape_markup(accuracy(task, result.bands.front().certificate)));
  text +=
      "<dt>Errors</dt>\n<dd>They hold where the model describes the data and the sigma image the noise. With "
      "χ² per "
      "degree of freedom well above 1 they are too small.</dd>\n";
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
  page += fmt::format(
      "<header>\n<h1>{}</h1>\n<p class=\"under\">Fit of <code>{}</code> by the scene <code>{}</code></p>\n",
      title, escape_markup(task.image_file), escape_markup(task.scene_file));
  page += summary(task, result) + "</header>\n<main>\n";
  page += remarks(task);
  page += pictures(task, result);
  page += profiles(task, result, facts);
  page += "<h2>Parameters</h2>\n<div class=\"columns\">\n<div>" + table(task, result) + "</div>\n<aside>" +
          explanations(task, result) + "</aside>\n</div>\n</main>\n";
  page += fmt::format(
      "<footer>Made by gaxel {}. The same numbers in full precision are in parameters.ecsv and "
      "result.toml, the images in block.fits.</footer>\n</body>\n</html>\n",
      escape_markup(facts.version));
  return page;
}

}  // namespace gaxel::io::report
