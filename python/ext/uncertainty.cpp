#include "gaxel/uncertainty.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <functional>
#include <tuple>

#include "base/parallel.hpp"
#include "bindings.hpp"
#include "fit_objects.hpp"
#include "gaxel/derived.hpp"
#include "gaxel/error.hpp"
#include "interrupt.hpp"

namespace gaxel::python {
namespace {

using Bands = std::vector<const OwnedBand*>;
using InputMatrix = nb::ndarray<const double, nb::ndim<2>, nb::c_contig, nb::device::cpu>;

/// component, band, minus (None: none), key, unit, value, error, sandwich, correlated, gradient
using DerivedTuple =
    std::tuple<std::optional<std::size_t>, std::size_t, std::optional<std::size_t>, std::string, std::string,
               double, double, double, double, std::vector<double>>;

std::vector<DerivedTuple> derived(const OwnedFit& fit, const Bands& bands,
                                  const std::vector<std::optional<double>>& zeropoints,
                                  const std::vector<std::optional<double>>& scales) {
  std::vector<DerivedFrame> frames;
  for (std::size_t b = 0; b < bands.size(); ++b)
    frames.push_back({bands[b]->band.frame, zeropoints.at(b), scales.at(b)});
  std::vector<DerivedTuple> all;
  for (const DerivedValue& v : derived_values(fit, frames)) {
    all.emplace_back(v.component, v.band, v.minus, v.key, v.unit, v.value, v.error, v.sandwich, v.correlated,
                     v.gradient);
  }
  return all;
}

/// position of the free value, low, high, and how these ends are
using IntervalTuple = std::tuple<std::size_t, double, double, std::string, std::string>;
/// the fit, intervals, number of restarts, gain
using ProfileTuple = std::tuple<OwnedFit, std::vector<IntervalTuple>, int, double>;

ProfileTuple profile(const OwnedFit& fit, const Bands& owned, std::vector<std::size_t> parameters,
                     double level, int max_restarts, int threads, nb::object callback) {
  const std::vector<Band> bands = views_of(owned);
  PythonProgress progress(std::move(callback));
  FitOptions options = fit.options;
  options.threads = threads;
  ProfiledFit found = interruptible([&] {
    return profile_likelihood(bands, fit, options, {std::move(parameters), level, max_restarts},
                              [&progress](double done) { return progress(done); });
  });
  progress.rethrow();
  std::vector<IntervalTuple> intervals;
  for (const ProfileInterval& one : found.result.intervals) {
    intervals.emplace_back(one.free_value, one.low, one.high, to_text(one.low_end), to_text(one.high_end));
  }
  OwnedFit best;
  best.options = fit.options;
  static_cast<FitResult&>(best) = std::move(found.result);
  return {std::move(best), std::move(intervals), found.n_restarts, found.gain};
}

nb::tuple run_bootstrap(const OwnedFit& fit, const Bands& owned, int samples, int block, std::uint64_t seed,
                        int threads, nb::object callback) {
  const std::vector<Band> bands = views_of(owned);
  PythonProgress progress(std::move(callback));
  FitOptions options = fit.options;
  options.threads = threads;
  ParameterSamples found = interruptible([&] {
    return bootstrap(bands, fit, options, {samples, block, seed},
                     [&progress](double done) { return progress(done); });
  });
  progress.rethrow();
  return nb::make_tuple(to_numpy(std::move(found.values)), found.n, found.n_failed);
}

/// With the bands that it looks at.
class OwnedLikelihood {
 public:
  OwnedLikelihood(const OwnedFit& fit, const Bands& owned) : likelihood_(views_of(owned), fit, fit.options) {}

  /// Of each row.
  std::vector<double> values(const InputMatrix& rows, int threads) const {
    const auto n = static_cast<int>(rows.shape(0));
    const std::size_t width = rows.shape(1);
    std::vector<double> found(rows.shape(0));
    interruptible([&] {
      parallel_for(n, threads, [&](int i) {
        const auto row = static_cast<std::size_t>(i);
        found[row] = likelihood_.value({rows.data() + row * width, width});
      });
    });
    return found;
  }

  std::pair<double, std::vector<double>> gradient(const InputVector& values) const {
    std::vector<double> slope(likelihood_.size());
    const double value = interruptible(
        [&] { return likelihood_.value_and_gradient({values.data(), values.shape(0)}, slope); });
    return {value, std::move(slope)};
  }

 private:
  LogLikelihood likelihood_;
};

}  // namespace

void bind_uncertainty(nb::module_& module) {
  module.def("derived_values", &derived, nb::arg("fit"), nb::arg("bands"), nb::arg("zeropoints"),
             nb::arg("pixel_scales"));
  module.def("profile_likelihood", &profile, nb::arg("fit"), nb::arg("bands"), nb::arg("parameters"),
             nb::arg("level"), nb::arg("max_restarts"), nb::arg("threads"), nb::arg("progress").none());
  module.def("bootstrap", &run_bootstrap, nb::arg("fit"), nb::arg("bands"), nb::arg("samples"),
             nb::arg("block"), nb::arg("seed"), nb::arg("threads"), nb::arg("progress").none());
  nb::class_<OwnedLikelihood>(module, "LogLikelihood", "The core's likelihood; see gaxel.LogLikelihood.")
      .def(nb::init<const OwnedFit&, const Bands&>(), nb::arg("fit"), nb::arg("bands"),
           nb::keep_alive<1, 3>())
      .def(
          "values",
          [](const OwnedLikelihood& self, const InputMatrix& rows, int threads) {
            return to_numpy(self.values(rows, threads));
          },
          nb::arg("rows"), nb::arg("threads"))
      .def(
          "gradient",
          [](const OwnedLikelihood& self, const InputVector& values) {
            auto [value, slope] = self.gradient(values);
            return nb::make_tuple(value, to_numpy(std::move(slope)));
          },
          nb::arg("values"));
}

}  // namespace gaxel::python
