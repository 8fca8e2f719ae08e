#include "integrate/hankel_table.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <optional>

#include "integrate/core_window.hpp"
#include "integrate/hankel_rule.hpp"

namespace gaxel {
namespace {

// Power that samples do not show, and that they show elsewhere; and between the frequencies looked at.
constexpr double kAliases = 4.0;
constexpr double kNoLight = 1e-14;   // of the flux: less lies beyond where the light is taken to end
constexpr double kRounding = 2e-13;  // error of any table, of the flux: sums of 100 terms

constexpr double kShellRatio = 4.0;  // ratio of a shell's windows

enum class Window { kNone, kCore, kShell };

// A law's light at the nodes of a rule, with or without a window, its partials to the shapes and their
// rates.
class NodeValues {
 public:
  NodeValues(const RadialLaw& law, bool with_shapes, const double* shape_rates = nullptr)
      : law_(law), n_shapes_(with_shapes ? law.n_shapes() : 0), shape_rates_(shape_rates) {}

  std::size_t n_shapes() const { return n_shapes_; }
  std::size_t n_functions() const { return 1 + (shape_rates_ != nullptr ? 2 : 1) * n_shapes_; }

  /// values[f * stride + r]: the transforms at the rule's z.
  void transform(const HankelRule& rule, double radius, Window window, double* values, std::size_t stride) {
    const std::size_t n = rule.n_nodes();
    s_.resize(n);
    g_s_.resize(n);
    g_.resize(n * n_functions());
    for (std::size_t i = 0; i < n; ++i) {
      const double r = radius * rule.t()[i];
      s_[i] = std::max(r * r, std::numeric_limits<double>::min());
    }
    if (shape_rates_ != nullptr) {
      // At fixed places.
      s_rates_.assign(n, 0.0);
      g_rates_.resize(n);
      g_s_rates_.resize(n);
      law_.evaluate_with_rates(s_.data(), s_rates_.data(), n, shape_rates_,
                               {g_.data(), g_s_.data(), g_.data() + n},
                               {g_rates_.data(), g_s_rates_.data(), g_.data() + (1 + n_shapes_) * n});
    } else if (n_shapes_ > 0) {
      law_.evaluate_with_partials(s_.data(), n, g_.data(), g_s_.data(), g_.data() + n);
    } else {
      law_.evaluate(s_.data(), n, g_.data());
    }
    const LightValues values_of{g_.data(), n_shapes_ > 0 ? g_s_.data() : nullptr, g_.data() + n,
                                n_functions() - 1};
    if (window != Window::kNone) apply_window(radius, WindowPart::kCore, s_.data(), n, values_of);
    if (window == Window::kShell)
      apply_window(radius / kShellRatio, WindowPart::kWings, s_.data(), n, values_of);
    for (std::size_t f = 0; f < n_functions(); ++f) {
      rule.apply(g_.data() + f * n, radius * radius, values + f * stride);
    }
  }

 private:
  const RadialLaw& law_;
  std::size_t n_shapes_;
  const double* shape_rates_;
  std::vector<double> s_;
  std::vector<double> g_s_;
  std::vector<double> g_;  // the functions, row by row
  std::vector<double> s_rates_;
  std::vector<double> g_rates_;
  std::vector<double> g_s_rates_;
};

double light_beyond(const RadialLaw& law, double r) {
  return 2.0 * std::numbers::pi * r * r * law.value(r * r);
}

double light_within(const RadialLaw& law, double r) {
  const double s = std::max(r * r, std::numeric_limits<double>::min());
  double mean = 0.0;
  law.enclosed(&s, 1, &mean, nullptr);
  return 2.0 * std::numbers::pi * s * mean;
}

// The radius beyond which there is next to no light, if that is below `most`.
std::optional<double> light_end(const RadialLaw& law, double most) {
  if (std::isfinite(law.edge())) return std::sqrt(law.edge());
  if (!(light_beyond(law, most) < kNoLight)) return std::nullopt;
  double with_light = 0.0;
  double without = most;
  constexpr int kHalvings = 8;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (with_light + without);
    (light_beyond(law, middle) < kNoLight ? without : with_light) = middle;
  }
  return without;
}

// What a shell of light, beyond a window of `radius` and within one four times as large, holds at kappa from
// kWingBand * `first` / radius on; `first` 1 or 2.
double shell_power(NodeValues& light, double radius, int first) {
  constexpr std::size_t kSamples = 5;
  static const auto make = [](double from) {
    std::vector<double> z(kSamples);
    for (std::size_t i = 0; i < kSamples; ++i)
      z[i] = kShellRatio * from * (1.0 + 0.14 * static_cast<double>(i));
    return HankelRule(z, z.back(), LightEnd::kSmooth);
  };
  static const std::array<HankelRule, 2> rules{make(kWingBand), make(2.0 * kWingBand)};
  std::vector<double> values(kSamples * light.n_functions());
  light.transform(rules.at(static_cast<std::size_t>(first - 1)), kShellRatio * radius, Window::kShell,
                  values.data(), kSamples);
  double power = 0.0;
  for (const double value : values) power = std::max(power, std::abs(value));
  return power;
}

// The same of all light outside the window, shell by shell. Farther out the frequency is higher beside the
// shell's radius; it is enough to see that at twice the first one there is nothing.
double wing_power(const RadialLaw& law, bool with_shapes, double radius) {
  NodeValues light(law, with_shapes);
  constexpr int kMaxShells = 24;
  double power = shell_power(light, radius, 1);
  double shell_radius = 2.0 * radius;
  for (int shell = 1; shell < kMaxShells && light_beyond(law, shell_radius) > 10.0 * kNoLight; ++shell) {
    power += shell_power(light, shell_radius, 2);
    shell_radius *= kShellRatio;
  }
  return power;
}

int level_for(double band) {
  int level = 0;
  while (level <= kMaxHankelLevel && band > std::ldexp(kChunkBand, level)) ++level;
  return level;
}

}  // namespace

HankelTable::HankelTable(const RadialLaw& law, const HankelRequest& request) {
  const std::optional<double> end = light_end(law, 2.0 * request.window_radius);
  const Core core = end && !(0.5 * *end > request.window_radius && std::isinf(law.edge()))
                        ? Core{0.5 * *end, false}
                        : Core{request.window_radius, true};
  if (std::isinf(law.edge())) {
    make(law, request, core);
    if (error_ <= request.tolerance) return;
  }
  // Something in the light is too sharp for windows that shrink: one that holds it, and every frequency.
  double best = error_;
  for (Core wider = core;; wider.radius *= 2.0) {
    const int level = level_for(wider.radius * request.kappa_max);
    if (level > kMaxHankelLevel) break;
    HankelTable uniform = *this;
    uniform.make_uniform(law, request, wider, level);
    if (uniform.error_ < best) {
      best = uniform.error_;
      *this = uniform;
    }
    if (error_ <= request.tolerance || !wider.windowed) break;
  }
}

void HankelTable::add_chunk(const double* values, std::size_t chunk, std::size_t n_values) {
  for (std::size_t f = 0; f < n_functions_; ++f) {
    chunk_polynomials(values + f * n_values,
                      coefficients_.data() + f * n_panels_ * kPanelTerms + chunk * kChunkTerms);
  }
}

void HankelTable::make(const RadialLaw& law, const HankelRequest& request, const Core& core) {
  NodeValues light(law, request.with_shapes, request.shape_rates);
  radius_ = core.radius;
  has_wings_ = core.windowed;
  scale_ = kChunkBand / radius_;
  n_functions_ = light.n_functions();
  n_shapes_ = light.n_shapes();
  log2_panels_ = static_cast<int>(std::bit_width(kChunkPanels)) - 1;
  int n_octaves = 1;
  while (n_octaves <= kMaxHankelOctave && std::ldexp(1.0, n_octaves) < 1.0 + request.kappa_max / scale_) {
    ++n_octaves;
  }
  n_octaves = std::min(n_octaves, kMaxHankelOctave);
  n_panels_ = static_cast<std::size_t>(n_octaves) * kChunkPanels;
  coefficients_.resize(n_functions_ * n_panels_ * kPanelTerms);
  std::vector<double> values(n_functions_ * kChunkNodes);
  for (int m = 0; m < n_octaves; ++m) {
    const Window window = core.windowed || m > 1 ? Window::kCore : Window::kNone;
    if (m == 0) {
      light.transform(HankelRule::low(0, LightEnd::kSmooth), radius_, window, values.data(), kChunkNodes);
    } else {
      light.transform(HankelRule::octave(m), radius_ * HankelRule::octave_radius(m), window, values.data(),
                      kChunkNodes);
    }
    add_chunk(values.data(), static_cast<std::size_t>(m), kChunkNodes);
  }
  const HankelRule& last =
      n_octaves == 1 ? HankelRule::low(0, LightEnd::kSmooth) : HankelRule::octave(n_octaves - 1);
  const double last_radius = n_octaves == 1 ? radius_ : radius_ * HankelRule::octave_radius(n_octaves - 1);
  error_ =
      kRounding + std::max(light_within(law, radius_ * HankelRule::low(0, LightEnd::kSmooth).t().front()),
                           light_within(law, last_radius * last.t().front()));
  measure_interpolation();
  measure_junctions(static_cast<std::size_t>(n_octaves));
  if (core.windowed) error_ += kAliases * wing_power(law, request.with_shapes, radius_);
}

void HankelTable::make_uniform(const RadialLaw& law, const HankelRequest& request, const Core& core,
                               int level) {
  NodeValues light(law, request.with_shapes, request.shape_rates);
  const LightEnd end = std::isfinite(law.edge()) ? LightEnd::kEdge : LightEnd::kSmooth;
  const HankelRule& rule = HankelRule::low(level, end);
  radius_ = core.radius;
  has_wings_ = core.windowed;
  scale_ = std::ldexp(kChunkBand, level) / radius_;
  n_functions_ = light.n_functions();
  n_shapes_ = light.n_shapes();
  const auto n_chunks = std::size_t{1} << level;
  n_panels_ = n_chunks * kChunkPanels;
  log2_panels_ = static_cast<int>(std::bit_width(n_panels_)) - 1;
  coefficients_.resize(n_functions_ * n_panels_ * kPanelTerms);
  std::vector<double> values(n_functions_ * rule.n_values());
  light.transform(rule, radius_, core.windowed ? Window::kCore : Window::kNone, values.data(),
                  rule.n_values());
  for (std::size_t chunk = 0; chunk < n_chunks; ++chunk) {
    add_chunk(values.data() + chunk * kChunkNodes, chunk, rule.n_values());
  }
  error_ = kRounding + light_within(law, radius_ * rule.t().front());
  measure_interpolation();
  if (core.windowed) {
    error_ += kAliases * wing_power(law, request.with_shapes, radius_);
  } else {
    // All light is there: its flux is known, and does not depend on the shape.
    for (std::size_t f = 0; f < n_measured(); ++f) {
      error_ += std::abs(value_at_zero(f) - (f == 0 ? 1.0 : 0.0));
    }
  }
}

double HankelTable::value_at_zero(std::size_t function) const {
  const double* c = coefficients_.data() + function * n_panels_ * kPanelTerms;
  double value = 0.0;
  for (std::size_t i = kPanelTerms; i > 0; --i) value = c[i - 1] - value;
  return value;
}

// A polynomial's error is about its first missing coefficient: by the ratio of the last two that there are.
void HankelTable::measure_interpolation() {
  for (std::size_t f = 0; f < n_measured(); ++f) {
    const double* c = coefficients_.data() + f * n_panels_ * kPanelTerms;
    double last = 0.0;
    double before = 0.0;
    for (std::size_t panel = 0; panel < n_panels_; ++panel, c += kPanelTerms) {
      last = std::max(last, std::abs(c[kPanelTerms - 1]));
      before = std::max(before, std::abs(c[kPanelTerms - 2]));
    }
    if (before > 0.0) error_ += std::ldexp(last * last / before, 1 - static_cast<int>(kPanelTerms));
  }
}

// Where one window gives way to the next, what the smaller one leaves out shows as a step.
void HankelTable::measure_junctions(std::size_t n_chunks) {
  double step = 0.0;
  for (std::size_t f = 0; f < n_measured(); ++f) {
    for (std::size_t chunk = 1; chunk < n_chunks; ++chunk) {
      const double* after = coefficients_.data() + f * n_panels_ * kPanelTerms + chunk * kChunkTerms;
      const double* before = after - kPanelTerms;
      std::array<double, 4> ends{};  // value and slope on both sides
      for (std::size_t i = 0; i < kPanelTerms; ++i) {
        const double sign = i % 2 == 0 ? 1.0 : -1.0;
        const auto order = static_cast<double>(i);
        ends[0] += before[i];
        ends[1] += sign * after[i];
        ends[2] += order * before[i];
        ends[3] -= order * sign * after[i];
      }
      // Panels are twice as long from octave to octave.
      step = std::max(step, std::hypot(ends[1] - ends[0], 0.5 * ends[3] - ends[2]));
    }
  }
  error_ += 2.0 * step;
}

}  // namespace gaxel
