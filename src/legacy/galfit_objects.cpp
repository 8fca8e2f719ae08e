#include "legacy/galfit_objects.hpp"

#include <algorithm>
#include <array>

#include "math/sersic_b.hpp"

namespace gaxel::legacy {

namespace {

using enum Conversion;

constexpr ObjectSlot kX{"1", 0, "x", "x"};
constexpr ObjectSlot kY{"1", 1, "y", "y"};
constexpr ObjectSlot kMag{"3", 0, "mag", "mag", kMagnitude};
constexpr ObjectSlot kCentre{"3", 0, "i0", "mag", kBrightness};
constexpr ObjectSlot kBreak{"3", 0, "ib", "mag", kBrightness};
constexpr ObjectSlot kQ{"9", 0, "q", "q"};
constexpr ObjectSlot kPa{"10", 0, "pa", "pa"};

constexpr ObjectSlot length(std::string_view row, std::string_view key, std::string_view constraint,
                            double factor = 1.0) {
  return {row, 0, key, constraint, kFactor, factor, true};
}

constexpr std::array kSersic{kX, kY, kMag, length("4", "re", "re"), ObjectSlot{"5", 0, "n", "n"}, kQ, kPa};
constexpr std::array kDevauc{kX, kY, kMag, length("4", "re", "re"), kQ, kPa};
constexpr std::array kGaussian{kX, kY, kMag, length("4", "re", "re", 0.5), kQ, kPa};
constexpr std::array kMoffat{kX, kY, kMag, length("4", "fwhm", "re"), ObjectSlot{"5", 0, "beta", "n"},
                             kQ, kPa};
constexpr std::array kFerrer{kX,
                             kY,
                             kCentre,
                             length("4", "rout", "re"),
                             ObjectSlot{"5", 0, "alpha", "alpha"},
                             ObjectSlot{"6", 0, "beta", "beta"},
                             kQ,
                             kPa};
constexpr std::array kKing{
    kX, kY, kCentre, length("4", "rc", "re"), length("5", "rt", "rt"), ObjectSlot{"6", 0, "alpha", "alpha"},
    kQ, kPa};
constexpr std::array kNuker{kX,
                            kY,
                            kBreak,
                            length("4", "rb", "re"),
                            ObjectSlot{"5", 0, "alpha", "alpha"},
                            ObjectSlot{"6", 0, "beta", "beta"},
                            ObjectSlot{"7", 0, "gamma", "gamma"},
                            kQ,
                            kPa};
constexpr std::array kCorser{kX,
                             kY,
                             kBreak,
                             length("4", "rb", "rb"),
                             ObjectSlot{"5", 0, "alpha", "alpha"},
                             ObjectSlot{"6", 0, "gamma", "gamma"},
                             length("7", "re", "re"),
                             ObjectSlot{"8", 0, "n", "n"},
                             kQ,
                             kPa};
constexpr std::array kEdgeDisk{kX, kY, kCentre, length("4", "hs", "hs"), length("5", "rs", "rs"), kPa};
constexpr std::array kPoint{kX, kY, kMag};
constexpr std::array kSky{ObjectSlot{"1", 0, "level", "sky"}, ObjectSlot{"2", 0, "dx", "dx"},
                          ObjectSlot{"3", 0, "dy", "dy"}};

constexpr std::array<std::string_view, 6> kTruncations{"radial",    "radial2", "radial-b",
                                                       "radial2-b", "length",  "height"};

const auto& types() {
  // GALFIT's exponential has a scale length; the half-light radius is b(n = 1) of these.
  static const std::array exponential{kX, kY, kMag, length("4", "re", "re", sersic_b(1.0).b), kQ, kPa};
  static const std::array all{ObjectType{"sersic", "sersic", kSersic},
                              ObjectType{"devauc", "devaucouleurs", kDevauc},
                              ObjectType{"expdisk", "exponential", exponential},
                              ObjectType{"gaussian", "gaussian", kGaussian},
                              ObjectType{"moffat", "moffat", kMoffat},
                              ObjectType{"ferrer", "ferrers", kFerrer},
                              ObjectType{"king", "king", kKing},
                              ObjectType{"nuker", "nuker", kNuker},
                              ObjectType{"corser", "coresersic", kCorser},
                              ObjectType{"edgedisk", "edgeondisc", kEdgeDisk},
                              ObjectType{"psf", "pointsource", kPoint},
                              ObjectType{"sky", "sky", kSky}};
  return all;
}

const ObjectType* by_name(std::string_view name) {
  // Peng's own files call it both ways.
  if (name == "ferrers") name = "ferrer";
  const auto* const found = std::ranges::find(types(), name, &ObjectType::name);
  return found == types().end() ? nullptr : found;
}

}  // namespace

std::span<const ObjectType> object_types() {
  return types();
}

std::optional<TypeName> find_object_type(std::string_view name) {
  if (const ObjectType* type = by_name(name)) return TypeName{type, Normalisation::kDefault};
  if (name.empty() || name.back() < '1' || name.back() > '3') return std::nullopt;
  const ObjectType* type = by_name(name.substr(0, name.size() - 1));
  if (type == nullptr || type->name == "psf" || type->name == "sky") return std::nullopt;
  return TypeName{type, static_cast<Normalisation>(name.back() - '0')};
}

const ObjectType* object_type_of_kind(std::string_view kind) {
  const auto* const found = std::ranges::find(types(), kind, &ObjectType::kind);
  return found == types().end() ? nullptr : found;
}

std::string object_types_text() {
  std::string text;
  for (const ObjectType& type : types()) text += std::string(type.name) + ", ";
  return text + "the types of light also with 1, 2 or 3 at the end";
}

std::span<const std::string_view> truncation_types() {
  return kTruncations;
}

}  // namespace gaxel::legacy
