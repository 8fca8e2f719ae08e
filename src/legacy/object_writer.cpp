#include "legacy/object_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "math/sersic_b.hpp"

namespace gaxel::legacy {

namespace {

constexpr ObjectSlot kX{"1", 0, "x", "x"};
constexpr ObjectSlot kY{"1", 1, "y", "y"};
constexpr ObjectSlot kQ{"9", 0, "q", "q"};
constexpr ObjectSlot kPa{"10", 0, "pa", "pa"};
constexpr ObjectSlot kBrightness{"3", 0, "", "mag", Conversion::kBrightness};

/// The options of a kind that rows of GALFIT's say.
bool has_row(std::string_view option) {
  constexpr std::array<std::string_view, 6> kKnown{"central", "scale",     "c0",
                                                   "spiral",  "logspiral", "truncated"};
  if (std::ranges::find(kKnown, option) != kKnown.end()) return true;
  return option.size() >= 2 && (option.front() == 'f' || option.front() == 'b') &&
         option.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

bool is_free(const Parameter& parameter) {
  return parameter.free || parameter.tie;
}

/// Whether a parameter is tied by just this expression.
bool is_tied_to(const Parameter& parameter, const std::string& expression) {
  return parameter.tie && parameter.tie->text == expression;
}

}  // namespace

void ObjectWriter::lose(const SceneComponent& component, const std::string& what) {
  losses_.push_back(fmt::format("{}: {}", component.name, what));
}

const Parameter* ObjectWriter::find(const SceneComponent& component, std::string_view key) const {
  for (std::size_t p = 0; p < component.parameters.size(); ++p) {
    if (io::file_key(component.kind->parameters[p], component.flux_is_magnitude) == key)
      return &component.parameters[p];
  }
  return nullptr;
}

std::vector<ObjectRow> ObjectWriter::rows() {
  int count = 0;
  for (const SceneComponent& component : source_.scene.components) {
    const std::string_view kind = component.kind->base().name;
    const bool known = kind == "truncation" || object_type_of_kind(kind) != nullptr;
    if (!known) lose(component, fmt::format("GALFIT has no {}; the component is left out", kind));
    numbers_.push_back(known ? ++count : 0);
  }
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (numbers_[i] == 0) continue;
    number_ = numbers_[i];
    object(source_.scene.components[i]);
  }
  return std::move(rows_);
}

void ObjectWriter::object(const SceneComponent& component) {
  add(fmt::format("\n# Component number: {} ({})\n", number_, component.name));
  if (component.psf == kNoPsf) lose(component, "GALFIT convolves all light");
  for (const std::string_view option : component.kind->options) {
    if (!has_row(option)) lose(component, fmt::format("GALFIT has no row for \"{}\"", option));
  }
  if (component.kind->family == Family::kTruncation) {
    truncation(component);
  } else {
    light(component, *object_type_of_kind(component.kind->base().name));
  }
}

void ObjectWriter::row(const std::string& key, std::vector<RowNumber> numbers, std::string_view comment) {
  rows_.push_back({key + ")", std::move(numbers), std::string(comment)});
}

RowNumber ObjectWriter::number(const SceneComponent& component, const ObjectSlot& slot, double value,
                               const Parameter& parameter) const {
  return {value, is_free(parameter), &component, &parameter, slot.conversion, slot.factor};
}

void ObjectWriter::bounds(const SceneComponent& component, const ObjectSlot& slot,
                          const Parameter& parameter) {
  if (!parameter.coefficient_min.empty()) coefficient_bounds(component, slot, parameter);
  if (!parameter.free || (!std::isfinite(parameter.min) && !std::isfinite(parameter.max))) return;
  const auto at = static_cast<std::size_t>(&parameter - component.parameters.data());
  const ParameterSpec& spec = component.kind->parameters[at];
  const auto end = [&](double inner) {
    if (!std::isfinite(inner)) return inner;
    const double in_file = io::to_file(spec.role, component.flux_is_magnitude, inner, source_.frame);
    return to_galfit(slot.conversion, slot.factor, in_file, frame_);
  };
  double low = end(parameter.min);
  double high = end(parameter.max);
  const bool falls =
      component.is_magnitude(spec.role) || slot.factor < 0.0 || slot.conversion == Conversion::kBrightness;
  if (falls) std::swap(low, high);
  low = std::isfinite(low) ? low : -kEndless;
  high = std::isfinite(high) ? high : kEndless;
  constraints_ +=
      fmt::format("{:>2}  {:<6} {} to {}\n", number_, slot.constraint, number_text(low), number_text(high));
}

void ObjectWriter::coefficient_bounds(const SceneComponent& component, const ObjectSlot& slot,
                                      const Parameter& parameter) {
  if (!is_free(parameter)) return;
  if (parameter.basis == Basis::kBSpline || slot.conversion == Conversion::kBrightness)
    return lose(component, fmt::format("{}: bounds of single coefficients", slot.key));
  const auto at = static_cast<std::size_t>(&parameter - component.parameters.data());
  const Role role = component.kind->parameters[at].role;
  const bool magnitude = component.is_magnitude(role);
  const bool in_bands = parameter.basis == Basis::kBands;
  const std::size_t band = source_.band.value_or(0);
  const auto end = [&](std::size_t coefficient, double inner) {
    if (!std::isfinite(inner)) return inner;
    double in_file = inner;
    if (in_bands) {
      in_file = io::to_file(role, component.flux_is_magnitude, inner, source_.frame);
    } else if (!magnitude) {
      const io::LinearMap map = io::map_to_file(role, source_.frame);
      in_file = map.factor * inner + (coefficient == 0 ? map.constant : 0.0);
    }
    return to_galfit(slot.conversion, slot.factor, in_file, frame_);
  };
  for (std::size_t i = 0; i < parameter.coefficient_min.size(); ++i) {
    // Each band writes what is about its own value, the first what is about series.
    if (in_bands ? i != band : band != 0) continue;
    double low = end(i, parameter.coefficient_min[i]);
    double high = end(i, parameter.coefficient_max[i]);
    if (!std::isfinite(low) && !std::isfinite(high)) continue;
    if ((in_bands && magnitude) || slot.factor < 0.0) std::swap(low, high);
    low = std::isfinite(low) ? low : -kEndless;
    high = std::isfinite(high) ? high : kEndless;
    const std::string suffix = in_bands ? source_.band_name : fmt::format("{}", i);
    (in_bands ? band_constraints_ : constraints_) += fmt::format(
        "{:>2}  {}_{} {} to {}\n", number_, slot.constraint, suffix, number_text(low), number_text(high));
  }
}

void ObjectWriter::apart(const SceneComponent& component, const ObjectSlot& slot,
                         const Parameter& parameter) {
  const auto galfit = source_.root().table("galfit");
  const std::vector<std::string> turned = galfit ? galfit->texts("turned") : std::vector<std::string>{};
  const std::string line = soft_limit_text(source_.scene, parameter, component, slot,
                                           numbers_[parameter.limit->component], number_, turned);
  constraints_ += line;
  if (line.empty()) lose(component, fmt::format("{}: GALFIT has no limit between these two", slot.key));
}

void ObjectWriter::limits(const SceneComponent& component, const ObjectSlot& slot,
                          const Parameter& parameter) {
  if (parameter.prior) lose(component, fmt::format("{}: GALFIT has no priors", slot.key));
  if (parameter.limit && parameter.free) apart(component, slot, parameter);
  if (!parameter.tie) return bounds(component, slot, parameter);
  const auto leader =
      static_cast<std::size_t>(parameter.tie->terms.empty() ? 0 : parameter.tie->terms[0].component);
  const bool told = couplings_.add(source_.scene, parameter, slot, numbers_[leader], number_);
  if (!told) lose(component, fmt::format("{}: GALFIT has no tie \"{}\"", slot.key, parameter.tie->text));
}

void ObjectWriter::put(const SceneComponent& component, const ObjectSlot& slot, const std::string& row_key) {
  const Parameter* parameter = find(component, slot.key);
  if (parameter == nullptr) return;
  const double in_file = *file_number(source_, component, slot.key);
  const double value = to_galfit(slot.conversion, slot.factor, in_file, frame_);
  row(row_key, {number(component, slot, value, *parameter)}, slot.key);
  limits(component, slot, *parameter);
}

void ObjectWriter::position(const SceneComponent& component, const std::string& prefix) {
  const Parameter& x = *find(component, "x");
  const Parameter& y = *find(component, "y");
  const RowNumber at_x = number(component, kX, *file_number(source_, component, "x"), x);
  const RowNumber at_y = number(component, kY, *file_number(source_, component, "y"), y);
  if (split_position_) {
    row(prefix + "1", {at_x}, "position x");
    row(prefix + "2", {at_y}, "position y");
  } else {
    row(prefix + "1", {at_x, at_y}, "position x, y");
  }
  limits(component, kX, x);
  limits(component, kY, y);
}

// Without rows of its own a truncation has the place and form of the first component that it cuts.
void ObjectWriter::truncation(const SceneComponent& component) {
  const auto which = static_cast<std::size_t>(&component - source_.scene.components.data());
  const auto host = std::ranges::find_if(source_.scene.components, [&](const SceneComponent& other) {
    return std::ranges::find(other.inner, which) != other.inner.end() ||
           std::ranges::find(other.outer, which) != other.outer.end();
  });
  const std::string name = host == source_.scene.components.end() ? "" : host->name;
  const auto follows = [&](const char* key, const std::string& expression) {
    return is_tied_to(*find(component, key), expression);
  };
  const auto in_disc = [&](const char* spiral) {
    return follows("q", fmt::format("cos({}.{}_inclination)", name, spiral)) &&
           follows("pa", fmt::format("{}.{}_node * 180 / _pi - 90", name, spiral));
  };
  const bool disc = in_disc("spiral") || in_disc("logspiral");
  add(fmt::format("T0) {:<34} # truncation\n", disc ? "radial" : "radial-b"));
  if (!follows("x", name + ".x") || !follows("y", name + ".y")) position(component, "T");
  put(component, {"4", 0, "rbreak", "4"}, "T4");
  put(component, {"5", 0, "softening", "5"}, "T5");
  if (!disc && !follows("q", name + ".q")) put(component, kQ, "T9");
  if (!disc && !follows("pa", name + ".pa")) put(component, kPa, "T10");
  shapes(component);
}

void ObjectWriter::light(const SceneComponent& component, const ObjectType& type) {
  const std::string head = "# component type\n";
  if (type.name == "sky") {
    const double dx = *file_number(source_, component, "dx");
    const double dy = *file_number(source_, component, "dy");
    // The same plane, about GALFIT's pivot.
    const double level = *file_number(source_, component, "level") +
                         dx * (frame_.x_pivot - *file_number(source_, component, "x")) +
                         dy * (frame_.y_pivot - *file_number(source_, component, "y"));
    add(fmt::format(" 0) {:<26}   {}", type.name, head));
    row("1", {number(component, type.slots[0], level, *find(component, "level"))},
        "sky at the centre of the fit region");
    limits(component, type.slots[0], *find(component, "level"));
    put(component, type.slots[1], "2");
    put(component, type.slots[2], "3");
    write_skip();
    return;
  }
  // Row 3: a total magnitude, or a surface brightness by the digit of the type.
  const ObjectSlot& light = *std::ranges::find(type.slots, "3", &ObjectSlot::row);
  const bool cut = !component.inner.empty() || !component.outer.empty();
  std::string_view digit;
  double value = 0.0;
  const Parameter* norm = nullptr;  // that row 3 is, in another unit
  ObjectSlot slot = light;
  if (const Parameter* centre = find(component, "i0")) {
    norm = centre;
    slot = kBrightness;
    digit = light.key == "i0" ? "" : "1";
    value = to_galfit(slot.conversion, slot.factor, *file_number(source_, component, "i0"), frame_);
  } else if (const Parameter* scale = find(component, "ie")) {
    norm = scale;
    slot = kBrightness;
    // The scale radius of these is not GALFIT's.
    if (type.name == "expdisk") slot.factor = std::exp(-sersic_b(1.0).b);
    if (type.name == "gaussian") slot.factor = 0.5;
    digit = slot.factor == 1.0 ? "2" : "1";
    value = to_galfit(slot.conversion, slot.factor, *file_number(source_, component, "ie"), frame_);
  } else if (const Parameter* at_break = find(component, "ib")) {
    norm = at_break;
    value = to_galfit(slot.conversion, slot.factor, *file_number(source_, component, "ib"), frame_);
  } else {
    norm = &component.parameter(Role::kFlux);
    if (cut || light.key == "i0") {
      const std::optional<double> central = brightness(component, true);
      if (!central) {
        lose(component, "GALFIT has no total flux for it; row 3 is that of an ellipse without shape");
      }
      value = frame_.surface_brightness(central.value_or(norm->value));
      digit = light.key == "i0" ? "" : "1";
      if (std::isfinite(norm->min) || std::isfinite(norm->max) || !norm->free || norm->tie)
        lose(component, "the flux is fixed or bounded; GALFIT has the surface brightness in its place");
      norm = nullptr;
    } else {
      value = frame_.zeropoint - 2.5 * std::log10(norm->value / frame_.exptime);
      if (component.flux_is_magnitude) value = *file_number(source_, component, "mag");
      slot.conversion = Conversion::kMagnitude;
    }
  }
  if (!std::isfinite(value)) {
    lose(component, "light that is not positive has no magnitude; 99 is written");
    value = 99.0;
  }
  add(fmt::format(" 0) {:<26}   {}", fmt::format("{}{}", type.name, digit), head));
  position(component, "");
  RowNumber row_3 =
      number(component, slot, value, norm != nullptr ? *norm : component.parameter(Role::kFlux));
  row_3.free = row_3.free || norm == nullptr;
  row("3", {row_3}, digit.empty() && light.key == "mag" ? "total magnitude" : "mag/arcsec^2");
  if (norm != nullptr) {
    if (slot.conversion != Conversion::kMagnitude || component.flux_is_magnitude) {
      limits(component, slot, *norm);
    } else if (std::isfinite(norm->min) || std::isfinite(norm->max)) {
      lose(component, "bounds of a flux in counts");
    }
  }
  for (const ObjectSlot& other : type.slots) {
    if (other.row != "1" && other.row != "3") put(component, other, std::string(other.row));
  }
  shapes(component);
  for (const auto& [key, list] : {std::pair{"Ti", &component.inner}, std::pair{"To", &component.outer}}) {
    for (const std::size_t i : *list) add(fmt::format("{}) {}\n", key, numbers_[i]));
  }
  write_skip();
}

void ObjectWriter::write_skip() {
  const bool skip = std::ranges::find(skipped_, number_) != skipped_.end();
  add(fmt::format(" Z) {}                            # skip this model in output image\n", skip ? 1 : 0));
}

void ObjectWriter::shapes(const SceneComponent& component) {
  put(component, {"C0", 0, "c0", "c"}, "C0");
  for (int n = 1; n <= 5; ++n) {
    const std::string name = fmt::format("b{}", n);
    put(component, {"", 0, name, name}, fmt::format("B{}", n));
  }
  for (int n = 1; n <= 10; ++n) {
    const std::string name = fmt::format("f{}", n);
    const Parameter* amplitude = find(component, name);
    if (amplitude == nullptr) continue;
    const std::string phase_key = fmt::format("{}_phase", name);
    const Parameter* phase = find(component, phase_key);
    const double sign = n % 2 == 0 ? -1.0 : 1.0;  // GALFIT counts phases from the other end of the major axis
    const std::string of_amplitude = fmt::format("{}a", name);
    const std::string of_phase = fmt::format("{}p", name);
    const ObjectSlot first{"", 0, "", of_amplitude, Conversion::kFactor, sign};
    const ObjectSlot second{"", 1, "", of_phase, Conversion::kDegrees};
    row(fmt::format("F{}", n),
        {number(component, first, sign * amplitude->value, *amplitude),
         number(component, second, to_galfit(second.conversion, 1.0, phase->value, frame_), *phase)},
        "Fourier mode: amplitude, phase");
    limits(component, first, *amplitude);
    limits(component, second, *phase);
  }
  for (const bool log : {false, true}) {
    const std::string prefix = log ? "logspiral_" : "spiral_";
    if (find(component, prefix + "rout") == nullptr) continue;
    add(fmt::format("R0) {}\n", log ? "log" : "power"));
    const auto rotation = [&](const char* name, const char* row_key, const char* constraint,
                              Conversion conversion) {
      const std::string key = prefix + name;
      put(component, {"", 0, key, constraint, conversion}, row_key);
    };
    rotation("rin", "R1", "r1", Conversion::kFactor);
    rotation("rout", "R2", "r2", Conversion::kFactor);
    rotation("angle", "R3", "r3", Conversion::kDegrees);
    rotation(log ? "scale" : "power", "R4", "r4", Conversion::kFactor);
    rotation("inclination", "R9", "r9", Conversion::kDegrees);
    rotation("node", "R10", "r10", Conversion::kDegrees);
  }
}

}  // namespace gaxel::legacy
