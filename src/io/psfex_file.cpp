#include "io/psfex_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"

namespace gaxel::io {
namespace {

constexpr const char* kTable = "PSF_DATA";
constexpr const char* kColumn = "PSF_MASK";
constexpr int kLargestDegree = 30;
constexpr int kLargestSide = 10000;

/// One axis of the polynomial.
struct Axis {
  bool is_x = true;
  double zero = 0.0;  // FITS pixels
  double scale = 1.0;
  int group = 1;
};

/// The keywords of the table.
class Keywords {
 public:
  Keywords(const std::string& path, HeaderCards cards) : path_(path), cards_(std::move(cards)) {}

  [[noreturn]] void fail(const std::string& key, const std::string& what, const std::string& allowed) const {
    throw InputError({path_, key, header_value(cards_, key).value_or(""), what, allowed});
  }

  double number(const std::string& key, const std::string& allowed) const {
    if (!header_value(cards_, key)) fail(key, fmt::format("missing from the header of {}", kTable), allowed);
    const std::optional<double> value = header_number(cards_, key);
    if (!value || !std::isfinite(*value)) fail(key, "not a number", allowed);
    return *value;
  }

  double positive(const std::string& key) const {
    const double value = number(key, "a positive number");
    if (!(value > 0.0)) fail(key, "not positive", "a positive number");
    return value;
  }

  int integer(const std::string& key, int min, int max) const {
    const std::string allowed = fmt::format("a whole number from {} to {}", min, max);
    const double value = number(key, allowed);
    if (!(value >= min && value <= max && value == std::floor(value))) fail(key, "out of range", allowed);
    return static_cast<int>(value);
  }

  int integer_or(const std::string& key, int fallback, int min, int max) const {
    return header_value(cards_, key) ? integer(key, min, max) : fallback;
  }

  Axis axis(int number) const {
    const std::string key = fmt::format("POLNAME{}", number);
    const std::string name = header_value(cards_, key).value_or("");
    if (name != "X_IMAGE" && name != "Y_IMAGE") {
      fail(key,
           name.empty() ? fmt::format("missing from the header of {}", kTable)
                        : "the PSF depends on something other than the position",
           "X_IMAGE or Y_IMAGE");
    }
    return {name == "X_IMAGE", this->number(fmt::format("POLZERO{}", number), "FITS pixels"),
            positive(fmt::format("POLSCAL{}", number)), integer(fmt::format("POLGRP{}", number), 1, 2)};
  }

 private:
  const std::string& path_;
  HeaderCards cards_;
};

/// The powers of the axes in the order of the terms. `degrees`: of the groups.
std::vector<std::array<int, 2>> powers(const std::vector<Axis>& axes, const std::array<int, 2>& degrees) {
  const auto degree = [&](std::size_t axis) {
    return axis < axes.size() ? degrees[static_cast<std::size_t>(axes[axis].group - 1)] : 0;
  };
  const bool together = axes.size() == 2 && axes[0].group == axes[1].group;
  std::vector<std::array<int, 2>> result;
  for (int second = 0; second <= degree(1); ++second) {
    const int last = together ? degree(0) - second : degree(0);
    for (int first = 0; first <= last; ++first) result.push_back({first, second});
  }
  return result;
}

}  // namespace

bool is_psfex_file(const std::string& path) {
  const FitsReader reader(path);
  return std::ranges::any_of(reader.hdus(),
                             [](const HduInfo& hdu) { return !hdu.is_image && hdu.extname == kTable; });
}

VaryingPsf read_psfex(const std::string& path, const Placement& placement) {
  const FitsReader reader(path);
  FitsName name;
  name.path = path;
  name.extname = kTable;
  const HduInfo& table = reader.find(name);
  const Keywords keywords(path, reader.header(table));

  std::vector<Axis> axes;
  std::array<int, 2> degrees{0, 0};
  const int n_axes = keywords.integer("POLNAXIS", 0, 2);
  for (int i = 1; i <= n_axes; ++i) {
    axes.push_back(keywords.axis(i));
    const int group = axes.back().group;
    degrees[static_cast<std::size_t>(group - 1)] =
        keywords.integer(fmt::format("POLDEG{}", group), 0, kLargestDegree);
  }
  if (n_axes == 2 && axes[0].is_x == axes[1].is_x) {
    keywords.fail("POLNAME2", "both axes are the same", "X_IMAGE and Y_IMAGE");
  }
  const std::vector<std::array<int, 2>> terms = powers(axes, degrees);
  const Shape size{keywords.integer("PSFAXIS2", 1, kLargestSide),
                   keywords.integer("PSFAXIS1", 1, kLargestSide)};
  const int n_terms = keywords.integer_or("PSFAXIS3", 1, 1, kLargestSide);
  if (static_cast<std::size_t>(n_terms) != terms.size()) {
    keywords.fail("PSFAXIS3", "not the number of the polynomial's terms", fmt::format("{}", terms.size()));
  }
  const std::vector<double> mask = reader.read_first_row(table, kColumn);
  if (mask.size() != terms.size() * size.size()) {
    throw InputError({path, kColumn, fmt::format("{} numbers", mask.size()),
                      "not of the size that the header tells",
                      fmt::format("{} x {} x {}", size.nx, size.ny, n_terms)});
  }

  PsfPolynomial polynomial;
  for (const Axis& axis : axes) {
    if (axis.is_x) {
      polynomial.x_zero = placement.inner_x(axis.zero);
      polynomial.x_scale = axis.scale;
    } else {
      polynomial.y_zero = placement.inner_y(axis.zero);
      polynomial.y_scale = axis.scale;
    }
  }
  const bool x_first = axes.empty() || axes[0].is_x;
  for (std::size_t k = 0; k < terms.size(); ++k) {
    PsfTerm& term = polynomial.terms.emplace_back();
    term.power_x = terms[k][x_first ? 0 : 1];
    term.power_y = terms[k][x_first ? 1 : 0];
    term.coefficient = Image(size);
    std::copy_n(mask.begin() + static_cast<std::ptrdiff_t>(k * size.size()), size.size(),
                term.coefficient.data());
  }
  PsfOptions options;
  options.oversample = 1.0 / keywords.positive("PSF_SAMP");
  options.pixel_in_psf = PixelInPsf::kData;
  try {
    return {std::move(polynomial), options};
  } catch (const InputError& error) {
    InputProblem problem = error.problem();
    problem.source = path;
    throw InputError(std::move(problem));
  }
}

}  // namespace gaxel::io
