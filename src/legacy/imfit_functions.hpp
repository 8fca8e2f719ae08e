// Imfit's functions, and what their parameters are in a scene.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gaxel::legacy {

/// A parameter: scene = offset + factor * Imfit. `key` is empty where it takes more than that.
struct ImfitSlot {
  std::string_view name;
  std::string_view key;
  double factor = 1.0;
  double offset = 0.0;
};

struct ImfitKind {
  std::string_view name;
  std::string_view kind;  ///< of gaxel; empty where it has none
  std::span<const ImfitSlot> slots;
};

/// All functions of Imfit 1.9, with those that gaxel cannot make.
std::span<const ImfitKind> imfit_kinds();

/// The function of that name, or null.
const ImfitKind* find_imfit_kind(std::string_view name);

/// The names, those alone that gaxel can make, for messages.
std::string imfit_kinds_text();

}  // namespace gaxel::legacy
