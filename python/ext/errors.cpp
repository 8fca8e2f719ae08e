// gaxel's exceptions as Python's: the classes live in gaxel._errors.
#include "gaxel/error.hpp"

#include <nanobind/stl/string.h>

#include <new>

#include "bindings.hpp"

namespace gaxel::python {
namespace {

void raise(const char* name, const char* message) {
  const nb::object type = nb::module_::import_("gaxel._errors").attr(name);
  PyErr_SetString(type.ptr(), message);
}

void translate(const std::exception_ptr& exception, void* /*payload*/) {
  try {
    std::rethrow_exception(exception);
  } catch (const InputError& error) {
    raise("InputError", error.what());
  } catch (const FitError& error) {
    raise("FitError", error.what());
  } catch (const std::bad_alloc&) {
    PyErr_SetString(PyExc_MemoryError, "gaxel: not enough memory for images of this size");
  }
}

}  // namespace

void bind_errors(nb::module_& module) {
  nb::register_exception_translator(translate);
  module.def(
      "problem_text",
      [](std::string source, std::string key, std::string value, std::string what, std::string allowed) {
        return std::string(InputError({std::move(source), std::move(key), std::move(value), std::move(what),
                                       std::move(allowed)})
                               .what());
      },
      nb::arg("source"), nb::arg("key"), nb::arg("value"), nb::arg("what"), nb::arg("allowed"),
      "The message of an InputError, worded as everywhere in gaxel.");
}

}  // namespace gaxel::python
