// What fits and the errors that go on from them are made of.
#pragma once

#include <exception>
#include <utility>
#include <vector>

#include "bindings.hpp"
#include "gaxel/fit.hpp"

namespace gaxel::python {

/// Tells Python how far work is. What Python raises there, Ctrl-C included, stops it and is raised
/// after it.
class PythonProgress {
 public:
  explicit PythonProgress(nb::object callback) : callback_(std::move(callback)) {}

  template <class Progress>
  bool operator()(const Progress& progress) {
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

/// A band with its pixels.
struct OwnedBand {
  Band band;
  Observation observation;
};

/// They must outlive the views.
inline std::vector<Band> views_of(const std::vector<const OwnedBand*>& owned) {
  std::vector<Band> bands;
  for (const OwnedBand* one : owned) {
    bands.push_back(one->band);
    bands.back().observation = &one->observation;
  }
  return bands;
}

/// A fit and the options that it was made with.
struct OwnedFit : FitResult {
  FitOptions options;
};

}  // namespace gaxel::python
