#include "gaxel/fit.hpp"

#include <fmt/format.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "bindings.hpp"
#include "fit_objects.hpp"
#include "gaxel/error.hpp"
#include "gaxel/ladder.hpp"
#include "interrupt.hpp"

namespace gaxel::python {
namespace {

using InputMask = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
/// Number of the PSF, truncations inside and outside, image.
using Relations = std::tuple<int, std::vector<std::size_t>, std::vector<std::size_t>, SharedImage>;
/// kind, name, flux_is_magnitude, parameters in the kind's order, and the rest.
using SceneTuple = std::tuple<std::string, std::string, bool, std::vector<Parameter>, Relations>;

Scene to_scene(const std::vector<SceneTuple>& list) {
  Scene scene;
  for (const auto& [kind, name, flux_is_magnitude, parameters, relations] : list) {
    SceneComponent& component = scene.components.emplace_back();
    component.kind = &component_kind(kind);
    component.name = name;
    component.flux_is_magnitude = flux_is_magnitude;
    component.parameters = parameters;
    SharedImage image;
    std::tie(component.psf, component.inner, component.outer, image) = relations;
    component.image = image.value_or(nullptr);
  }
  return scene;
}

Basis to_basis(const std::string& text) {
  for (const Basis basis : {Basis::kConstant, Basis::kBands, Basis::kChebyshev, Basis::kBSpline}) {
    if (to_text(basis) == text) return basis;
  }
  throw InputError({"fit", "basis", text, "no basis", "constant, bands, chebyshev, bspline"});
}

/// [xx, xy, x0, yx, yy, y0]
PixelMap to_map(const std::array<double, 6>& rows) {
  return {rows[0], rows[1], rows[3], rows[4], rows[2], rows[5]};
}

OwnedFit with_options(FitResult result, const FitOptions& options) {
  OwnedFit owned;
  static_cast<FitResult&>(owned) = std::move(result);
  owned.options = options;
  return owned;
}

/// Calls search(bands, scene, progress) without Python's lock.
template <class Search>
auto run_search(const std::vector<const OwnedBand*>& owned, const std::vector<SceneTuple>& list,
                nb::object callback, Search search) {
  const std::vector<Band> bands = views_of(owned);
  Scene scene = to_scene(list);
  PythonProgress progress(std::move(callback));
  auto result = interruptible([&] { return search(bands, std::move(scene), std::ref(progress)); });
  progress.rethrow();
  return result;
}

std::vector<std::vector<double>> values(const BandFit& band) {
  std::vector<std::vector<double>> all;
  for (const Component& component : band.components) all.push_back(component.values);
  return all;
}

/// component, parameter, coefficient, value, error, flag
using FreeTuple = std::tuple<std::size_t, std::size_t, std::size_t, double, double, std::string>;
std::vector<FreeTuple> free_values(const FitResult& result) {
  std::vector<FreeTuple> all;
  for (const FreeValue& v : result.free_values)
    all.emplace_back(v.component, v.parameter, v.coefficient, v.value, v.error,
                     v.flag == ParameterFlag::kNone ? "" : std::string(to_text(v.flag)));
  return all;
}

void bind_input(nb::module_& module) {
  nb::class_<Parameter>(module, "FitParameter", "A parameter as the core takes it, in its units.")
      .def(
          "__init__",
          [](Parameter* self, double value, bool free, double min, double max) {
            new (self) Parameter{value, free, min, max};
          },
          nb::arg("value"), nb::arg("free"), nb::arg("min"), nb::arg("max"), "NaN: to be estimated.")
      .def(
          "vary",
          [](Parameter& self, const std::string& basis, std::vector<double> coefficients,
             std::vector<std::uint8_t> free) {
            self.basis = to_basis(basis);
            self.free = std::ranges::any_of(free, [](auto mark) { return mark != 0; });
            self.coefficients = std::move(coefficients);
            self.free_coefficients = std::move(free);
          },
          nb::arg("basis"), nb::arg("coefficients"), nb::arg("free"))
      .def_rw("coefficient_min", &Parameter::coefficient_min)
      .def_rw("coefficient_max", &Parameter::coefficient_max)
      .def(
          "tie",
          [](Parameter& self, std::string expression,
             const std::vector<std::tuple<std::string, std::size_t, std::size_t>>& terms, std::string text) {
            self.free = false;
            self.tie = Tie{std::move(expression), {}, std::move(text)};
            for (const auto& [name, component, parameter] : terms)
              self.tie->terms.push_back({name, component, parameter});
          },
          nb::arg("expression"), nb::arg("terms"), nb::arg("text"),
          "terms: (name, component, parameter) each; text: the expression as the user wrote it.")
      .def(
          "limit",
          [](Parameter& self, std::size_t component, std::size_t parameter, bool is_ratio, double min,
             double max) { self.limit = Limit{component, parameter, is_ratio, min, max}; },
          nb::arg("component"), nb::arg("parameter"), nb::arg("is_ratio"), nb::arg("min"), nb::arg("max"))
      .def(
          "expect",
          [](Parameter& self, double mean, double sigma, bool logarithm) {
            self.prior = Prior{mean, sigma, logarithm};
          },
          nb::arg("mean"), nb::arg("sigma"), nb::arg("logarithm"));
  nb::class_<OwnedBand>(module, "Band", "A band as the core takes it.")
      .def(
          "__init__",
          [](OwnedBand* self, std::string name, double wavelength, double zeropoint,
             const std::array<double, 6>& pixels, const InputImage& data, const InputImage& sigma,
             const InputMask& used, const std::vector<Psf>& psfs, const VaryingPsf* varying_psf,
             const std::optional<std::array<double, 3>>& counts) {
            new (self)
                OwnedBand{{std::move(name), {wavelength, zeropoint, to_map(pixels)}},
                          {to_image(data), to_image(sigma), {used.data(), used.data() + used.size()}, psfs}};
            if (varying_psf != nullptr) self->observation.varying_psf.emplace(*varying_psf);
            if (counts) self->observation.counts = CountNoise{(*counts)[0], (*counts)[1], (*counts)[2]};
          },
          nb::arg("name"), nb::arg("wavelength"), nb::arg("zeropoint"), nb::arg("pixels"), nb::arg("data"),
          nb::arg("sigma"), nb::arg("used"), nb::arg("psfs"), nb::arg("varying_psf").none(),
          nb::arg("counts").none(), "counts: (gain, read_noise, sky).");
  module.def(
      "basis_functions",
      [](std::vector<double> wavelengths, const std::string& basis, int n, double wavelength) {
        return Wavelengths::functions(to_basis(basis), n,
                                      Wavelengths(std::move(wavelengths)).scaled(wavelength));
      },
      nb::arg("wavelengths"), nb::arg("basis"), nb::arg("n"), nb::arg("wavelength"));
  module.def(
      "series_through",
      [](std::vector<double> wavelengths, const std::vector<double>& values, const std::string& basis,
         int n) { return Wavelengths(std::move(wavelengths)).series_through(values, to_basis(basis), n); },
      nb::arg("wavelengths"), nb::arg("values"), nb::arg("basis"), nb::arg("n"));
}

}  // namespace

void bind_fit(nb::module_& module) {
  nb::class_<FitProgress>(module, "FitProgress", "Where a fit stands after an iteration.")
      .def_ro("start", &FitProgress::start, "Which of the starts, from 1.")
      .def_ro("iteration", &FitProgress::iteration)
      .def_ro("chi2", &FitProgress::chi2)
      .def_ro("chi2_change", &FitProgress::chi2_change, "Of the last step, positive when chi2 fell.")
      .def_ro("step", &FitProgress::step, "Norm of the last step in the optimiser's scaled coordinates.")
      .def_ro("seconds", &FitProgress::seconds)
      .def("__repr__", [](const FitProgress& p) {
        return fmt::format(
            "FitProgress(iteration={}, chi2={:.8g}, chi2_change={:.3g}, step={:.3g}, seconds={:.3g})",
            p.iteration, p.chi2, p.chi2_change, p.step, p.seconds);
      });
  bind_input(module);
  nb::class_<NoiseCorrelation>(module, "NoiseCorrelation", "The core's noise of a band.")
      .def_prop_ro(
          "rho",
          [](const NoiseCorrelation& noise) { return std::vector(noise.rho.begin(), noise.rho.end()); })
      .def_ro("mean_square", &NoiseCorrelation::mean_square)
      .def_prop_ro("error_factor", &NoiseCorrelation::error_factor)
      .def_ro("n_pixels", &NoiseCorrelation::n_pixels);
  nb::class_<RobustCovariance>(module, "RobustCovariance", "The core's covariances that do not trust sigma.")
      .def_ro("sandwich", &RobustCovariance::sandwich, "(n_free, n_free), flat.")
      .def_ro("correlated", &RobustCovariance::correlated, "(n_free, n_free), flat.")
      .def_ro("noise", &RobustCovariance::noise, "Of each band.");
  nb::class_<BandFit>(module, "BandFit", "The core's result in one band, in its units and pixels.")
      .def_prop_ro("values", &values, "[component][parameter]")
      .def_ro("errors", &BandFit::errors, "[component][parameter]; NaN where not known.")
      .def_ro("chi2", &BandFit::chi2)
      .def_ro("n_pixels", &BandFit::n_pixels)
      .def_prop_ro("model",
                   [](nb::handle_t<BandFit> self) { return to_numpy(nb::cast<BandFit&>(self).model, self); })
      .def_ro("certificate", &BandFit::certificate);
  nb::class_<FitResult>(module, "FitResult", "The core's result of a fit, in its units; see gaxel.FitResult.")
      .def_ro("bands", &FitResult::bands, nb::rv_policy::reference_internal)
      .def_prop_ro("free_values", &free_values,
                   "(component, parameter, coefficient, value, error, flag) each.")
      .def_ro("covariance", &FitResult::covariance, "(n_free, n_free), flat.")
      .def_ro("robust", &FitResult::robust, nb::rv_policy::reference_internal)
      .def_prop_ro("likelihood", [](const FitResult& result) { return gaxel::to_text(result.likelihood); })
      .def_ro("statistic", &FitResult::statistic)
      .def_ro("chi2", &FitResult::chi2)
      .def_ro("penalty", &FitResult::penalty)
      .def_ro("chi2_start", &FitResult::chi2_start)
      .def_ro("n_pixels", &FitResult::n_pixels)
      .def_ro("dof", &FitResult::dof)
      .def_ro("aic", &FitResult::aic)
      .def_ro("bic", &FitResult::bic)
      .def_ro("starts", &FitResult::starts)
      .def_ro("agreed", &FitResult::agreed)
      .def_ro("iterations", &FitResult::iterations)
      .def_ro("evaluations", &FitResult::evaluations)
      .def_ro("seconds", &FitResult::seconds)
      .def_prop_ro("stop_reason", [](const FitResult& result) { return to_text(result.stop_reason); })
      .def_ro("message", &FitResult::message)
      .def(
          "series",
          [](const FitResult& result, std::size_t component, std::size_t parameter) {
            const Parameter& own = result.scene.components.at(component).parameters.at(parameter);
            const bool constant = own.basis == Basis::kConstant;
            return std::pair(std::string(to_text(own.basis)),
                             constant ? std::vector{own.value} : own.coefficients);
          },
          nb::arg("component"), nb::arg("parameter"), "Basis and coefficients.");
  nb::class_<FitOptions>(module, "FitOptions", "How the core fits.")
      .def(
          "__init__",
          [](FitOptions* self, double rtol, double atol, double noise_share, int max_iterations, double ftol,
             int threads, bool robust, double max_seconds, int starts, std::uint64_t seed,
             const std::string& likelihood, double student_dof, double huber_threshold) {
            new (self) FitOptions{
                .tolerance = {rtol, atol},
                .noise_share = noise_share,
                .max_iterations = max_iterations,
                .max_seconds = max_seconds,
                .ftol = ftol,
                .threads = threads,
                .starts = starts,
                .seed = seed,
                .robust = robust,
                .likelihood = {LikelihoodOptions::named(likelihood, "fit"), student_dof, huber_threshold}};
          },
          nb::arg("rtol"), nb::arg("atol"), nb::arg("noise_share"), nb::arg("max_iterations"),
          nb::arg("ftol"), nb::arg("threads"), nb::arg("robust"), nb::arg("max_seconds"), nb::arg("starts"),
          nb::arg("seed"), nb::arg("likelihood"), nb::arg("student_dof"), nb::arg("huber_threshold"));
  nb::class_<OwnedFit, FitResult>(module, "OwnedFit", "The core's result with the options it was made with.");
  module.def(
      "fit",
      [](const std::vector<const OwnedBand*>& bands, const std::vector<SceneTuple>& scene,
         const FitOptions& options, nb::object callback) {
        return run_search(bands, scene, std::move(callback),
                          [&](std::span<const Band> own, Scene start, const ProgressCallback& progress) {
                            return with_options(fit(own, std::move(start), options, progress), options);
                          });
      },
      nb::arg("bands"), nb::arg("scene"), nb::arg("options"), nb::arg("progress").none(),
      "`scene`: (kind, name, flux_is_magnitude, [FitParameter, ...], (number of the PSF, [truncation inside, "
      "...], "
      "[truncation outside, ...])) each; NaN values are estimated.");
  module.def(
      "fit_ladder",
      [](const std::vector<const OwnedBand*>& bands, const std::vector<SceneTuple>& scene,
         std::size_t component, const FitOptions& options, nb::object callback) {
        const Ladder ladder =
            run_search(bands, scene, std::move(callback),
                       [&](std::span<const Band> own, const Scene& start, const ProgressCallback& progress) {
                         return fit_ladder(own, start, component, options, progress);
                       });
        std::vector<std::tuple<std::string, std::vector<std::string>, OwnedFit>> steps;
        for (const LadderStep& step : ladder.steps) {
          std::vector<std::string> names;
          for (const SceneComponent& own : step.result.scene.components) names.push_back(own.name);
          steps.emplace_back(to_text(step.rung), std::move(names), with_options(step.result, options));
        }
        return steps;
      },
      nb::arg("bands"), nb::arg("scene"), nb::arg("component"), nb::arg("options"),
      nb::arg("progress").none(), "(rung, names of its components, result) each.");
}

}  // namespace gaxel::python
