#include "gaxel/varying_psf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

[[noreturn]] void reject(std::string key, std::string value, std::string what, std::string allowed) {
  throw InputError({"", std::move(key), std::move(value), std::move(what), std::move(allowed)});
}

std::string size_text(Shape shape) {
  return fmt::format("{} x {} pixels", shape.nx, shape.ny);
}

std::string position_text(double x, double y) {
  return fmt::format("({}, {})", x, y);
}

void check_size(const Image& image, Shape first) {
  if (image.shape() == first) return;
  reject("psf", size_text(image.shape()), "the PSF's images differ in size", size_text(first) + " for each");
}

std::vector<double> distinct(const std::vector<PsfAtPosition>& nodes, double PsfAtPosition::* coordinate) {
  std::vector<double> values;
  for (const PsfAtPosition& node : nodes) values.push_back(node.*coordinate);
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  return values;
}

std::size_t index_in(const std::vector<double>& sorted, double value) {
  return static_cast<std::size_t>(std::ranges::lower_bound(sorted, value) - sorted.begin());
}

/// The interval of an axis in which a coordinate lies, and where in it, 0 to 1.
struct Place {
  std::size_t low;
  std::size_t high;
  double fraction;
};

Place place_on(const std::vector<double>& axis, double value) {
  if (value <= axis.front()) return {0, 0, 0.0};
  if (value >= axis.back()) return {axis.size() - 1, axis.size() - 1, 0.0};
  const std::size_t high = index_in(axis, value);  // axis.front() < value < axis.back()
  return {high - 1, high, (value - axis[high - 1]) / (axis[high] - axis[high - 1])};
}

void add(double weight, const Image& image, Image& sum) {
  if (weight == 0.0) return;
  for (std::size_t i = 0; i < sum.size(); ++i) sum.data()[i] += weight * image.data()[i];
}

}  // namespace

VaryingPsf::VaryingPsf(std::vector<PsfAtPosition> grid, PsfOptions options) : options_(options) {
  if (grid.empty()) reject("positions", "none", "the PSF has no images", "at least one with its position");
  for (const PsfAtPosition& node : grid) {
    if (std::isfinite(node.x) && std::isfinite(node.y)) continue;
    reject("positions", position_text(node.x, node.y), "not a position", "finite numbers");
  }
  Lattice lattice{distinct(grid, &PsfAtPosition::x), distinct(grid, &PsfAtPosition::y), {}};
  const std::size_t nx = lattice.x.size();
  const std::size_t n = nx * lattice.y.size();
  if (n < grid.size()) {
    reject("positions",
           fmt::format("{} in all, {} different x and {} different y", grid.size(), nx, lattice.y.size()),
           "a position is given twice", "every x with every y once");
  }
  if (n > grid.size()) {
    reject("positions",
           fmt::format("{} in all, {} different x and {} different y", grid.size(), nx, lattice.y.size()),
           "the positions are no rectangular grid", "every x with every y once");
  }
  lattice.kernels.resize(n);
  for (PsfAtPosition& node : grid) {
    check_size(node.kernel, grid.front().kernel.shape());
    Image& kernel = lattice.kernels[index_in(lattice.y, node.y) * nx + index_in(lattice.x, node.x)];
    if (!kernel.empty()) {
      reject("positions", position_text(node.x, node.y), "a position is given twice",
             "every x with every y once");
    }
    kernel = Psf(node.kernel, options).kernel();
  }
  model_ = std::move(lattice);
}

VaryingPsf::VaryingPsf(PsfPolynomial polynomial, PsfOptions options) : options_(options) {
  if (polynomial.terms.empty()) reject("psf", "", "the polynomial has no terms", "at least a constant one");
  for (const double scale : {polynomial.x_scale, polynomial.y_scale}) {
    if (!(scale > 0.0 && std::isfinite(scale))) {
      reject("psf", fmt::format("{}", scale), "not a scale of positions", "a positive number");
    }
  }
  for (const double zero : {polynomial.x_zero, polynomial.y_zero}) {
    if (!std::isfinite(zero))
      reject("psf", fmt::format("{}", zero), "not a zero of positions", "a finite number");
  }
  for (const PsfTerm& term : polynomial.terms) {
    if (term.power_x < 0 || term.power_y < 0) {
      reject("psf", fmt::format("x^{} y^{}", term.power_x, term.power_y), "not a term of a polynomial",
             "powers of 0 and more");
    }
    if (term.coefficient.empty()) reject("psf", "", "the PSF has no pixels", "at least 1 along each axis");
    check_size(term.coefficient, polynomial.terms.front().coefficient.shape());
    if (!std::ranges::all_of(term.coefficient.pixels(), [](double value) { return std::isfinite(value); })) {
      reject("psf", fmt::format("x^{} y^{}", term.power_x, term.power_y), "a coefficient is not finite",
             "finite pixels");
    }
  }
  model_ = std::move(polynomial);
}

Image VaryingPsf::image(double x, double y) const {
  if (const auto* lattice = std::get_if<Lattice>(&model_)) {
    const Place column = place_on(lattice->x, x);
    const Place row = place_on(lattice->y, y);
    const auto kernel = [&](std::size_t j, std::size_t i) -> const Image& {
      return lattice->kernels[j * lattice->x.size() + i];
    };
    Image sum(kernel(0, 0).shape());
    add((1.0 - row.fraction) * (1.0 - column.fraction), kernel(row.low, column.low), sum);
    add((1.0 - row.fraction) * column.fraction, kernel(row.low, column.high), sum);
    add(row.fraction * (1.0 - column.fraction), kernel(row.high, column.low), sum);
    add(row.fraction * column.fraction, kernel(row.high, column.high), sum);
    return sum;
  }
  const auto& polynomial = std::get<PsfPolynomial>(model_);
  const double scaled_x = (x - polynomial.x_zero) / polynomial.x_scale;
  const double scaled_y = (y - polynomial.y_zero) / polynomial.y_scale;
  Image sum(polynomial.terms.front().coefficient.shape());
  for (const PsfTerm& term : polynomial.terms) {
    add(std::pow(scaled_x, term.power_x) * std::pow(scaled_y, term.power_y), term.coefficient, sum);
  }
  return sum;
}

Shape VaryingPsf::shape() const {
  const auto* lattice = std::get_if<Lattice>(&model_);
  return lattice != nullptr ? lattice->kernels.front().shape()
                            : std::get<PsfPolynomial>(model_).terms.front().coefficient.shape();
}

Psf VaryingPsf::at(double x, double y) const {
  try {
    return Psf(image(x, y), options_);
  } catch (const InputError& error) {
    InputProblem problem = error.problem();
    problem.what = fmt::format("at the position {}: {}", position_text(x, y), problem.what);
    throw InputError(std::move(problem));
  }
}

}  // namespace gaxel
