#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "base/parallel.hpp"
#include "fit/refit.hpp"
#include "fit/shared_work.hpp"
#include "gaxel/error.hpp"
#include "gaxel/uncertainty.hpp"

namespace gaxel {
namespace {

using Generator = std::mt19937_64;

/// Of blocks along an image's smaller side: with fewer, images made anew are alike, and errors too small.
constexpr int kLeastBlocks = 4;

/// Residuals of a band that blocks are taken from: in units of sigma, of mean 0, as wide as the noise that
/// the fit has flattened a little.
Image residuals(const Observation& observation, const BandFit& fit, double widening) {
  Image result(observation.data.shape());
  double sum = 0.0;
  std::size_t n = 0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (observation.used[i] == 0) continue;
    result.data()[i] = (observation.data.data()[i] - fit.model.data()[i]) / observation.sigma.data()[i];
    sum += result.data()[i];
    ++n;
  }
  const double mean = n > 0 ? sum / static_cast<double>(n) : 0.0;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (observation.used[i] != 0) result.data()[i] = widening * (result.data()[i] - mean);
  }
  return result;
}

/// Of one image; for blocks also what they are drawn from.
struct NoiseSource {
  const Observation* observation;
  const Image* model;
  Image residual;                   // empty: noise is as the likelihood has it
  std::vector<std::size_t> usable;  // pixels that have a residual
};

/// As the likelihood has it about the model, which `data` holds.
void add_noise(const NoiseSource& source, const LikelihoodOptions& likelihood, Generator& generator,
               Image& data) {
  const Observation& observation = *source.observation;
  std::normal_distribution<double> normal;
  std::student_t_distribution<double> student(likelihood.student_dof);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (observation.used[i] == 0) continue;
    double& pixel = data.data()[i];
    if (needs_counts(likelihood.kind)) {
      const CountNoise& counts = *observation.counts;
      const double photons = std::max(0.0, counts.gain * (pixel + counts.sky));
      const auto seen = photons > 0.0
                            ? static_cast<double>(std::poisson_distribution<std::int64_t>(photons)(generator))
                            : 0.0;
      pixel = (seen + counts.read_noise * normal(generator)) / counts.gain - counts.sky;
    } else {
      pixel += observation.sigma.data()[i] *
               (likelihood.kind == Likelihood::kStudentT ? student(generator) : normal(generator));
    }
  }
}

/// Blocks that leave the image go on at its other side; what is masked where they come from is replaced by
/// any other residual.
void add_blocks(const NoiseSource& source, int side, Generator& generator, Image& data) {
  const int ny = data.ny();
  const int nx = data.nx();
  std::uniform_int_distribution<int> any_row(0, ny - 1);
  std::uniform_int_distribution<int> any_column(0, nx - 1);
  std::uniform_int_distribution<std::size_t> any_pixel(0, source.usable.size() - 1);
  for (int top = 0; top < ny; top += side) {
    for (int left = 0; left < nx; left += side) {
      const int from_row = any_row(generator);
      const int from_column = any_column(generator);
      for (int row = top; row < std::min(ny, top + side); ++row) {
        for (int column = left; column < std::min(nx, left + side); ++column) {
          const auto at =
              static_cast<std::size_t>(row) * static_cast<std::size_t>(nx) + static_cast<std::size_t>(column);
          if (source.observation->used[at] == 0) continue;
          auto from = static_cast<std::size_t>((from_row + row - top) % ny) * static_cast<std::size_t>(nx) +
                      static_cast<std::size_t>((from_column + column - left) % nx);
          if (source.observation->used[from] == 0) from = source.usable[any_pixel(generator)];
          data.data()[at] += source.observation->sigma.data()[at] * source.residual.data()[from];
        }
      }
    }
  }
}

NoiseSource source_of(const Band& band, const FitResult& result, std::size_t b, bool blocks) {
  NoiseSource source{band.observation, &result.bands[b].model, {}, {}};
  if (!blocks) return source;
  const double n = static_cast<double>(result.n_pixels);
  const double widening = result.dof > 0 ? std::sqrt(n / static_cast<double>(result.dof)) : 1.0;
  source.residual = residuals(*band.observation, result.bands[b], widening);
  for (std::size_t i = 0; i < band.observation->used.size(); ++i) {
    if (band.observation->used[i] != 0) source.usable.push_back(i);
  }
  return source;
}

/// Priors are data, too: their means scatter as they say.
void draw_priors(Scene& scene, Generator& generator) {
  std::normal_distribution<double> normal;
  for (SceneComponent& component : scene.components) {
    for (Parameter& parameter : component.parameters) {
      if (parameter.prior) parameter.prior->mean += parameter.prior->sigma * normal(generator);
    }
  }
}

/// The free values of a fit to one image made anew; nothing where it did not converge.
std::optional<std::vector<double>> one_sample(std::span<const Band> bands, const FitResult& result,
                                              std::span<const NoiseSource> sources, const FitOptions& options,
                                              int block, Generator& generator, SharedWork& work) {
  std::vector<Observation> observations;
  for (const NoiseSource& source : sources) {
    Observation& own = observations.emplace_back(*source.observation);
    for (std::size_t i = 0; i < own.data.size(); ++i) {
      if (own.used[i] != 0) own.data.data()[i] = source.model->data()[i];
    }
    if (source.usable.empty()) {
      add_noise(source, options.likelihood, generator, own.data);
    } else {
      add_blocks(source, block, generator, own.data);
    }
  }
  std::vector<Band> made(bands.begin(), bands.end());
  for (std::size_t b = 0; b < made.size(); ++b) made[b].observation = &observations[b];
  Scene scene = result.scene;
  draw_priors(scene, generator);
  FitResult found;
  try {
    found = fit(made, std::move(scene), options, [&work](const FitProgress&) {
      work.tell();
      return !work.stopped();
    });
  } catch (const FitError&) {
    return std::nullopt;
  }
  if (found.stop_reason != StopReason::kConverged && found.stop_reason != StopReason::kNoProgress)
    return std::nullopt;
  std::vector<double> values;
  for (std::size_t i = 0; i < found.free_values.size(); ++i) {
    const FreeValue& own = found.free_values[i];
    values.push_back(nearest_turn(result.scene, own, own.value, result.free_values[i].value));
  }
  return values;
}

void check(std::span<const Band> bands, const BootstrapOptions& how) {
  if (how.samples < 2)
    throw InputError({"bootstrap", "samples", fmt::format("{}", how.samples), "too few", "at least 2"});
  int largest = std::numeric_limits<int>::max();
  for (const Band& band : bands) {
    const Shape shape = band.observation->data.shape();
    largest = std::min(largest, std::max(1, std::min(shape.ny, shape.nx) / kLeastBlocks));
  }
  if (how.block >= 0 && how.block <= largest) return;
  throw InputError(
      {"bootstrap", "block", fmt::format("{}", how.block),
       how.block < 0 ? "no side of a block" : "so few blocks hold no sample of the noise",
       fmt::format("0 for normal noise, or 1 to {} pixels, a quarter of the smallest image's smaller side",
                   largest)});
}

}  // namespace

ParameterSamples bootstrap(std::span<const Band> bands, const FitResult& result, const FitOptions& options,
                           const BootstrapOptions& how, const WorkCallback& progress) {
  check(bands, how);
  std::vector<NoiseSource> sources;
  for (std::size_t b = 0; b < bands.size(); ++b)
    sources.push_back(source_of(bands[b], result, b, how.block > 0));
  const FitOptions refits = refit_options(options);
  SharedWork work(progress, static_cast<std::size_t>(how.samples));
  std::vector<std::optional<std::vector<double>>> found(static_cast<std::size_t>(how.samples));
  std::vector<char> tried(found.size(), 0);
  parallel_for(how.samples, options.threads, [&](int k) {
    if (work.stopped()) return;
    const auto place = static_cast<std::size_t>(k);
    std::seed_seq seeds{static_cast<std::uint32_t>(how.seed), static_cast<std::uint32_t>(how.seed >> 32U),
                        static_cast<std::uint32_t>(k)};
    Generator generator(seeds);
    found[place] = one_sample(bands, result, sources, refits, how.block, generator, work);
    tried[place] = work.stopped() ? 0 : 1;
    work.finish_one();
  });
  ParameterSamples samples;
  samples.method = how.block > 0 ? "blocks" : "parametric";
  samples.seed = how.seed;
  for (std::size_t k = 0; k < found.size(); ++k) {
    if (found[k]) {
      samples.values.insert(samples.values.end(), found[k]->begin(), found[k]->end());
      ++samples.n;
    } else if (tried[k] != 0) {
      ++samples.n_failed;
    }
  }
  return samples;
}

double ParameterSamples::quantile(std::size_t parameter, double share) const {
  if (n == 0) return std::numeric_limits<double>::quiet_NaN();
  const std::size_t width = values.size() / n;
  std::vector<double> column;
  for (std::size_t i = 0; i < n; ++i) column.push_back(values[i * width + parameter]);
  std::ranges::sort(column);
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(n - 1);
  const auto below = static_cast<std::size_t>(at);
  const double part = at - static_cast<double>(below);
  return below + 1 < n ? column[below] * (1.0 - part) + column[below + 1] * part : column[below];
}

std::vector<double> ParameterSamples::covariance() const {
  const auto width = n > 0 ? values.size() / n : 0;
  std::vector<double> result(width * width, std::numeric_limits<double>::quiet_NaN());
  if (n < 2) return result;
  std::vector<double> mean(width, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) mean[i % width] += values[i] / static_cast<double>(n);
  for (std::size_t a = 0; a < width; ++a) {
    for (std::size_t b = 0; b < width; ++b) {
      double sum = 0.0;
      for (std::size_t i = 0; i < n; ++i)
        sum += (values[i * width + a] - mean[a]) * (values[i * width + b] - mean[b]);
      result[a * width + b] = sum / static_cast<double>(n - 1);
    }
  }
  return result;
}

}  // namespace gaxel
