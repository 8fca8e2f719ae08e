// From a law written as a template on the number type to a SurfaceLaw.
//
// A radial law is a class template with
//
//   static constexpr std::size_t kShapes;                number of shape parameters
//   explicit Law(const T* shapes);                       constants of these shape parameters
//   T intensity(const T& r) const;                       r > 0 in scale radii along the major axis
//   T total() const;                                     integral of 2 pi r intensity, infinite if it
//   diverges std::vector<LawFeature> features() const;            see LawFeature double centre_power() const;
//   see SurfaceLaw::centre_power
//
// One that is not radial has intensity(u, v) instead. T is double or a dual number.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numbers>

#include "math/double_exponential.hpp"
#include "math/dual.hpp"
#include "profile/surface_law.hpp"

namespace gaxel {

/// Integral of 2 pi r intensity(r) over all radii, for laws without a closed form: by the double exponential
/// rule between the radii `marks` (ascending, above 0), where the light changes its form, and beyond.
template <class T, class Law>
T radial_total(const Law& law, std::initializer_list<double> marks) {
  const auto ring = [&law](const T& r) { return T(2.0 * std::numbers::pi) * r * law.intensity(r); };
  T sum = T(0.0);
  double from = 0.0;
  for (const double mark : marks) {
    sum += integral_between<T>(ring, from, mark);
    from = mark;
  }
  return sum + integral_beyond<T>(ring, from);
}

/// ln(1 + e^x).
template <class T>
T softplus(const T& x) {
  using std::exp;
  using std::log1p;
  return value_of(x) > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

template <template <class> class Law>
class LawOf final : public SurfaceLaw {
 public:
  explicit LawOf(std::span<const double> shapes) : plain_(shapes.data()), dual_(seeded(shapes).data()) {}

  bool is_radial() const override { return kRadial; }
  std::size_t n_shapes() const override { return kShapes; }

  void intensity(const double* u, const double* v, std::size_t n, double* g) const override {
    for (std::size_t i = 0; i < n; ++i) g[i] = value(plain_, u[i], kRadial ? 0.0 : v[i]);
  }

  void intensity_with_partials(const double* u, const double* v, std::size_t n, double* g, double* g_u,
                               double* g_v, double* g_shapes) const override {
    for (std::size_t i = 0; i < n; ++i) {
      const Number at = value(dual_, Number(u[i], 0), kRadial ? Number(0.0) : Number(v[i], 1));
      g[i] = at.a;
      g_u[i] = at.v[0];
      g_v[i] = kRadial ? 0.0 : at.v[1];
      for (std::size_t k = 0; k < kShapes; ++k) g_shapes[k * n + i] = at.v[index(k)];
    }
  }

  ShapeValue total() const override { return shape_value(dual_.total()); }
  ShapeValue intensity_at(double u) const override {
    return shape_value(value(dual_, Number(u), Number(0.0)));
  }
  std::vector<LawFeature> features() const override { return plain_.features(); }
  double centre_power() const override { return plain_.centre_power(); }

 private:
  static constexpr bool kRadial = requires(const Law<double>& law) { law.intensity(1.0); };
  static constexpr std::size_t kShapes = Law<double>::kShapes;
  static_assert(kShapes <= kMaxLawShapes);
  static constexpr std::size_t kPlaces = kRadial ? 1 : 2;
  using Number = Dual<static_cast<int>(kPlaces + kShapes)>;

  static Eigen::Index index(std::size_t shape) { return static_cast<Eigen::Index>(kPlaces + shape); }

  static std::array<Number, kShapes + 1> seeded(std::span<const double> shapes) {
    std::array<Number, kShapes + 1> numbers{};
    for (std::size_t k = 0; k < kShapes; ++k) numbers[k] = Number(shapes[k], static_cast<int>(kPlaces + k));
    return numbers;
  }

  template <class T>
  static T value(const Law<T>& law, const T& u, const T& v) {
    if constexpr (kRadial) {
      return law.intensity(u);
    } else {
      return law.intensity(u, v);
    }
  }

  static ShapeValue shape_value(const Number& number) {
    ShapeValue result{number.a, {}};
    for (std::size_t k = 0; k < kShapes; ++k) result.d_shapes[k] = number.v[index(k)];
    return result;
  }

  Law<double> plain_;
  Law<Number> dual_;
};

template <template <class> class Law>
std::unique_ptr<SurfaceLaw> make_surface_law(std::span<const double> shapes) {
  return std::make_unique<LawOf<Law>>(shapes);
}

}  // namespace gaxel
