#include "io/report/page_sections.hpp"

#include <fmt/format.h>

#include "io/parameter_table.hpp"
#include "io/report/color_composite.hpp"
#include "io/report/copy_table.hpp"
#include "io/report/corner_plot.hpp"
#include "io/report/svg.hpp"
#include "io/report/wavelength_plot.hpp"

namespace gaxel::io::report {
namespace {

std::string figure(const std::string& svg) {
  return "<figure>" + svg + "</figure>\n";
}

std::string copy_box(std::string_view title, const std::string& text) {
  return fmt::format(
      "<div><div class=\"copy\"><span>{}</span><button type=\"button\" "
      "onclick=\"this.parentNode.nextElementSibling.select();document.execCommand('copy')\">copy</button></"
      "div>"
      "<textarea readonly=\"readonly\" rows=\"8\" spellcheck=\"false\" "
      "aria-label=\"{}\">{}</textarea></div>\n",
      title, title, escape_markup(text));
}

}  // namespace

std::string color_section(const Task& task, const FitResult& result,
                          std::span<const std::vector<Image>> component_images) {
  const std::vector<ImagePanel> panels = color_panels(task, result, component_images);
  if (panels.empty()) return "";
  const std::vector<const TaskImage*> images = images_of(task);
  const ColorBands chosen = color_bands(task);
  std::string text = "<div class=\"panels\">\n";
  for (const ImagePanel& panel : panels) text += figure(image_panel_svg(panel));
  const std::string green = chosen.mean_is_green ? "their mean" : images[chosen.place[1]]->band;
  text += fmt::format(
      "</div>\n<p class=\"key\">Red {}, green {}, blue {}; each band above the model's sky and in units of "
      "the "
      "model's light in it, so that the whole field is white (Lupton et al. 2004). The residual is in σ in "
      "each "
      "colour: grey where there is none, light where the data are brighter, dark where the model is.</p>\n",
      escape_markup(images[chosen.place[0]]->band), escape_markup(green),
      escape_markup(images[chosen.place[2]]->band));
  return text;
}

std::string wavelength_section(const Task& task, const FitResult& result) {
  const std::vector<WavelengthPlot> plots = wavelength_plots(task, result);
  if (plots.empty()) return "";
  std::string text = "<h2>Parameters over wavelength</h2>\n<div class=\"panels\">\n";
  for (const WavelengthPlot& plot : plots) text += figure(wavelength_plot_svg(plot));
  return text +
         "</div>\n<p class=\"key\">Values in the bands with errors of 1 σ; series as curves with theirs. "
         "Lengths "
         "and places in pixels of the first band.</p>\n";
}

std::string corner_section(const Task& task, const FitResult& result, const Samples* samples) {
  const std::optional<Samples> own = samples == nullptr ? bootstrap_samples(task, result) : std::nullopt;
  if (own) samples = &*own;
  const std::optional<CornerPlot> plot = corner_plot(task, result, samples);
  if (!plot) return "";
  std::string text =
      "<h2>How errors hang together</h2>\n<div class=\"corner\">" + figure(corner_plot_svg(*plot));
  text += fmt::format("</div>\n<p class=\"key\">{}. Ellipses hold 39 and 86 percent (1 and 2 σ).{}</p>\n",
                      samples == nullptr
                          ? std::string("Pairs of free values by the covariance of the fit")
                          : fmt::format("Pairs of free values: density of {} samples, and their covariance",
                                        plot->axes.front().samples.size()),
                      result.free_values.size() > plot->axes.size()
                          ? fmt::format(" Of {} free values those that are most correlated with another.",
                                        result.free_values.size())
                          : std::string());
  return text;
}

std::string copy_section(const Task& task, const FitResult& result) {
  const std::vector<ParameterRow> rows = without_idle(parameter_table(task, result));
  return "<details>\n<summary>The table to copy</summary>\n<div class=\"boxes\">\n" +
         copy_box("Between tabs, for spreadsheets", tab_separated(rows)) +
         copy_box("LaTeX", latex_table(rows)) + "</div>\n</details>\n";
}

}  // namespace gaxel::io::report
