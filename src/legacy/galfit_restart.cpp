#include "legacy/galfit_restart.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "legacy/scene_text.hpp"

namespace gaxel::legacy {

namespace {

/// Changes of tokens, made at the end so that their places hold.
class Changes {
 public:
  explicit Changes(const GalfitReport& report) : report_(report) {}

  void add(std::size_t line, const Token& token, std::string text) {
    changes_.push_back({line, token, std::move(text)});
  }

  /// Names of files for a folder.
  void add_names(const std::string& target) {
    const std::string source = std::filesystem::path(report_.task.scene_file).parent_path().string();
    const SceneWriter names(source, target);
    for (const char* key : {"A", "C", "D", "F", "G"}) {
      const GalfitControl* control = report_.document.control(key);
      if (control == nullptr || control->tokens.empty()) continue;
      const std::size_t files = std::string_view(key) == "D" ? 2 : 1;
      for (std::size_t i = 0; i < std::min(files, control->tokens.size()); ++i) {
        std::vector<std::string> list = split_list(control->tokens[i].text);
        for (std::string& name : list) {
          if (lower(name) != "none") name = name_from(names.path_of(name), target);
        }
        add(control->line, control->tokens[i], fmt::format("{}", fmt::join(list, ",")));
      }
    }
  }

  std::string text() {
    TextDocument text = report_.document.text;
    std::ranges::sort(changes_, [](const Change& a, const Change& b) {
      return std::pair(a.line, a.token.begin) > std::pair(b.line, b.token.begin);
    });
    for (const Change& change : changes_) text.replace(change.line, change.token, change.text);
    return fmt::format("#  Input menu file: {}\n\n#  Chi^2/nu = {:.3f},  Chi^2 = {:.3f},  Ndof = {}\n\n{}",
                       report_.task.scene_file, chi2_nu(report_.result), report_.result.chi2,
                       report_.result.dof, text.text());
  }

 private:
  struct Change {
    std::size_t line;
    Token token;
    std::string text;
  };

  const GalfitReport& report_;
  std::vector<Change> changes_;
};

std::string values_text(const FinalSeries& series, ListForm form) {
  const std::vector<FinalNumber>& numbers = form == ListForm::kBands ? series.in_bands : series.coefficients;
  std::vector<std::string> texts;
  for (const FinalNumber& number : numbers) texts.push_back(number_text(number.value));
  return fmt::format("{}", fmt::join(texts, ","));
}

std::string flags_text(const FinalSeries& series) {
  std::vector<int> marks;
  for (const FinalNumber& number : series.coefficients) marks.push_back(number.fixed ? 0 : 1);
  return fmt::format("{}", fmt::join(marks, ","));
}

/// The numbers of one row: values, flags where there were some, and the word that tells the form.
void add_row(const GalfitRow& row, const std::vector<const FinalSeries*>& numbers, ListForm form,
             Changes& changes) {
  const std::size_t n_values = row.values.size();
  std::vector<std::string> texts;
  for (const FinalSeries* series : numbers) texts.push_back(values_text(*series, form));
  std::size_t n_flags = 0;
  for (const FinalSeries* series : numbers) {
    if (row.values[series->in_bands.front().index].flags.empty()) break;
    texts.push_back(flags_text(*series));
    ++n_flags;
  }
  const char* const word = form == ListForm::kBands ? "band" : "cheb";
  const std::size_t n = n_values + n_flags;
  const std::string there = n < row.tokens.size() ? lower(row.tokens[n].text) : "";
  if (there == "cheb" || there == "band" || there == "bands") {
    changes.add(row.line, row.tokens[n], word);
  } else {
    texts.back() += fmt::format(" {}", word);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) changes.add(row.line, row.tokens[i], texts[i]);
}

}  // namespace

std::string restart_text(const GalfitReport& report, const std::string& target) {
  Changes changes(report);
  for (const FinalObject& object : report.in_bands.front()) {
    for (const FinalNumber& number : object.numbers) {
      const GalfitRow& row = *object.object->row(number.row);
      changes.add(row.line, row.tokens[row.values[number.index].token], number_text(number.value));
    }
  }
  changes.add_names(target);
  return changes.text();
}

std::string restart_text(const GalfitReport& report, const std::vector<FinalSeriesObject>& objects,
                         ListForm form, const std::string& target) {
  Changes changes(report);
  for (const FinalSeriesObject& object : objects) {
    for (const GalfitRow& row : object.object->rows) {
      std::vector<const FinalSeries*> numbers;
      for (const FinalSeries& series : object.numbers) {
        if (series.in_bands.front().row == row.key && object.object->row(row.key) == &row)
          numbers.push_back(&series);
      }
      if (!numbers.empty()) add_row(row, numbers, form, changes);
    }
  }
  changes.add_names(target);
  return changes.text();
}

}  // namespace gaxel::legacy
