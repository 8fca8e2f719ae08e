#include "legacy/to_galfit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>

#include "gaxel/error.hpp"
#include "io/psf_input.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/object_writer.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

namespace {

class Writer {
 public:
  Writer(const SceneSource& source, std::string path, GalfitDialect dialect)
      : source_(source), path_(std::move(path)), dialect_(dialect), root_(source.root()) {
    folder_ = std::filesystem::path(path_).parent_path().string();
    if (const auto table = root_.table("galfit")) kept_ = table->texts("lines");
  }

  LegacyText write() {
    if (!source_.region_known) {
      throw InputError({source_.file->path, "image.region", "", "the size of the image is not known",
                        "region = [x1, x2, y1, y2], or an image that is there"});
    }
    if (!source_.frame.photometry.zeropoint)
      lose("the scene has no zero point; magnitudes are written for one of 25");
    for (const char* key : {"title", "fit"}) {
      if (root_.has(key)) lose(fmt::format("\"{}\"", key));
    }
    const GalfitFrame frame = make_frame();
    ObjectWriter objects(source_, frame, dialect_ == GalfitDialect::kGalfitm, skipped(), result_.losses);
    const std::string body = objects.text();
    write_controls(objects.constraints(), frame.zeropoint);
    result_.text += body;
    return std::move(result_);
  }

 private:
  void lose(const std::string& what) { result_.losses.push_back(what); }

  void line(const std::string& key, const std::string& value, const char* comment) {
    result_.text += fmt::format("{}) {:<24} # {}\n", key, value, comment);
  }

  /// A line that only GALFIT knows, as it was, or the fallback. Empty: no line.
  void kept(const std::string& key, const std::string& fallback, const char* comment) {
    const std::string begin = key + ") ";
    const auto found =
        std::ranges::find_if(kept_, [&](const std::string& l) { return l.starts_with(begin); });
    const std::string value = found == kept_.end() ? fallback : found->substr(begin.size());
    if (!value.empty()) line(key, value, comment);
  }

  std::vector<int> skipped() const {
    constexpr int kMost = 1'000'000;
    const auto table = root_.table("galfit");
    return table && table->has("skip") ? *table->integers("skip", 0, 1, kMost) : std::vector<int>{};
  }

  GalfitFrame make_frame() const {
    GalfitFrame frame;
    // GALFIT has the header's exposure time; the zero point makes up for another one in the scene.
    frame.exptime =
        source_.header_exptime.value_or(source_.image.empty() ? 1.0 : source_.frame.photometry.exptime);
    frame.zeropoint = source_.frame.photometry.zeropoint.value_or(25.0);
    if (frame.exptime != source_.frame.photometry.exptime)
      frame.zeropoint += 2.5 * std::log10(source_.frame.photometry.exptime / frame.exptime);
    frame.x_pivot = 0.5 * (source_.region.x1 + source_.region.x2);
    frame.y_pivot = 0.5 * (source_.region.y1 + source_.region.y2);
    const double scale = source_.pixel_scale.value_or(1.0);
    frame.pixel_area = scale * scale;
    for (const std::string& text : kept_) {
      const std::vector<Token> tokens = split(text);
      if (tokens.size() < 3 || tokens.front().text != "K)") continue;
      frame.pixel_area =
          parse_number(tokens[1].text).value_or(1.0) * parse_number(tokens[2].text).value_or(1.0);
    }
    return frame;
  }

  std::string name(const std::string& in_scene) {
    std::string text = name_from(source_.path_of(in_scene), folder_);
    if (text.find_first_of(" \t#") != std::string::npos)
      lose(fmt::format("\"{}\": GALFIT's names have no blanks and no #", text));
    return text;
  }

  void write_controls(const std::string& constraints, double zeropoint) {
    const std::filesystem::path stem = std::filesystem::path(path_).stem();
    result_.text += "# IMAGE and GALFIT CONTROL PARAMETERS\n";
    const io::TomlTable image = *root_.table("image");
    const bool multi = dialect_ == GalfitDialect::kGalfitm;
    if (const auto file = image.text("file")) line("A", name(*file), "Input data image");
    if (multi) {
      kept("A1", "x", "Band labels");
      line("A2", "5000", "Band wavelengths");
    }
    kept("B", stem.string() + "_out.fits", "Output data image block");
    line("C", sigma(), "Sigma image");
    const std::string psf = psf_and_kernel();
    line("D", psf, "Input PSF image and diffusion kernel");
    line("E", number_text(oversample_), "PSF fine sampling factor relative to data");
    line("F", mask(), "Bad pixel mask");
    write_constraints(constraints, stem.string());
    const io::Section& r = source_.region;
    line("H", fmt::format("{} {} {} {}", r.x1, r.x2, r.y1, r.y2),
         "Image region to fit (xmin xmax ymin ymax)");
    kept("I", fmt::format("{} {}", r.x2 - r.x1 + 1, r.y2 - r.y1 + 1), "Size of the convolution box (x y)");
    line("J", number_text(zeropoint), "Magnitude photometric zeropoint");
    const std::string scale = number_text(source_.pixel_scale.value_or(1.0));
    kept("K", scale + " " + scale, "Plate scale (dx dy) [arcsec per pixel]");
    kept("O", "regular", "Display type");
    kept("P", source_.image.empty() ? "1" : "0", "0=optimize, 1=model, 2=imgblock, 3=subcomps");
    kept("S", "", "Interactive");
    if (multi) {
      kept("U", "0", "Non-parametric component settings");
      kept("V", "0", "MultiNest options");
    }
    kept("W", "", "Output options");
  }

  void write_constraints(const std::string& bounds, const std::string& stem) {
    std::string text;
    if (const auto table = root_.table("galfit")) {
      for (const std::string& kept_line : table->texts("constraints")) text += kept_line + "\n";
    }
    text += bounds;
    const std::string file = stem + ".constraints";
    line("G", text.empty() ? "none" : file, "File with parameter constraints");
    if (!text.empty()) add_file(file, "# component  parameter  range\n" + text);
  }

  void add_file(const std::string& file, std::string text) {
    result_.others.emplace_back((std::filesystem::path(folder_) / file).string(), std::move(text));
  }

  std::string sigma() {
    const std::optional<io::TomlTable> noise = root_.table("noise");
    if (!noise) return "none";
    if (noise->is_text("sigma")) return name(*noise->text("sigma"));
    // What GALFIT makes itself.
    if (noise->is_number("rms") && noise->has("gain") && noise->number("smooth") == 2.0) return "none";
    lose("noise: GALFIT takes a sigma image, or makes it from the header's GAIN");
    return "none";
  }

  std::string mask() {
    const std::optional<io::TomlTable> mask = root_.table("mask");
    if (!mask) return "none";
    for (const char* key : {"bits", "good_value", "segmentation"}) {
      if (mask->has(key)) lose(fmt::format("mask.{}: GALFIT's masks are 0 in good pixels", key));
    }
    return mask->has("file") ? name(*mask->text("file")) : "none";
  }

  std::string psf_and_kernel() {
    std::optional<std::string> file;
    for (const io::PsfTables& psf : io::psf_tables(root_)) {
      for (const io::TomlTable& table : psf.tables) {
        if (!table.is_text("file")) {
          lose(fmt::format("{}: GALFIT's PSF is one image", table.name()));
          continue;
        }
        const std::string here = *table.text("file");
        if (file && *file != here) {
          lose(fmt::format("{}.file: GALFIT has one PSF", table.name()));
          continue;
        }
        if (psf.tables.size() > 1) lose(fmt::format("{}: GALFIT adds no PSFs", table.name()));
        if (table.has("center"))
          lose(fmt::format("{}.center: GALFIT's PSF has its centre in the middle", table.name()));
        // Point sources are the PSF itself in GALFIT, whatever its pixels hold.
        const std::string pixel = table.text("pixel_in_psf").value_or("own");
        if (psf.name != "points" && pixel != "none")
          lose(fmt::format(
              "{}.pixel_in_psf = \"{}\": GALFIT takes every PSF for one without a pixel (\"none\")",
              table.name(), pixel));
        oversample_ = table.number("oversample").value_or(1.0);
        if (const auto kernel = table.numbers("diffusion", 0); kernel && !file) write_kernel(*kernel);
        file = here;
      }
    }
    if (!file) return "none";
    return name(*file) + kernel_;
  }

  void write_kernel(const std::vector<double>& kernel) {
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(kernel.size()))));
    std::string text;
    for (std::size_t i = 0; i < kernel.size(); ++i)
      text += number_text(kernel[i]) + ((i + 1) % side == 0 ? "\n" : " ");
    const std::string file = std::filesystem::path(path_).stem().string() + ".kernel";
    kernel_ = " " + file;
    add_file(file, std::move(text));
  }

  const SceneSource& source_;
  std::string path_;
  std::string folder_;
  GalfitDialect dialect_;
  io::TomlTable root_;
  std::vector<std::string> kept_;
  LegacyText result_;
  double oversample_ = 1.0;
  std::string kernel_;
};

}  // namespace

LegacyText to_galfit(const SceneSource& source, const std::string& path, GalfitDialect dialect) {
  return Writer(source, path, dialect).write();
}

}  // namespace gaxel::legacy
