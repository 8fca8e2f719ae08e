#include "legacy/galfitm_block.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

#include "gaxel/render.hpp"
#include "io/block_fits.hpp"

namespace gaxel::legacy {

namespace {

class BlockWriter {
 public:
  BlockWriter(const std::string& path, const GalfitReport& report,
              const std::vector<FinalSeriesObject>& objects)
      : report_(report), objects_(objects), images_(io::images_of(report.task)), writer_(path) {
    for (const MappedBand& band : report.mapped.bands)
      labels_.push_back(band_label(report.document, band.frame.band));
  }

  io::PartialFile write() {
    write_images();
    writer_.add_table("FIT_INFO", fit_info());
    writer_.add_table("BAND_INFO", band_info());
    writer_.add_table("FINAL_BAND", final_table(true));
    writer_.add_table("FINAL_CHEB", final_table(false));
    return writer_.finish();
  }

 private:
  using Texts = std::vector<std::string>;

  std::size_t n_bands() const { return labels_.size(); }

  std::string word(const char* key) const {
    const std::string text = report_.document.word(key);
    return text.empty() ? "none" : text;
  }

  /// Name of a file for each band.
  Texts files(const char* key) const {
    Texts names = report_.document.names(key);
    for (std::string& name : names) {
      if (name.empty()) name = "none";
    }
    return names;
  }

  std::string convolution_box() const {
    return fmt::format("{}, {}", word("I"), report_.document.word("I", 1));
  }

  void write_images() {
    Texts kinds = split_list(lower(report_.document.word("W")));
    const auto has = [&](const char* kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
    if (kinds == Texts{""} || has("default")) kinds = {"blank", "input", "model", "residual"};
    if (has("blank")) writer_.add_image(Image(images_[0]->shape).view(), "", {}, {}, io::PixelType::kFloat32);
    bool any = has("blank");
    for (const std::string& kind : kinds) {
      if (kind == "blank") continue;
      const bool known = kind == "input" || kind == "model" || kind == "residual" || kind == "component" ||
                         kind == "psf" || kind == "sigma" || kind == "mask";
      if (!known) continue;
      any = true;
      for (std::size_t b = 0; b < n_bands(); ++b) write_image(kind, b);
    }
    if (!any) writer_.add_empty(model_keys());
  }

  void write_image(const std::string& kind, std::size_t b) {
    const io::TaskImage& own = *images_[b];
    const BandFit& fit = report_.result.bands[b];
    const std::vector<io::HeaderKey> region = io::region_keys(own.header, own.placement, own.shape);
    const auto add = [&](ConstImageView image, const std::string& name,
                         const std::vector<io::HeaderKey>& keys, const io::HeaderCards& header = {}) {
      writer_.add_image(image, fmt::format("{}_{}", name, labels_[b]), keys, header, io::PixelType::kFloat32);
    };
    if (kind == "input") add(own.observation.data.view(), "INPUT", region, own.header);
    if (kind == "model") add(fit.model.view(), "MODEL", model_keys());
    if (kind == "sigma") add(own.observation.sigma.view(), "SIGMA", region);
    if (kind == "residual") {
      Image residual(own.shape);
      for (std::size_t i = 0; i < residual.size(); ++i)
        residual.data()[i] = own.observation.data.data()[i] - fit.model.data()[i];
      add(residual.view(), "RESIDUAL", region);
    }
    if (kind == "mask") {
      Image mask(own.shape);
      for (std::size_t i = 0; i < mask.size(); ++i) mask.data()[i] = own.observation.used[i] != 0 ? 0.0 : 1.0;
      add(mask.view(), "MASK", region);
    }
    if (kind == "psf" && !report_.document.names("D")[report_.mapped.bands[b].frame.band].empty()) {
      const SceneWriter names(std::filesystem::path(report_.task.scene_file).parent_path().string(), "");
      const std::string name = report_.document.names("D")[report_.mapped.bands[b].frame.band];
      add(io::read_fits_image(io::parse_fits_name(names.path_of(name))).pixels.view(), "PSF", {});
    }
    if (kind == "component") {
      const std::vector<Image> parts =
          io::component_images(own.shape, report_.task.options, fit.components, fit.psfs);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!objects_[i].object->is_truncation)
          add(parts[i].view(),
              fmt::format("COMPONENT_{}_{}", objects_[i].object->number, objects_[i].object->type), {});
      }
    }
  }

  std::vector<io::HeaderKey> model_keys() const {
    std::vector<io::HeaderKey> keys{{"OBJECT", std::string("model"), "Name of the object"},
                                    {"INITFILE", report_.task.scene_file, "GALFITM input file"},
                                    {"BANDS", bands_text(), "Bands"}};
    for (std::size_t b = 0; b < n_bands(); ++b) {
      const std::string label = upper(labels_[b]);
      keys.push_back({"WL_" + label, images_[b]->wavelength, "Wavelength"});
      for (const auto& [name, key] : {std::pair("DATAIN", "A"), {"SIGMA", "C"}, {"PSF", "D"}, {"MASK", "F"}})
        keys.push_back(
            {fmt::format("{}_{}", name, label), files(key)[report_.mapped.bands[b].frame.band], ""});
      keys.push_back({"MAGZPT_" + label, report_.mapped.bands[b].frame.zeropoint, "Magnitude zeropoint"});
    }
    keys.push_back({"CONSTRNT", word("G"), "Parameter constraint file"});
    keys.push_back({"FITSECT", fitted_section(report_.task), "Image section fitted"});
    keys.push_back({"CONVBOX", convolution_box(), "Convolution box size"});
    keys.push_back({"NITER", std::int64_t{report_.result.iterations}, "Number of iterations"});
    for (const FinalSeriesObject& object : objects_)
      keys.push_back({fmt::format("COMP_{}", object.object->number), object.object->type, "Component type"});
    add_parameters(keys, false);
    add_parameters(keys, true);
    keys.push_back({"FLAGS", flags_text(report_), "Warning flags"});
    keys.push_back({"CHISQ", report_.result.chi2, "Chi^2 of fit"});
    keys.push_back({"NDOF", report_.result.dof, "Degrees of freedom"});
    keys.push_back({"NFREE", std::ssize(report_.result.free_values), "Number of free parameters"});
    keys.push_back({"NFIX", std::int64_t{n_fixed()}, "Number of fixed parameters"});
    keys.push_back({"CHI2NU", chi2_nu(report_.result), "Reduced chi^2"});
    keys.push_back({"LOGFILE", report_.restart, "Restart file"});
    keys.push_back({"VERSION", fmt::format("gaxel {}", report_.version), "program that made this file"});
    return keys;
  }

  void add_parameters(std::vector<io::HeaderKey>& keys, bool in_bands) const {
    for (const FinalSeriesObject& object : objects_) {
      for (const FinalSeries& series : object.numbers) {
        const FinalNumber& first = series.in_bands.front();
        const std::vector<FinalNumber>& numbers = in_bands ? series.in_bands : series.coefficients;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
          keys.push_back({fmt::format("{}_{}_{}", object.object->number,
                                      galfit_keyword(*object.object, first.row, first.index),
                                      in_bands ? upper(labels_[i]) : fmt::format("{}", i)),
                          numbers[i].text(), ""});
        }
      }
    }
  }

  int n_fixed() const {
    int count = 0;
    for (const FinalSeriesObject& object : objects_) {
      for (const FinalSeries& series : object.numbers)
        count += static_cast<int>(std::ranges::count(series.coefficients, true, &FinalNumber::fixed));
    }
    return count;
  }

  std::string bands_text() const {
    std::string text;
    for (const std::string& label : labels_) text += (text.empty() ? "" : ",") + label;
    return text;
  }

  std::vector<io::TableColumn> fit_info() const {
    const FitResult& result = report_.result;
    const auto text = [](const char* name, std::string value) {
      return io::TableColumn{name, Texts{std::move(value)}};
    };
    const auto whole = [](const char* name, std::int64_t value) {
      return io::TableColumn{name, std::vector<int>{static_cast<int>(value)}};
    };
    const auto number = [](const char* name, double value) {
      return io::TableColumn{name, std::vector<double>{value}};
    };
    std::vector<double> wavelengths;
    for (const io::TaskImage* image : images_) wavelengths.push_back(image->wavelength);
    const auto [low, high] = std::ranges::minmax(wavelengths);
    return {text("VERSION", fmt::format("gaxel {}", report_.version)),
            text("INITFILE", report_.task.scene_file),
            text("CONSTRNT", word("G")),
            text("FITSECT", fitted_section(report_.task)),
            text("CONVBOX", convolution_box()),
            whole("NITER", result.iterations),
            whole("FIRSTCON", 1),
            whole("LASTCON", result.iterations),
            whole("NDOF", result.dof),
            whole("NFREE", std::ssize(result.free_values)),
            whole("NFIX", n_fixed()),
            whole("NDATA", result.n_pixels),
            whole("NMASK", io::n_masked(report_.task)),
            number("REFWLBAND", wavelengths.front()),
            number("LOWDWLBAND", low),
            number("HIGHDWLBAND", high),
            number("CPUTIME_SETUP", 0.0),
            number("CPUTIME_FIT", result.seconds),
            number("CPUTIME_TOTAL", result.seconds),
            number("CHISQ", result.chi2),
            number("CHI2NU", chi2_nu(result)),
            text("LOGFILE", report_.restart),
            text("FLAGS", flags_text(report_))};
  }

  std::vector<io::TableColumn> band_info() const {
    const std::size_t n = n_bands();
    std::vector<io::TableColumn> columns{{"BAND", labels_}};
    const auto add_numbers = [&](std::string name, const std::function<double(std::size_t)>& value) {
      std::vector<double> values;
      for (std::size_t b = 0; b < n; ++b) values.push_back(value(b));
      columns.push_back({std::move(name), std::move(values)});
    };
    add_numbers("WL", [&](std::size_t b) { return images_[b]->wavelength; });
    for (const auto& [name, key] : {std::pair("DATAIN", "A"), {"SIGMA", "C"}, {"PSF", "D"}, {"MASK", "F"}})
      columns.push_back({name, files(key)});
    add_numbers("MAGZPT", [&](std::size_t b) { return report_.mapped.bands[b].frame.zeropoint; });
    add_numbers("DWL",
                [&](std::size_t b) { return report_.result.wavelengths.scaled(images_[b]->wavelength); });
    for (std::size_t i = 0; i < n; ++i) {
      add_numbers(fmt::format("DPDQ{}", i), [&](std::size_t b) {
        return report_.result.wavelengths.functions_in(static_cast<int>(b), Basis::kChebyshev,
                                                       static_cast<int>(n))[i];
      });
    }
    std::vector<int> good;
    std::vector<int> masked;
    for (const io::TaskImage* image : images_) {
      const auto n_masked = static_cast<int>(std::ranges::count(image->observation.used, 0));
      masked.push_back(n_masked);
      good.push_back(static_cast<int>(image->observation.used.size()) - n_masked);
    }
    columns.push_back({"NGOOD", good});
    columns.push_back({"NMASK", masked});
    add_numbers("CHISQ", [&](std::size_t b) { return report_.result.bands[b].chi2; });
    return columns;
  }

  /// FINAL_BAND or FINAL_CHEB: a row for each band or coefficient, three columns for each number.
  std::vector<io::TableColumn> final_table(bool in_bands) const {
    std::vector<io::TableColumn> columns;
    if (in_bands) {
      columns.push_back({"BAND", labels_});
    } else {
      std::vector<int> orders;
      for (std::size_t i = 0; i < n_bands(); ++i) orders.push_back(static_cast<int>(i));
      columns.push_back({"CHEB_ORDER", orders});
    }
    for (const FinalSeriesObject& object : objects_) {
      const std::string stem = fmt::format("COMP{}_", object.object->number);
      if (object.object->type == "sky") add_pivot(stem, in_bands, columns);
      for (const FinalSeries& series : object.numbers) {
        const FinalNumber& first = series.in_bands.front();
        std::string name = galfit_keyword(*object.object, first.row, first.index);
        if (name == "RE") name = "Re";
        if (name == "N") name = "n";
        add_number(stem + name, in_bands ? series.in_bands : series.coefficients, columns);
      }
    }
    return columns;
  }

  static void add_number(const std::string& name, const std::vector<FinalNumber>& numbers,
                         std::vector<io::TableColumn>& columns) {
    std::vector<double> values;
    std::vector<double> errors;
    std::vector<int> fitted;
    for (const FinalNumber& number : numbers) {
      values.push_back(number.value);
      errors.push_back(number.fixed ? 0.0 : number.error);
      fitted.push_back(number.fixed ? 0 : 1);
    }
    columns.push_back({name, std::move(values)});
    columns.push_back({name + "_ERR", std::move(errors)});
    columns.push_back({name + "_FIT", std::move(fitted)});
  }

  /// Where the planes of skies turn.
  void add_pivot(const std::string& stem, bool in_bands, std::vector<io::TableColumn>& columns) const {
    const GalfitFrame& frame = report_.mapped.bands.front().frame;
    for (const auto& [name, pivot] : {std::pair("XC", frame.x_pivot), std::pair("YC", frame.y_pivot)}) {
      std::vector<FinalNumber> numbers(n_bands());
      for (FinalNumber& number : numbers) {
        number.value = in_bands ? pivot : 0.0;
        number.fixed = true;
      }
      numbers.front().value = pivot;
      add_number(stem + name, numbers, columns);
    }
  }

  const GalfitReport& report_;
  const std::vector<FinalSeriesObject>& objects_;
  std::vector<const io::TaskImage*> images_;
  io::FitsWriter writer_;
  Texts labels_;
};

}  // namespace

io::PartialFile write_galfitm_block(const std::string& path, const GalfitReport& report,
                                    const std::vector<FinalSeriesObject>& objects) {
  return BlockWriter(path, report, objects).write();
}

}  // namespace gaxel::legacy
