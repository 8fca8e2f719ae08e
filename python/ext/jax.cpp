// Renders as operations of XLA (its foreign function interface): the image, its derivative along directions
// of the parameters, that along two of them, and the transposes of these. Batches are an axis in front.
#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>
#include <xla/ffi/api/ffi.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "bindings.hpp"
#include "gaxel/error.hpp"
#include "gaxel/render.hpp"

namespace gaxel::python {
namespace {

namespace ffi = xla::ffi;

/// What an operation renders but for the values of its parameters. Immutable.
class JaxTarget {
 public:
  JaxTarget(const ComponentList& list, std::vector<std::uint8_t> wanted, Shape shape,
            const std::vector<Psf>& psfs, Tolerance tolerance, bool fixed_plan, int threads)
      : renderer_(shape, psfs, {tolerance, false, 1}),
        components_(to_components(list)),
        wanted_(std::move(wanted)),
        fixed_plan_(fixed_plan),
        threads_(threads) {
    plan_ = renderer_.prepare(components_);
  }

  Shape shape() const { return renderer_.shape(); }
  std::size_t n_values() const { return wanted_.size(); }
  std::size_t n_wanted() const { return static_cast<std::size_t>(std::ranges::count(wanted_, 1)); }
  int threads() const { return threads_; }
  const std::vector<std::uint8_t>& wanted() const { return wanted_; }
  const MultiPsfRenderer& renderer() const { return renderer_; }

  template <class T>
  std::vector<Component> components(const T* values) const {
    std::vector<Component> result = components_;
    for (Component& component : result) {
      for (double& value : component.values) value = static_cast<double>(*values++);
    }
    return result;
  }

  /// Of a number for every parameter those of the wanted ones.
  template <class T>
  std::vector<double> steps(const T* direction) const {
    std::vector<double> result;
    for (std::size_t p = 0; p < wanted_.size(); ++p) {
      if (wanted_[p] != 0) result.push_back(static_cast<double>(direction[p]));
    }
    return result;
  }

  /// Writes a number for every wanted parameter among zeros for the others.
  template <class T>
  void spread(std::span<const double> of_wanted, std::span<T> to) const {
    auto next = of_wanted.begin();
    for (std::size_t p = 0; p < to.size(); ++p) to[p] = wanted_[p] != 0 ? static_cast<T>(*next++) : T{0};
  }

  /// Which components have wanted parameters but no second derivatives.
  std::vector<std::size_t> without_second() const {
    std::vector<std::size_t> places;
    auto flag = wanted_.begin();
    for (std::size_t c = 0; c < components_.size(); ++c) {
      const auto end = flag + std::ssize(components_[c].values);
      if (std::find(flag, end, 1) != end && !has_second_derivatives(components_[c])) places.push_back(c);
      flag = end;
    }
    return places;
  }

  MultiPsfPlan plan(std::span<const Component> components) const {
    return fixed_plan_ ? plan_ : renderer_.prepare(components, plan_);
  }

 private:
  MultiPsfRenderer renderer_;
  std::vector<Component> components_;
  std::vector<std::uint8_t> wanted_;
  bool fixed_plan_;
  int threads_;
  MultiPsfPlan plan_;
};

/// Compiled programs hold the numbers of targets, for how long nobody can say: targets are kept for good.
class JaxTargets {
 public:
  static JaxTargets& all() {
    static JaxTargets targets;
    return targets;
  }
  std::int64_t add(std::unique_ptr<const JaxTarget> target) {
    const std::scoped_lock lock(mutex_);
    targets_.push_back(std::move(target));
    return static_cast<std::int64_t>(targets_.size()) - 1;
  }
  const JaxTarget* find(std::int64_t number) {
    const std::scoped_lock lock(mutex_);
    const bool known = number >= 0 && number < static_cast<std::int64_t>(targets_.size());
    return known ? targets_[static_cast<std::size_t>(number)].get() : nullptr;
  }

 private:
  std::mutex mutex_;
  std::deque<std::unique_ptr<const JaxTarget>> targets_;
};

template <class Buffer>
std::size_t length(const Buffer& buffer) {
  return static_cast<std::size_t>(buffer.dimensions().front());
}

/// From one member of a batch to the next: 0 where there is one for all.
template <class Buffer>
std::size_t stride_of(const Buffer& buffer) {
  return length(buffer) <= 1 ? 0 : buffer.element_count() / length(buffer);
}

/// Calls work(i) for each member of a batch. Values that no component can have, which samplers may try, make
/// NaN of its output; anything else that goes wrong is the operation's error.
template <class T, class Work>
ffi::Error for_each(std::size_t n, int threads, std::span<T> output, Work&& work) {
  const std::size_t size = n == 0 ? 0 : output.size() / n;
  try {
    parallel_for(static_cast<int>(n), threads, [&](int item) {
      const auto i = static_cast<std::size_t>(item);
      const std::span<T> own = output.subspan(i * size, size);
      try {
        work(i, own);
      } catch (const InputError&) {
        std::ranges::fill(own, std::numeric_limits<T>::quiet_NaN());
      }
    });
  } catch (const std::exception& error) {
    return ffi::Error::Internal(error.what());
  }
  return ffi::Error::Success();
}

template <class Buffer>
auto span_of(Buffer& buffer) {
  return std::span(buffer->typed_data(), buffer->element_count());
}

ffi::Error unknown(std::int64_t number) {
  return ffi::Error::InvalidArgument(
      fmt::format("gaxel has no target {}: compiled in another process?", number));
}

template <ffi::DataType kType>
struct Operations {
  using T = ffi::NativeType<kType>;
  using Input = ffi::Buffer<kType>;
  using Output = ffi::Result<Input>;

  /// values (b, n) -> images (b, ny, nx)
  static ffi::Error image(Input values, Output images, std::int64_t number) {
    const JaxTarget* target = JaxTargets::all().find(number);
    if (target == nullptr) return unknown(number);
    return for_each(length(values), target->threads(), span_of(images), [&](std::size_t i, std::span<T> out) {
      const std::vector<Component> components =
          target->components(values.typed_data() + i * target->n_values());
      Image made(target->shape());
      target->renderer().render(components, made.view(), target->plan(components));
      std::ranges::transform(made.pixels(), out.begin(), [](double pixel) { return static_cast<T>(pixel); });
    });
  }

  /// values (1 or b, n), directions (b, n) -> derivatives of the images along them (b, ny, nx)
  static ffi::Error tangent(Input values, Input directions, Output images, std::int64_t number) {
    const JaxTarget* target = JaxTargets::all().find(number);
    if (target == nullptr) return unknown(number);
    const std::size_t n_pixels = target->shape().size();
    const std::size_t n_values = target->n_values();
    const auto add_up = [&](std::span<const double> jacobian, std::size_t i, std::span<T> out) {
      const T* direction = directions.typed_data() + i * n_values;
      std::vector<double> sum(n_pixels);
      std::size_t row = 0;
      for (std::size_t p = 0; p < n_values; ++p) {
        if (target->wanted()[p] == 0) continue;
        const auto factor = static_cast<double>(direction[p]);
        const double* derivative = jacobian.data() + n_pixels * row++;
        for (std::size_t k = 0; factor != 0.0 && k < n_pixels; ++k) sum[k] += factor * derivative[k];
      }
      std::ranges::transform(sum, out.begin(), [](double pixel) { return static_cast<T>(pixel); });
    };
    const auto jacobian_at = [&](const T* at) {
      const std::vector<Component> components = target->components(at);
      Image made(target->shape());
      std::vector<double> jacobian(n_pixels * target->n_wanted());
      target->renderer().render_with_jacobian(components, target->wanted(), made.view(), jacobian.data(),
                                              target->plan(components));
      return jacobian;
    };
    if (length(values) == 1 && length(directions) > 1) {
      // One set of derivatives for all directions.
      return for_each(1, 1, span_of(images), [&](std::size_t, std::span<T> out) {
        const std::vector<double> jacobian = jacobian_at(values.typed_data());
        for (std::size_t i = 0; i < length(directions); ++i) {
          add_up(jacobian, i, out.subspan(i * n_pixels, n_pixels));
        }
      });
    }
    return for_each(length(directions), target->threads(), span_of(images),
                    [&](std::size_t i, std::span<T> out) {
                      add_up(jacobian_at(values.typed_data() + i * n_values), i, out);
                    });
  }

  /// values (1 or b, n), cotangents (b, ny, nx) -> sums over the pixels of cotangent * derivative (b, n)
  static ffi::Error adjoint(Input values, Input cotangents, Output gradients, std::int64_t number) {
    const JaxTarget* target = JaxTargets::all().find(number);
    if (target == nullptr) return unknown(number);
    const std::size_t stride = stride_of(values);
    return for_each(
        length(cotangents), target->threads(), span_of(gradients), [&](std::size_t i, std::span<T> out) {
          const std::vector<Component> components = target->components(values.typed_data() + i * stride);
          const Image cotangent = image_at(cotangents, i, target->shape());
          std::vector<double> gradient(target->n_wanted());
          target->renderer().vjp(components, target->wanted(), cotangent.view(), gradient.data(),
                                 target->plan(components));
          target->spread(gradient, out);
        });
  }

  /// values (1 or b, n), first (1 or b, n), second (b, n) -> derivatives of the images along both (b, ny, nx)
  static ffi::Error second(Input values, Input first, Input second, Output images, std::int64_t number) {
    const JaxTarget* target = JaxTargets::all().find(number);
    if (target == nullptr) return unknown(number);
    return for_each(length(second), target->threads(), span_of(images), [&](std::size_t i, std::span<T> out) {
      const std::vector<Component> components =
          target->components(values.typed_data() + i * stride_of(values));
      Image made(target->shape());
      target->renderer().second_derivative(
          components, target->wanted(), target->steps(first.typed_data() + i * stride_of(first)),
          target->steps(second.typed_data() + i * target->n_values()), made.view(), target->plan(components));
      std::ranges::transform(made.pixels(), out.begin(), [](double pixel) { return static_cast<T>(pixel); });
    });
  }

  /// values (1 or b, n), directions (1 or b, n), cotangents (b, ny, nx) -> gradients (b, n) of the sum over
  /// the pixels of cotangent * derivative of the image along the direction
  static ffi::Error second_adjoint(Input values, Input directions, Input cotangents, Output gradients,
                                   std::int64_t number) {
    const JaxTarget* target = JaxTargets::all().find(number);
    if (target == nullptr) return unknown(number);
    return for_each(
        length(cotangents), target->threads(), span_of(gradients), [&](std::size_t i, std::span<T> out) {
          const std::vector<Component> components =
              target->components(values.typed_data() + i * stride_of(values));
          const Image cotangent = image_at(cotangents, i, target->shape());
          std::vector<double> gradient(target->n_wanted());
          target->renderer().second_vjp(components, target->wanted(),
                                        target->steps(directions.typed_data() + i * stride_of(directions)),
                                        cotangent.view(), gradient.data(), target->plan(components));
          target->spread(gradient, out);
        });
  }

 private:
  static Image image_at(const Input& images, std::size_t i, Shape shape) {
    Image image(shape);
    std::copy_n(images.typed_data() + i * shape.size(), shape.size(), image.data());
    return image;
  }
};

template <ffi::DataType kType>
auto of_one() {
  using Buffer = ffi::Buffer<kType>;
  return ffi::Ffi::Bind().template Arg<Buffer>().template Ret<Buffer>().template Attr<std::int64_t>("target");
}

template <ffi::DataType kType>
auto of_two() {
  using Buffer = ffi::Buffer<kType>;
  return ffi::Ffi::Bind()
      .template Arg<Buffer>()
      .template Arg<Buffer>()
      .template Ret<Buffer>()
      .template Attr<std::int64_t>("target");
}

template <ffi::DataType kType>
auto of_three() {
  using Buffer = ffi::Buffer<kType>;
  return ffi::Ffi::Bind()
      .template Arg<Buffer>()
      .template Arg<Buffer>()
      .template Arg<Buffer>()
      .template Ret<Buffer>()
      .template Attr<std::int64_t>("target");
}

template <auto kFunction, auto kBinding>
XLA_FFI_Error* call(XLA_FFI_CallFrame* frame) {
  static auto* const handler = kBinding().To(kFunction).release();
  return handler->Call(frame);
}

template <ffi::DataType kType>
void add_operations(nb::dict& all, const char* type) {
  const auto add = [&](const char* name, XLA_FFI_Error* (*operation)(XLA_FFI_CallFrame*)) {
    all[fmt::format("gaxel_{}_{}", name, type).c_str()] = nb::capsule(reinterpret_cast<void*>(operation));
  };
  add("image", &call<&Operations<kType>::image, &of_one<kType>>);
  add("tangent", &call<&Operations<kType>::tangent, &of_two<kType>>);
  add("adjoint", &call<&Operations<kType>::adjoint, &of_two<kType>>);
  add("second", &call<&Operations<kType>::second, &of_three<kType>>);
  add("second_adjoint", &call<&Operations<kType>::second_adjoint, &of_three<kType>>);
}

std::int64_t add_target(const ComponentList& list, std::vector<std::uint8_t> wanted, int ny, int nx,
                        const std::vector<Psf>& psfs, double rtol, double atol, bool fixed_plan,
                        int threads) {
  return JaxTargets::all().add(std::make_unique<const JaxTarget>(list, std::move(wanted), Shape{ny, nx}, psfs,
                                                                 Tolerance{rtol, atol}, fixed_plan, threads));
}

}  // namespace

void bind_jax(nb::module_& module) {
  module.def("jax_target", &add_target, nb::arg("components"), nb::arg("wanted"), nb::arg("ny"),
             nb::arg("nx"), nb::arg("psfs"), nb::arg("rtol"), nb::arg("atol"), nb::arg("fixed_plan"),
             nb::arg("threads"), "Keeps what an operation renders; its number.");
  module.def(
      "jax_without_second",
      [](std::int64_t number) {
        const JaxTarget* target = JaxTargets::all().find(number);
        return target == nullptr ? std::vector<std::size_t>() : target->without_second();
      },
      nb::arg("target"), "Which components of a target have arguments but no second derivatives.");
  module.def(
      "jax_operations",
      [] {
        nb::dict all;
        add_operations<ffi::DataType::F32>(all, "float32");
        add_operations<ffi::DataType::F64>(all, "float64");
        return all;
      },
      "The operations, by the names that they are to be registered under.");
}

}  // namespace gaxel::python
