#include "fit/fit_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>

#include "fit/loss.hpp"
#include "gaxel/error.hpp"

namespace gaxel {

namespace {

std::string shape_text(Shape shape) {
  return fmt::format("{} x {} pixels", shape.nx, shape.ny);
}

void check_observation(const Observation& observation, const std::string& where) {
  const Shape shape = observation.data.shape();
  if (shape.empty()) throw InputError({where, "data", shape_text(shape), "the image has no pixels", ""});
  if (observation.sigma.shape() != shape) {
    throw InputError({where, "sigma", shape_text(observation.sigma.shape()), "not of the data's shape",
                      shape_text(shape)});
  }
  if (observation.used.size() != shape.size()) {
    throw InputError({where, "used", fmt::format("{} pixels", observation.used.size()),
                      "not of the data's shape", fmt::format("{} pixels", shape.size())});
  }
  for (std::size_t i = 0; i < observation.used.size(); ++i) {
    if (observation.used[i] == 0) continue;
    const std::size_t row = i / static_cast<std::size_t>(shape.nx);
    const std::size_t column = i % static_cast<std::size_t>(shape.nx);
    const double data = observation.data.data()[i];
    const double sigma = observation.sigma.data()[i];
    if (!std::isfinite(data)) {
      throw InputError({where, fmt::format("data({}, {})", row, column), fmt::format("{}", data),
                        "a pixel that is not masked has no finite value", "mask it"});
    }
    if (!(sigma > 0.0 && std::isfinite(sigma))) {
      throw InputError({where, fmt::format("sigma({}, {})", row, column), fmt::format("{}", sigma),
                        "a pixel that is not masked has no positive error", "mask it"});
    }
  }
}

void check_counts(std::span<const Band> bands, const Scene& scene) {
  const int n_free = scene.n_free();
  std::ptrdiff_t n_used = 0;
  for (const Band& band : bands)
    n_used += std::ranges::count_if(band.observation->used, [](auto mark) { return mark != 0; });
  if (n_used == 0) {
    throw InputError({"fit", "used", "0 pixels", "every pixel is masked", "at least one pixel to fit"});
  }
  if (n_free == 0) {
    throw InputError(
        {"fit", "free", "0", "no parameter is free", "at least one; to see the model, render it"});
  }
  if (n_free > n_used) {
    throw FitError(fmt::format("{} free parameters cannot be found from {} pixels", n_free, n_used));
  }
}

}  // namespace

void check_fit_input(std::span<const Band> bands, const Scene& scene, const LikelihoodOptions& likelihood) {
  std::set<std::string> names;
  for (const Band& band : bands) {
    if (!names.insert(band.name).second) {
      throw InputError({"fit", "name", band.name, "two bands have the same name", "names must be unique"});
    }
    const std::string where = bands.size() == 1 ? "fit" : "fit: " + band.name;
    check_observation(*band.observation, where);
    check_counts(likelihood, *band.observation, where);
  }
  check_counts(bands, scene);
}

std::vector<BandFrame> frames_of(std::span<const Band> bands) {
  std::vector<BandFrame> frames;
  for (const Band& band : bands) frames.push_back(band.frame);
  return frames;
}

}  // namespace gaxel
