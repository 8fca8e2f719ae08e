#include "legacy/object_mapper.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "gaxel/component.hpp"
#include "math/sersic_b.hpp"

namespace gaxel::legacy {

namespace {

/// Files of version 2 have b/a, PA and C0 in rows 8 to 10; later ones write 0 in row 8.
bool has_old_rows(const GalfitObject& object, const ObjectType& type) {
  const GalfitRow* row = object.row("8");
  if (row == nullptr || row->values.empty() || row->values.front().values.front() == 0.0) return false;
  return std::ranges::none_of(type.slots, [](const ObjectSlot& slot) { return slot.row == "8"; }) &&
         std::ranges::any_of(type.slots, [](const ObjectSlot& slot) { return slot.row == "9"; });
}

std::string_view old_row(std::string_view row) {
  if (row == "9") return "8";
  if (row == "10") return "9";
  return row == "C0" ? "10" : row;
}

}  // namespace

std::vector<int> truncations_of(const GalfitDocument& document, const GalfitObject& object, const char* key) {
  std::vector<int> numbers;
  for (const GalfitRow& row : object.rows) {
    if (row.key != key) continue;
    const std::string name = key == std::string("TI") ? "Ti)" : "To)";
    const std::optional<int> number = parse_whole(row.word());
    const int count = static_cast<int>(document.objects.size());
    const bool known = number && *number >= 1 && *number <= count;
    if (!known || !document.objects[static_cast<std::size_t>(*number - 1)].is_truncation) {
      document.text.fail(row.line, name, row.word(), "no truncation of this file has that number",
                         "the number of a component that begins with T0)");
    }
    numbers.push_back(*number);
  }
  return numbers;
}

double brightness_factor(std::string_view type, Normalisation at, double scale, double index,
                         double break_radius) {
  const double x = at == Normalisation::kScale ? 1.0 : break_radius / scale;
  if (type == "sersic" || type == "devauc") {
    const double n = type == "devauc" ? 4.0 : index;
    return std::exp(sersic_b(n).b * (std::pow(x, 1.0 / n) - 1.0));
  }
  if (type == "expdisk") return std::exp(x);
  if (type == "gaussian") return std::exp(4.0 * std::numbers::ln2 * x * x);
  return std::pow(1.0 + 4.0 * (std::pow(2.0, 1.0 / index) - 1.0) * x * x, index);
}

std::string ObjectMapper::name_of(const GalfitObject& object) const {
  return fmt::format("{} {}", object.number, object.type);
}

void ObjectMapper::tell(std::vector<std::string>& list, std::size_t line, const std::string& what) const {
  list.push_back(fmt::format("{}: {}", document_.text.place(line), what));
}

double ObjectMapper::number(const Place& place) const {
  return value_in_band(document_, *place.row, place.value, frame_.band);
}

ObjectMapper::Place ObjectMapper::place_of(const GalfitObject& object, const ObjectSlot& slot) const {
  const std::string prefix = object.is_truncation && slot.row != "C0" ? "T" : "";
  std::string key = fmt::format("{}{}", prefix, slot.row);
  const auto type = find_object_type(object.type);
  if (type && has_old_rows(object, *type->type)) key = old_row(slot.row);
  std::size_t index = slot.index;
  if (index == 1) {
    // y has a row of its own in GALFITM.
    const GalfitRow* both = object.row(key);
    if (both != nullptr && both->values.size() < 2) {
      key = fmt::format("{}2", prefix);
      index = 0;
    }
  }
  const GalfitRow* row = object.row(key);
  if (row == nullptr || row->values.size() <= index) return {};
  return {row, index};
}

void ObjectMapper::add(MappedObject& mapped, const ObjectSlot& slot, const Place& place, double factor) {
  add_as(mapped, std::string(slot.key), slot.conversion, slot.factor * factor, place);
  mapped.values.back().is_length = slot.is_length;
}

void ObjectMapper::add_as(MappedObject& mapped, std::string key, Conversion conversion, double factor,
                          const Place& place) {
  const double input = number(place);
  MappedValue value{place.row->key, place.value, conversion, factor};
  value.value = mapped.object.values.size();
  value.input = input;
  SceneValue scene{std::move(key), to_scene(conversion, factor, input, frame_)};
  scene.fixed = !place.row->values[place.value].is_free();
  scene.line = place.row->line;
  mapped.object.values.push_back(std::move(scene));
  mapped.values.push_back(std::move(value));
}

void ObjectMapper::add_constant(MappedObject& mapped, const char* key, double value, std::size_t line) const {
  SceneValue scene{key, value};
  scene.fixed = true;
  scene.constant = true;
  scene.line = line;
  mapped.object.values.push_back(std::move(scene));
}

void ObjectMapper::add_missing(MappedObject& mapped, const GalfitObject& object, const ObjectSlot& slot) {
  const bool round = slot.key == "q" || slot.key == "pa";
  if (!round && slot.key != "dx" && slot.key != "dy") {
    document_.text.fail(object.line, fmt::format("{})", slot.row), "",
                        fmt::format("missing in component {} ({}): {}", object.number, object.type, slot.key),
                        "a number, and 0 or 1 for fixed or free");
  }
  const double value = slot.key == "q" ? 1.0 : 0.0;
  tell(scene_.notes, object.line,
       fmt::format("{}) is missing in component {} ({}); {} is {} and fixed", slot.row, object.number,
                   object.type, slot.key, value));
  SceneValue scene{std::string(slot.key), value};
  scene.fixed = true;
  scene.line = object.line;
  mapped.object.values.push_back(std::move(scene));
}

MappedObject ObjectMapper::light(const GalfitObject& object) {
  const TypeName type = *find_object_type(object.type);
  MappedObject mapped;
  mapped.object.name = name_of(object);
  mapped.object.type = std::string(type.type->kind);
  mapped.object.line = object.line;
  if (type.type->name == "psf" && frame_.has_psf) mapped.object.psf = "points";
  if (has_old_rows(object, *type.type)) {
    tell(scene_.warnings, object.row("8")->line,
         fmt::format("component {} has a value in row 8: rows 8, 9 and 10 are read as b/a, PA and C0, as in "
                     "GALFIT 2",
                     object.number));
  }
  for (const ObjectSlot& slot : type.type->slots) {
    if (slot.row == "3" && type.type->name != "sky") {
      add_brightness(mapped, object, type);
      continue;
    }
    const Place place = place_of(object, slot);
    if (place.row == nullptr) {
      add_missing(mapped, object, slot);
    } else {
      add(mapped, slot, place);
    }
  }
  if (type.type->name == "sky") {
    add_constant(mapped, "x", frame_.x_pivot, object.line);
    add_constant(mapped, "y", frame_.y_pivot, object.line);
  } else {
    add_shapes(mapped, object);
  }
  const GalfitRow* skip = object.row("Z");
  if (skip != nullptr && skip->word() == "1") {
    tell(scene_.unused, skip->line,
         fmt::format("Z) 1: component {} is to stay in the residual; gaxel takes every component out",
                     object.number));
  }
  return mapped;
}

double ObjectMapper::row_number(const GalfitObject& object, const char* key) const {
  const GalfitRow* row = object.row(key);
  return row == nullptr || row->values.empty() ? kNoValue : number({row, 0});
}

double ObjectMapper::break_radius(const GalfitObject& object) const {
  for (const char* key : {"TI", "TO"}) {
    const std::vector<int> numbers = truncations_of(document_, object, key);
    if (numbers.empty()) continue;
    const GalfitObject& cut = document_.objects[static_cast<std::size_t>(numbers.front() - 1)];
    const double radius = row_number(cut, cut.row("T4") != nullptr ? "T4" : "T2");
    if (radius > 0.0) return radius;
  }
  document_.text.fail(object.line, "0)", object.type,
                      "the brightness is that at a break radius, and there is none",
                      "Ti) or To) with the number of a truncation that has T4)");
}

// GALFIT's rule: without a digit light that is cut inside has the surface brightness at the break radius,
// light that is cut only outside that in the centre.
void ObjectMapper::add_brightness(MappedObject& mapped, const GalfitObject& object, const TypeName& type) {
  const ObjectSlot& slot = *std::ranges::find(type.type->slots, "3", &ObjectSlot::row);
  const Place place = place_of(object, slot);
  if (place.row == nullptr) return add_missing(mapped, object, slot);
  Normalisation at = type.normalisation;
  if (at == Normalisation::kDefault) {
    if (object.row("TI") != nullptr) {
      at = Normalisation::kBreak;
    } else if (object.row("TO") != nullptr) {
      at = Normalisation::kCentral;
    }
  }
  const std::string_view name = type.type->name;
  const bool central = slot.key == "i0";
  if (at == Normalisation::kDefault || (central && at == Normalisation::kCentral) ||
      (slot.key == "ib" && at == Normalisation::kScale)) {
    return add(mapped, slot, place);
  }
  const bool radial =
      name == "sersic" || name == "devauc" || name == "expdisk" || name == "gaussian" || name == "moffat";
  if (!radial) {
    document_.text.fail(object.line, "0)", object.type,
                        fmt::format("gaxel has no {} with the brightness at that place", name),
                        fmt::format("\"{}\", with row 3 as that has it", name));
  }
  ObjectSlot bright{"3", 0, "i0", "mag", Conversion::kBrightness};
  double factor = 1.0;
  mapped.brightness_at = at;
  if (at != Normalisation::kCentral) {
    if (name == "sersic" || name == "devauc") bright.key = "ie";
    const double break_at = at == Normalisation::kBreak ? break_radius(object) : kNoValue;
    factor = brightness_factor(name, at, row_number(object, "4"), row_number(object, "5"), break_at);
    if (!std::isfinite(factor)) {
      document_.text.fail(place.row->line, "3)", place.row->word(),
                          "the radius of the brightness has no light", "rows 4 and 5 above 0");
    }
    const bool depends = !(at == Normalisation::kScale && (bright.key == "ie" || name != "moffat"));
    if (depends && !place.row->values[place.value].is_free()) {
      tell(scene_.losses, place.row->line,
           fmt::format("3) of component {}: the brightness at the break radius is fixed; gaxel fixes \"{}\"",
                       object.number, bright.key));
    }
  }
  add(mapped, bright, place, factor);
}

void ObjectMapper::add_shapes(MappedObject& mapped, const GalfitObject& object) {
  const ObjectSlot box{"C0", 0, "c0", "c"};
  if (const Place place = place_of(object, box); place.row != nullptr) {
    const bool off = number(place) == 0.0 && !place.row->values.front().is_free();
    if (!off) add(mapped, box, place);
  }
  const std::string prefix = "BF";
  for (const GalfitRow& row : object.rows) {
    if (row.values.empty() || prefix.find(row.key.front()) == std::string::npos) continue;
    if (object.row(row.key) != &row) continue;
    const bool free = row.values.front().is_free();
    if (number({&row, 0}) == 0.0 && !free) continue;  // as in GALFIT: the row is off
    const std::string name = lower(row.key);
    const bool even = row.key.front() == 'F' && (row.key.back() - '0') % 2 == 0;
    add_as(mapped, name, Conversion::kFactor, even ? -1.0 : 1.0, {&row, 0});
    if (row.key.front() == 'F' && row.values.size() == 2)
      add_as(mapped, name + "_phase", Conversion::kDegrees, 1.0, {&row, 1});
  }
  add_rotation(mapped, object);
}

void ObjectMapper::add_rotation(MappedObject& mapped, const GalfitObject& object) {
  const GalfitRow* kind = object.row("R0");
  const std::string word = kind == nullptr ? "none" : lower(kind->word());
  if (word == "none") return;
  if (word != "power" && word != "powerlaw" && word != "log") {
    document_.text.fail(kind->line, "R0)", kind->word(), "no rotation", "power, log, none");
  }
  const bool log = word == "log";
  const std::string prefix = log ? "logspiral_" : "spiral_";
  const auto put = [&](const char* row, const std::string& key, Conversion conversion) {
    const GalfitRow* found = object.row(row);
    if (found != nullptr && !found->values.empty()) add_as(mapped, prefix + key, conversion, 1.0, {found, 0});
  };
  put("R1", "rin", Conversion::kFactor);
  put("R2", "rout", Conversion::kFactor);
  put("R3", "angle", Conversion::kDegrees);
  put("R4", log ? "scale" : "power", Conversion::kFactor);
  put("R9", "inclination", Conversion::kDegrees);
  put("R10", "node", Conversion::kDegrees);
  if (object.row("R3") == nullptr || object.row("R2") == nullptr) {
    document_.text.fail(kind->line, "R0)", kind->word(), "a rotation without R2) and R3)",
                        "the outer radius and the rotation there");
  }
}

MappedObject ObjectMapper::truncation(const GalfitObject& object, const GalfitObject& host) {
  if (object.type == "length" || object.type == "height") {
    document_.text.fail(object.line, "T0)", object.type,
                        "gaxel has no truncation along or across an edge-on disc",
                        "radial, radial2, radial-b, radial2-b");
  }
  MappedObject mapped;
  mapped.object.name = name_of(object);
  mapped.object.type = "truncation";
  mapped.object.line = object.line;
  const bool own_centre = object.row("T1") != nullptr;
  const bool rotated = host.row("R0") != nullptr && lower(host.row("R0")->word()) != "none";
  const bool in_disc = rotated && !object.type.ends_with("-b");
  const GalfitObject& place_from = own_centre ? object : host;
  const ObjectSlot x{"1", 0, "x", "x"};
  const ObjectSlot y{"1", 1, "y", "y"};
  const ObjectSlot q{"9", 0, "q", "q"};
  const ObjectSlot pa{"10", 0, "pa", "pa"};
  const auto follow = [&](const std::string& expression) {
    mapped.object.values.back().fixed = false;
    mapped.object.values.back().tie = expression;
  };
  for (const ObjectSlot* slot : {&x, &y, &q, &pa}) {
    const bool form = slot == &q || slot == &pa;
    const bool own = place_of(object, *slot).row != nullptr;
    if (form && in_disc) {
      // A circle in the disc, seen as an ellipse along the line of nodes.
      if (own && slot == &q && number(place_of(object, q)) != 1.0)
        tell(scene_.losses, object.line,
             fmt::format("T9) of truncation {}: it is a circle in the disc", object.number));
      const char* key = slot == &q ? "R9" : "R10";
      const double degrees = host.row(key) == nullptr ? 0.0 : row_number(host, key);
      SceneValue value{std::string(slot->key),
                       slot == &q ? std::cos(degrees * std::numbers::pi / 180.0) : degrees - 90.0};
      value.fixed = true;
      value.line = object.line;
      mapped.object.values.push_back(std::move(value));
      if (host.row(key) == nullptr) continue;
      const std::string spiral = fmt::format("{}.{}", name_of(host),
                                             lower(host.row("R0")->word()) == "log" ? "logspiral" : "spiral");
      follow(slot == &q ? fmt::format("cos({}_inclination)", spiral)
                        : fmt::format("{}_node * 180 / _pi - 90", spiral));
      continue;
    }
    const GalfitObject& from = form ? (own ? object : host) : place_from;
    const Place place = place_of(from, *slot);
    if (place.row == nullptr) {
      add_missing(mapped, object, *slot);
      continue;
    }
    add(mapped, *slot, place);
    if (&from == &host) {
      follow(fmt::format("{}.{}", name_of(host), slot->key));
      mapped.values.pop_back();  // a constraint of the host does not bound it
    }
  }
  const bool usual = object.row("T4") != nullptr;
  const ObjectSlot radius{usual ? "4" : "2", 0, "rbreak", "re", Conversion::kFactor, 1.0, true};
  const ObjectSlot soft{usual ? "5" : "3", 0, "softening", "rs", Conversion::kFactor, 1.0, true};
  for (const ObjectSlot* slot : {&radius, &soft}) {
    const GalfitRow* row = object.row(fmt::format("T{}", slot->row));
    if (row == nullptr || row->values.empty()) {
      document_.text.fail(object.line, fmt::format("T{})", slot == &radius ? 4 : 5), "",
                          fmt::format("missing in truncation {}", object.number),
                          "T4) break radius and T5) softening");
    }
    add(mapped, *slot, {row, 0});
  }
  if (object.type.starts_with("radial2")) {
    // T5) is the radius where 1 percent is left, and not a length.
    SceneValue& length = *mapped.object.find("softening");
    length.value = std::abs(mapped.object.find("rbreak")->value - length.value);
    mapped.values.pop_back();
  }
  add_shapes(mapped, object);
  return mapped;
}

}  // namespace gaxel::legacy
