#include "legacy/to_galfit.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "gaxel/bands.hpp"
#include "gaxel/error.hpp"
#include "io/psf_input.hpp"
#include "legacy/galfit_document.hpp"
#include "legacy/object_writer.hpp"
#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

namespace {

/// Positions of GALFIT count from the first pixel of the section that an image's name has. Of regions that
/// differ from band to band each becomes such a section.
void count_from_sections(std::vector<SceneSource>& sources) {
  const bool same = std::ranges::all_of(
      sources, [&](const SceneSource& source) { return source.region == sources.front().region; });
  for (SceneSource& source : sources) {
    if (source.image.empty()) continue;
    io::FitsName name = io::parse_fits_name(source.image);
    if (!same && !name.section) name.section = source.region;
    if (!name.section) continue;
    source.image = name.text();
    const int dx = name.section->x1 - 1;
    const int dy = name.section->y1 - 1;
    io::Section& region = source.region;
    region = {region.x1 - dx, region.x2 - dx, region.y1 - dy, region.y2 - dy};
    source.frame.placement = {region.x1, region.y1};
  }
}

/// One text for all, or a list between commas.
std::string joined(const std::vector<std::string>& texts, bool also_of_equal) {
  const bool equal = std::ranges::all_of(texts, [&](const std::string& t) { return t == texts.front(); });
  return equal && !also_of_equal ? texts.front() : fmt::format("{}", fmt::join(texts, ","));
}

class Writer {
 public:
  Writer(std::vector<SceneSource> sources, std::string path, GalfitDialect dialect)
      : sources_(std::move(sources)),
        source_(sources_.front()),
        path_(std::move(path)),
        dialect_(dialect),
        root_(source_.root()) {
    folder_ = std::filesystem::path(path_).parent_path().string();
    if (const auto table = root_.table("galfit")) kept_ = table->texts("lines");
  }

  LegacyText write() {
    check();
    count_from_sections(sources_);
    for (const char* key : {"title", "fit"}) {
      if (root_.has(key)) lose(fmt::format("\"{}\"", key));
    }
    std::vector<GalfitFrame> frames;
    for (const SceneSource& source : sources_) frames.push_back(make_frame(source));
    const bool multi = dialect_ == GalfitDialect::kGalfitm;
    std::vector<std::vector<ObjectRow>> rows;
    std::vector<ObjectWriter> writers;
    for (std::size_t b = 0; b < sources_.size(); ++b) {
      writers.emplace_back(sources_[b], frames[b], multi, skipped(), result_.losses);
      rows.push_back(writers.back().rows());
    }
    const std::string body = rows_text(rows, sources_, result_.losses);
    std::string constraints = writers.front().constraints();
    for (const ObjectWriter& writer : writers) constraints += writer.band_constraints();
    write_controls(constraints, frames);
    result_.text += body;
    drop_repeated();
    return std::move(result_);
  }

 private:
  void check() {
    if (sources_.size() > 1 && dialect_ == GalfitDialect::kGalfit)
      root_.fail("band", "GALFIT has one band", "--to galfitm, or a scene of one band");
    std::vector<double> wavelengths;
    for (const SceneSource& source : sources_) {
      if (!source.region_known) {
        throw InputError({source.file->path, "image.region", "", "the size of the image is not known",
                          "region = [x1, x2, y1, y2], or an image that is there"});
      }
      if (!source.frame.photometry.zeropoint)
        lose("the scene has no zero point; magnitudes are written for one of 25");
      wavelengths.push_back(source.wavelength);
    }
    if (sources_.size() > 1 && Wavelengths(wavelengths).n_different() < static_cast<int>(wavelengths.size()))
      lose("two bands have one wavelength: GALFITM wants different ones");
  }

  /// What every band says.
  void drop_repeated() {
    std::set<std::string> seen;
    std::erase_if(result_.losses, [&](const std::string& what) { return !seen.insert(what).second; });
  }

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

  /// A text of each band.
  template <typename Of>
  std::vector<std::string> of_bands(const Of& of) {
    std::vector<std::string> texts;
    for (const SceneSource& source : sources_) texts.push_back(of(source));
    return texts;
  }

  std::vector<int> skipped() const {
    constexpr int kMost = 1'000'000;
    const auto table = root_.table("galfit");
    return table && table->has("skip") ? *table->integers("skip", 0, 1, kMost) : std::vector<int>{};
  }

  GalfitFrame make_frame(const SceneSource& source) const {
    GalfitFrame frame;
    // GALFIT has the header's exposure time; the zero point makes up for another one in the scene.
    frame.exptime =
        source.header_exptime.value_or(source.image.empty() ? 1.0 : source.frame.photometry.exptime);
    frame.zeropoint = source.frame.photometry.zeropoint.value_or(25.0);
    if (frame.exptime != source.frame.photometry.exptime)
      frame.zeropoint += 2.5 * std::log10(source.frame.photometry.exptime / frame.exptime);
    frame.x_pivot = 0.5 * (source.region.x1 + source.region.x2);
    frame.y_pivot = 0.5 * (source.region.y1 + source.region.y2);
    const double scale = source.pixel_scale.value_or(1.0);
    frame.pixel_area = scale * scale;
    for (const std::string& text : kept_) {
      const std::vector<Token> tokens = split(text);
      if (tokens.size() < 3 || tokens.front().text != "K)") continue;
      frame.pixel_area =
          parse_number(tokens[1].text).value_or(1.0) * parse_number(tokens[2].text).value_or(1.0);
    }
    return frame;
  }

  /// A file's name from where the result lies.
  std::string name(const std::string& path) {
    std::string text = name_from(path, folder_);
    const bool several = sources_.size() > 1;
    const std::string file = io::parse_fits_name(text).path;
    if (text.find_first_of(" \t#") != std::string::npos || (several && file.find(',') != std::string::npos))
      lose(fmt::format("\"{}\": GALFIT's names have no blanks and no #{}", text,
                       several ? ", GALFITM's no commas" : ""));
    return text;
  }

  void write_bands() {
    const bool one = sources_.size() == 1;
    if (one && source_.band_name.empty()) {
      kept("A1", "x", "Band labels");
      line("A2", "5000", "Band wavelengths");
      return;
    }
    for (const SceneSource& source : sources_) {
      if (source.band_name.find_first_of(" \t,#") != std::string::npos)
        lose(fmt::format("band \"{}\": GALFITM's labels have no blanks and no commas", source.band_name));
    }
    line("A1", joined(of_bands([](const SceneSource& s) { return s.band_name; }), true), "Band labels");
    line("A2", joined(of_bands([](const SceneSource& s) { return number_text(s.wavelength); }), true),
         "Band wavelengths");
  }

  void write_controls(const std::string& constraints, const std::vector<GalfitFrame>& frames) {
    const std::filesystem::path stem = std::filesystem::path(path_).stem();
    result_.text += "# IMAGE and GALFIT CONTROL PARAMETERS\n";
    const bool multi = dialect_ == GalfitDialect::kGalfitm;
    const bool images = std::ranges::any_of(sources_, [](const SceneSource& s) { return !s.image.empty(); });
    const auto file_or_none = [&](const SceneSource& s) { return s.image.empty() ? "none" : name(s.image); };
    if (images) line("A", joined(of_bands(file_or_none), true), "Input data image");
    if (multi) write_bands();
    kept("B", stem.string() + "_out.fits", "Output data image block");
    line("C", names([&](const SceneSource& s) { return sigma(s); }), "Sigma image");
    const std::string psfs = names([&](const SceneSource& s) { return psf(s); });
    line("D", psfs + kernel(), "Input PSF image and diffusion kernel");
    std::vector<std::string> oversample;
    for (const double factor : oversample_) oversample.push_back(number_text(factor));
    line("E", joined(oversample, false), "PSF fine sampling factor relative to data");
    line("F", names([&](const SceneSource& s) { return mask(s); }), "Bad pixel mask");
    write_constraints(constraints, stem.string());
    const io::Section& r = source_.region;
    line("H", fmt::format("{} {} {} {}", r.x1, r.x2, r.y1, r.y2),
         "Image region to fit (xmin xmax ymin ymax)");
    kept("I", fmt::format("{} {}", r.x2 - r.x1 + 1, r.y2 - r.y1 + 1), "Size of the convolution box (x y)");
    std::vector<std::string> zeropoints;
    for (const GalfitFrame& frame : frames) zeropoints.push_back(number_text(frame.zeropoint));
    line("J", joined(zeropoints, true), "Magnitude photometric zeropoint");
    const std::string scale = number_text(source_.pixel_scale.value_or(1.0));
    kept("K", scale + " " + scale, "Plate scale (dx dy) [arcsec per pixel]");
    kept("O", "regular", "Display type");
    kept("P", source_.image.empty() ? "1" : "0", "0=optimize, 1=model, 2=imgblock, 3=subcomps");
    kept("S", "", "Interactive");
    if (multi) {
      kept("U", "", "Non-parametric component settings");
      kept("V", "", "MultiNest options");
    }
    kept("W", "", "Output options");
  }

  /// Names of files, "none" where no band has one.
  template <typename Of>
  std::string names(const Of& of) {
    const std::vector<std::string> list = of_bands(of);
    const bool none = std::ranges::all_of(list, [](const std::string& t) { return t == "none"; });
    return joined(list, !none);
  }

  void write_constraints(const std::string& bounds, const std::string& stem) {
    // What a scene keeps without doing it comes last: of limits that exclude each other the first is done.
    std::string text = bounds;
    if (const auto table = root_.table("galfit")) {
      for (const std::string& kept_line : table->texts("constraints")) text += kept_line + "\n";
    }
    const std::string file = stem + ".constraints";
    line("G", text.empty() ? "none" : file, "File with parameter constraints");
    if (!text.empty()) add_file(file, "# component  parameter  range\n" + text);
  }

  void add_file(const std::string& file, std::string text) {
    result_.others.emplace_back((std::filesystem::path(folder_) / file).string(), std::move(text));
  }

  std::string sigma(const SceneSource& source) {
    const std::optional<io::TomlTable> noise = source.tables().table("noise");
    if (!noise) return "none";
    if (noise->is_text("sigma")) return name(source.path_of(*noise->text("sigma")));
    // What GALFIT makes itself.
    if (noise->is_number("rms") && noise->has("gain") && noise->number("smooth") == 2.0) return "none";
    lose("noise: GALFIT takes a sigma image, or makes it from the header's GAIN");
    return "none";
  }

  std::string mask(const SceneSource& source) {
    const std::optional<io::TomlTable> mask = source.tables().table("mask");
    if (!mask) return "none";
    for (const char* key : {"bits", "good_value", "segmentation"}) {
      if (mask->has(key)) lose(fmt::format("mask.{}: GALFIT's masks are 0 in good pixels", key));
    }
    return mask->has("file") ? name(source.path_of(*mask->text("file"))) : "none";
  }

  std::string psf(const SceneSource& source) {
    std::optional<std::string> file;
    double& oversample = oversample_.emplace_back(1.0);
    std::vector<double>& kernel = kernels_.emplace_back();
    for (const io::PsfTables& psf : io::psf_tables(source.tables())) {
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
        oversample = table.number("oversample").value_or(1.0);
        if (const auto numbers = table.numbers("diffusion", 0); numbers && !file) kernel = *numbers;
        file = here;
      }
    }
    return file ? name(source.path_of(*file)) : "none";
  }

  /// The name of the kernel's file after a blank, which is made; empty without one.
  std::string kernel() {
    const auto first = std::ranges::find_if(kernels_, [](const auto& kernel) { return !kernel.empty(); });
    if (first == kernels_.end()) return "";
    for (std::size_t b = 0; b < kernels_.size(); ++b) {
      if (kernels_[b] != *first)
        lose(fmt::format("{}: \"diffusion\" of all bands is that of the first", sources_[b].band_name));
    }
    const std::string file = std::filesystem::path(path_).stem().string() + ".kernel";
    write_kernel(*first, file);
    return " " + file;
  }

  void write_kernel(const std::vector<double>& kernel, const std::string& file) {
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(kernel.size()))));
    std::string text;
    for (std::size_t i = 0; i < kernel.size(); ++i)
      text += number_text(kernel[i]) + ((i + 1) % side == 0 ? "\n" : " ");
    add_file(file, std::move(text));
  }

  std::vector<SceneSource> sources_;
  const SceneSource& source_;  ///< the first band
  std::string path_;
  std::string folder_;
  GalfitDialect dialect_;
  io::TomlTable root_;
  std::vector<std::string> kept_;
  LegacyText result_;
  std::vector<double> oversample_;            ///< of the bands' PSFs
  std::vector<std::vector<double>> kernels_;  ///< of the bands; empty: none
};

}  // namespace

LegacyText to_galfit(std::vector<SceneSource> sources, const std::string& path, GalfitDialect dialect) {
  return Writer(std::move(sources), path, dialect).write();
}

}  // namespace gaxel::legacy
