#include "legacy/galfit_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace gaxel::legacy {

namespace {

int fixed_count(const GalfitReport& report) {
  int count = 0;
  for (const FinalObject& object : report.in_bands.front())
    count += static_cast<int>(std::ranges::count(object.numbers, true, &FinalNumber::fixed));
  return count;
}

/// "70.15" in brackets that tell what it is.
std::string log_number(const FinalNumber& number, double shown, bool is_error) {
  const std::string text =
      shown != 0.0 && std::abs(shown) < 0.01 ? fmt::format("{:.2e}", shown) : fmt::format("{:.2f}", shown);
  if (number.fixed) return fmt::format("[{}]", is_error ? "0.00" : text);
  if (number.tied || number.flag == ParameterFlag::kAtBound) return fmt::format("{{{}}}", text);
  return number.is_suspect() ? fmt::format("*{}*", text) : text;
}

/// Name of a row that has a line of its own in the log; empty for rows 1 to 10.
std::string own_line(const std::string& row) {
  if (row.front() == 'C') return "c0";
  if (row.front() == 'B') return "bending";
  if (row.front() == 'F') return "fourier";
  return row.front() == 'R' ? "power" : "";
}

/// `band`: its label and a colon, or nothing.
void log_object(const FinalObject& object, const std::string& band, std::string& text) {
  const std::string name = fmt::format("{} {:<10}", band, object.object->type);
  std::vector<std::string> lines;
  for (const bool is_error : {false, true}) {
    std::string line = fmt::format("{}: ", is_error ? std::string(name.size(), ' ') : name);
    std::string place;
    std::string rest;
    for (const FinalNumber& number : object.numbers) {
      if (!own_line(number.row).empty()) continue;
      const std::string shown = log_number(number, is_error ? number.error : number.value, is_error);
      const bool own_rows = object.object->type != "sky" && !object.object->is_truncation;
      const bool position = number.row == "T1" || (own_rows && (number.row == "1" || number.row == "2"));
      if (position) {
        place += fmt::format("{}{:>9}", place.empty() ? "(" : ", ", shown);
      } else {
        rest += fmt::format(" {:>9}", shown);
      }
    }
    lines.push_back(fmt::format("{}{}{}{}", line, place, place.empty() ? "" : ")", rest));
  }
  lines[1][name.size()] = ' ';
  text += lines[0] + "\n" + lines[1] + "\n";
  for (const FinalNumber& number : object.numbers) {
    const std::string row = own_line(number.row);
    if (row.empty()) continue;
    text += fmt::format("{} {:>9} : {} {}{} (error {})\n", band, row, number.row,
                        number.index == 1 ? "phase " : "", log_number(number, number.value, false),
                        log_number(number, number.error, true));
  }
}

}  // namespace

double chi2_nu(const FitResult& result) {
  return result.dof > 0 ? result.chi2 / static_cast<double>(result.dof) : 0.0;
}

std::string fitted_section(const io::Task& task) {
  return fmt::format("[{}:{},{}:{}]", task.placement.first_x, task.placement.first_x + task.shape.nx - 1,
                     task.placement.first_y, task.placement.first_y + task.shape.ny - 1);
}

std::string galfit_keyword(const GalfitObject& object, const std::string& row, std::size_t index) {
  if (object.type == "sky") return row == "1" ? "SKY" : row == "2" ? "DSDX" : "DSDY";
  if (row == "1" || row == "T1") return index == 0 ? "XC" : "YC";
  if (row == "2" || row == "T2") return "YC";
  if (row == "9" || row == "T9") return "AR";
  if (row == "10" || row == "T10") return "PA";
  if (row == "3") return object.type.back() >= '1' && object.type.back() <= '3' ? "MU" : "MAG";
  constexpr std::array<std::pair<const char*, const char*>, 8> kOthers{{{"T4", "RBRK"},
                                                                        {"T5", "RSFT"},
                                                                        {"R1", "RIN"},
                                                                        {"R2", "ROUT"},
                                                                        {"R3", "RANG"},
                                                                        {"R4", "ALPHA"},
                                                                        {"R9", "INCL"},
                                                                        {"R10", "SPA"}}};
  for (const auto& [key, word] : kOthers) {
    if (row == key) return word;
  }
  if (row.front() == 'F') return index == 0 ? row : row + "PA";
  if (row.front() == 'C' || row.front() == 'B') return row;
  const auto type = find_object_type(object.type);
  if (row == "4") {
    const std::string_view name = type->type->name;
    if (name == "expdisk") return "RS";
    if (name == "gaussian" || name == "moffat") return "FWHM";
  }
  for (const ObjectSlot& slot : type->type->slots) {
    if (slot.row == row) return upper(slot.constraint);
  }
  return row;
}

std::string flags_text(const GalfitReport& report) {
  std::vector<std::string> flags;
  if (report.result.stop_reason == StopReason::kMaxIterations) flags.emplace_back("1");
  bool suspect = false;
  for (const FinalObject& object : report.in_bands.front()) {
    suspect =
        suspect || std::ranges::any_of(object.numbers, [](const FinalNumber& n) { return n.is_suspect(); });
  }
  if (suspect) flags.emplace_back("2");
  const auto missing = [&](const char* key, const char* flag) {
    const std::string word = lower(report.document.word(key));
    if (word.empty() || word == "none") flags.emplace_back(flag);
  };
  missing("D", "A-2");
  if (report.document.word("D", 1).empty()) flags.emplace_back("A-3");
  missing("F", "A-4");
  missing("C", "A-5");
  missing("G", "A-6");
  const auto without = [&](const char* keyword, const char* flag) {
    if (!io::header_number(report.task.header, keyword)) flags.emplace_back(flag);
  };
  without("EXPTIME", "H-1");
  if (!io::header_number(report.task.header, "ATODGAIN")) without("GAIN", "H-3");
  without("NCOMBINE", "H-4");
  return fmt::format("{}", fmt::join(flags, " "));
}

std::vector<io::HeaderKey> block_keys(const GalfitReport& report) {
  const auto word = [&](const char* key) { return report.document.word(key); };
  const auto none = [&](const char* key) { return word(key).empty() ? std::string("none") : word(key); };
  const io::Task& task = report.task;
  const std::string region = fitted_section(task);
  std::vector<io::HeaderKey> keys{
      {"OBJECT", std::string("model"), "Name of the object"},
      {"INITFILE", task.scene_file, "GALFIT input file"},
      {"DATAIN", none("A"), "Input data image"},
      {"SIGMA", none("C"), "Sigma image"},
      {"PSF", none("D"), "Convolution PSF"},
      {"CONSTRNT", none("G"), "Parameter constraint file"},
      {"MASK", none("F"), "Input mask image"},
      {"FITSECT", region, "Image section fitted"},
      {"CONVBOX", fmt::format("{}, {}", none("I"), report.document.word("I", 1)), "Convolution box size"},
      {"MAGZPT", report.mapped.bands.front().frame.zeropoint, "Magnitude zeropoint"}};
  for (const FinalObject& object : report.in_bands.front()) {
    const int number = object.object->number;
    keys.push_back({fmt::format("COMP_{}", number), object.object->type, "Component type"});
    if (object.object->type == "sky") {
      for (const auto& [name, pivot] : {std::pair("XC", report.mapped.bands.front().frame.x_pivot),
                                        std::pair("YC", report.mapped.bands.front().frame.y_pivot)})
        keys.push_back(
            {fmt::format("{}_{}", number, name), fmt::format("[{:.4f}]", pivot), "sky pivot [pixel]"});
    }
    for (const FinalNumber& value : object.numbers)
      keys.push_back({fmt::format("{}_{}", number, galfit_keyword(*object.object, value.row, value.index)),
                      value.text(), ""});
  }
  keys.push_back({"FLAGS", flags_text(report), "Warning flags"});
  keys.push_back({"CHISQ", report.result.chi2, "Chi^2 of fit"});
  keys.push_back({"NDOF", report.result.dof, "Degrees of freedom"});
  keys.push_back({"NFREE", std::ssize(report.result.free_values), "Number of free parameters"});
  keys.push_back({"NFIX", std::int64_t{fixed_count(report)}, "Number of fixed parameters"});
  keys.push_back({"CHI2NU", chi2_nu(report.result), "Reduced chi^2"});
  keys.push_back({"LOGFILE", report.restart, "Restart file"});
  keys.push_back({"CREATOR", fmt::format("gaxel {}", report.version), "program that made this file"});
  return keys;
}

std::string log_text(const GalfitReport& report, const std::string& block) {
  const std::string rule(77, '-');
  const io::Task& task = report.task;
  const bool several = report.in_bands.size() > 1;
  std::string text = rule + "\n\n";
  text += fmt::format("Input image{}: {}{}{}\n", several ? "s    " : "     ", report.document.word("A"),
                      several ? " " : "", fitted_section(task));
  text += fmt::format("Init. par. file : {}\nRestart file    : {}\nOutput image    : {}\n\n", task.scene_file,
                      report.restart, block);
  for (std::size_t i = 0; i < report.in_bands.front().size(); ++i) {
    for (std::size_t b = 0; b < report.in_bands.size(); ++b) {
      const std::string band =
          several ? fmt::format(" {:<3}:", band_label(report.document, report.mapped.bands[b].frame.band))
                  : "";
      log_object(report.in_bands[b][i], band, text);
    }
  }
  text += fmt::format(" Chi^2 = {:.5f},  ndof = {}\n Chi^2/nu = {:.3f}\n\n{}\n\n", report.result.chi2,
                      report.result.dof, chi2_nu(report.result), rule);
  return text;
}

}  // namespace gaxel::legacy
