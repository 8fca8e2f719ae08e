#include "gaxel/fit.hpp"

#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <exception>
#include <tuple>

#include "bindings.hpp"
#include "gaxel/error.hpp"

namespace gaxel::python {
namespace {

using InputMask = nb::ndarray<const std::uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
/// value (NaN: estimate it), free, min, max.
using ParameterTuple = std::tuple<double, bool, double, double>;
/// kind, name, flux_is_magnitude, parameters in the kind's order, number of the PSF, truncations inside, and
/// outside, image.
using SceneTuple = std::tuple<std::string, std::string, bool, std::vector<ParameterTuple>, int,
                              std::vector<std::size_t>, std::vector<std::size_t>, SharedImage>;

Scene to_scene(const std::vector<SceneTuple>& list) {
  Scene scene;
  for (const auto& [kind, name, flux_is_magnitude, parameters, psf, inner, outer, image] : list) {
    SceneComponent& component = scene.components.emplace_back();
    component.kind = &component_kind(kind);
    component.name = name;
    component.flux_is_magnitude = flux_is_magnitude;
    component.psf = psf;
    component.inner = inner;
    component.outer = outer;
    component.image = image.value_or(nullptr);
    for (const auto& [value, free, min, max] : parameters)
      component.parameters.push_back({value, free, min, max});
  }
  return scene;
}

/// Tells Python of each iteration. What Python raises there, Ctrl-C included, stops the fit and is raised
/// after it.
class PythonProgress {
 public:
  explicit PythonProgress(nb::object callback) : callback_(std::move(callback)) {}

  bool operator()(const FitProgress& progress) {
    const nb::gil_scoped_acquire locked;
    try {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (callback_.is_none()) return true;
      // A copy: Python may keep it, and `progress` lives only as long as this call.
      const nb::object copy = nb::cast(progress, nb::rv_policy::copy);
      return !callback_(copy).is(nb::bool_(false));
    } catch (...) {
      raised_ = std::current_exception();
      return false;
    }
  }

  void rethrow() const {
    if (raised_) std::rethrow_exception(raised_);
  }

 private:
  nb::object callback_;
  std::exception_ptr raised_;
};

FitResult run_fit(const InputImage& data, const InputImage& sigma, const InputMask& used,
                  const std::vector<Psf>& psfs, const VaryingPsf* varying_psf,
                  const std::vector<SceneTuple>& list, const FitOptions& options, nb::object callback) {
  Observation observation{to_image(data), to_image(sigma), {used.data(), used.data() + used.size()}, psfs};
  if (varying_psf != nullptr) observation.varying_psf.emplace(*varying_psf);
  Scene scene = to_scene(list);
  PythonProgress progress(std::move(callback));
  FitResult result;
  {
    const nb::gil_scoped_release unlocked;
    result = fit(observation, std::move(scene), options, std::ref(progress));
  }
  progress.rethrow();
  return result;
}

const char* to_text(ParameterFlag flag) {
  switch (flag) {
    case ParameterFlag::kNone:
      break;
    case ParameterFlag::kAtBound:
      return "at_bound";
    case ParameterFlag::kDegenerate:
      return "degenerate";
  }
  return "";
}

std::vector<std::vector<double>> values(const FitResult& result) {
  std::vector<std::vector<double>> all;
  for (const Component& component : result.scene.render_list()) all.push_back(component.values);
  return all;
}

std::vector<std::vector<std::string>> flags(const FitResult& result) {
  std::vector<std::vector<std::string>> all;
  for (const auto& component : result.flags) {
    std::vector<std::string>& texts = all.emplace_back();
    for (ParameterFlag flag : component) texts.emplace_back(to_text(flag));
  }
  return all;
}

}  // namespace

void bind_fit(nb::module_& module) {
  nb::class_<FitProgress>(module, "FitProgress", "Where a fit stands after an iteration.")
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
  nb::class_<FitResult>(module, "FitResult", "The core's result of a fit, in its units; see gaxel.FitResult.")
      .def_prop_ro("values", &values, "[component][parameter]")
      .def_ro("errors", &FitResult::errors, "[component][parameter]; NaN where fixed or degenerate.")
      .def_prop_ro("flags", &flags, "[component][parameter]: '', 'at_bound' or 'degenerate'.")
      .def_ro("covariance", &FitResult::covariance, "(n_free, n_free), flat.")
      .def_ro("chi2", &FitResult::chi2)
      .def_ro("penalty", &FitResult::penalty)
      .def_ro("chi2_start", &FitResult::chi2_start)
      .def_ro("n_pixels", &FitResult::n_pixels)
      .def_ro("dof", &FitResult::dof)
      .def_ro("iterations", &FitResult::iterations)
      .def_ro("evaluations", &FitResult::evaluations)
      .def_ro("seconds", &FitResult::seconds)
      .def_prop_ro("stop_reason", [](const FitResult& result) { return to_text(result.stop_reason); })
      .def_ro("message", &FitResult::message)
      .def_prop_ro(
          "model",
          [](nb::handle_t<FitResult> self) { return to_numpy(nb::cast<FitResult&>(self).model, self); })
      .def_ro("certificate", &FitResult::certificate);
  module.def(
      "fit",
      [](const InputImage& data, const InputImage& sigma, const InputMask& used, const std::vector<Psf>& psfs,
         const VaryingPsf* varying_psf, const std::vector<SceneTuple>& scene, double rtol, double atol,
         double noise_share, int max_iterations, double ftol, int threads, nb::object progress) {
        return run_fit(data, sigma, used, psfs, varying_psf, scene,
                       {{rtol, atol}, noise_share, max_iterations, ftol, threads}, std::move(progress));
      },
      nb::arg("data"), nb::arg("sigma"), nb::arg("used"), nb::arg("psfs"), nb::arg("varying_psf").none(),
      nb::arg("scene"), nb::arg("rtol"), nb::arg("atol"), nb::arg("noise_share"), nb::arg("max_iterations"),
      nb::arg("ftol"), nb::arg("threads"), nb::arg("progress").none(),
      "`scene`: (kind, name, flux_is_magnitude, [(value, free, min, max), ...], number of the PSF) each; NaN "
      "values are "
      "estimated.");
}

}  // namespace gaxel::python
