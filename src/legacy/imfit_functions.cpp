#include "legacy/imfit_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "math/sersic_b.hpp"

namespace gaxel::legacy {

namespace {

constexpr double kRadians = std::numbers::pi / 180.0;

constexpr ImfitSlot kPa{"PA", "pa"};
constexpr ImfitSlot kEll{"ell", "q", -1.0, 1.0};
constexpr ImfitSlot kC0{"c0", "c0"};
constexpr ImfitSlot kCentre{"I_0", "i0"};
constexpr ImfitSlot kN{"n", "n"};
constexpr ImfitSlot kIe{"I_e", "ie"};
constexpr ImfitSlot kRe{"r_e", "re"};

constexpr std::array kFlatSky{ImfitSlot{"I_sky", "level"}};
constexpr std::array kTiltedSky{ImfitSlot{"I_0", "level"}, ImfitSlot{"m_x", "dx"}, ImfitSlot{"m_y", "dy"}};
constexpr std::array kMoffat{kPa, kEll, kCentre, ImfitSlot{"fwhm", "fwhm"}, ImfitSlot{"beta", "beta"}};
constexpr std::array kPoint{ImfitSlot{"I_tot", "flux"}};
constexpr std::array kPointRot{ImfitSlot{"I_tot", "flux"}, ImfitSlot{"PA", ""}};
constexpr std::array kKing{
    kPa, kEll, kCentre, ImfitSlot{"r_c", "rc"}, ImfitSlot{"r_t", "rt"}, ImfitSlot{"alpha", "alpha"}};
constexpr std::array kKing2{
    kPa, kEll, kCentre, ImfitSlot{"r_c", "rc"}, ImfitSlot{"c", ""}, ImfitSlot{"alpha", "alpha"}};
constexpr std::array kSersic{kPa, kEll, kN, kIe, kRe};
constexpr std::array kSersicC0{kPa, kEll, kC0, kN, kIe, kRe};
constexpr std::array kCoreSersic{kPa,
                                 kEll,
                                 kN,
                                 ImfitSlot{"I_b", "ib"},
                                 kRe,
                                 ImfitSlot{"r_b", "rb"},
                                 ImfitSlot{"alpha", "alpha"},
                                 ImfitSlot{"gamma", "gamma"}};
constexpr std::array kBroken{kPa,
                             kEll,
                             kCentre,
                             ImfitSlot{"h1", "h1"},
                             ImfitSlot{"h2", "h2"},
                             ImfitSlot{"r_break", "rb"},
                             ImfitSlot{"alpha", "alpha"}};
constexpr std::array kRing{kPa, kEll, ImfitSlot{"A", "ie"}, ImfitSlot{"R_ring", "r"},
                           ImfitSlot{"sigma_r", "sigma"}};
constexpr std::array kRing2{kPa,
                            kEll,
                            ImfitSlot{"A", "ie"},
                            ImfitSlot{"R_ring", "r"},
                            ImfitSlot{"sigma_r_in", "sigma_in"},
                            ImfitSlot{"sigma_r_out", "sigma_out"}};
constexpr std::array kRingAz{kPa,
                             kEll,
                             ImfitSlot{"A_maj", ""},
                             ImfitSlot{"A_min_rel", ""},
                             ImfitSlot{"R_ring", ""},
                             ImfitSlot{"sigma_r", ""}};
constexpr std::array kEdgeOn{kPa, ImfitSlot{"L_0", ""}, ImfitSlot{"h", "h"}, kN, ImfitSlot{"z_0", "z0"}};
constexpr std::array kEdgeRing{kPa, ImfitSlot{"I_0", ""}, ImfitSlot{"r", ""}, ImfitSlot{"sigma_r", ""},
                               ImfitSlot{"sigma_z", ""}};
constexpr std::array kEdgeRing2{kPa,
                                ImfitSlot{"I_0", ""},
                                ImfitSlot{"r", ""},
                                ImfitSlot{"sigma_r_in", ""},
                                ImfitSlot{"sigma_r_out", ""},
                                ImfitSlot{"sigma_z", ""}};
constexpr std::array kFerrers{kPa, kEll, kC0, kCentre, ImfitSlot{"n", "alpha"}, ImfitSlot{"a_bar", "rout"}};
constexpr std::array kFlatBar{kPa,
                              kEll,
                              ImfitSlot{"deltaPA_max", "opening", kRadians},
                              kCentre,
                              ImfitSlot{"h1", "h1"},
                              ImfitSlot{"h2", "h2"},
                              ImfitSlot{"r_break", "rb"},
                              ImfitSlot{"alpha", "alpha"}};

/// Parameters of functions that gaxel has no kind for: their names alone matter.
template <std::size_t N>
constexpr std::array<ImfitSlot, N> names(const std::array<std::string_view, N>& list) {
  std::array<ImfitSlot, N> slots{};
  for (std::size_t i = 0; i < N; ++i) slots[i].name = list[i];
  return slots;
}

constexpr auto kDisk3D = names<6>({"PA", "inc", "J_0", "h", "n", "z_0"});
constexpr auto kBroken3D = names<9>({"PA", "inc", "J_0", "h1", "h2", "r_break", "alpha", "n", "z_0"});
constexpr auto kRing3D = names<8>({"PA", "inc", "PA_ring", "ell", "J_0", "a_ring", "sigma", "h_z"});
constexpr auto kFerrers3D = names<8>({"PA", "inc", "barPA", "J_0", "R_bar", "q", "q_z", "n"});
constexpr auto kPeanut3D = names<12>({"PA_lon", "inc", "barPA", "J0_bar", "R_bar_x", "q", "q_z", "R_peanut",
                                      "A_bar", "sigma_peanut", "c_bar_par", "c_bar_perp"});

const auto& kinds() {
  // Imfit's Gaussian has sigma and its exponential h; half of the light is within re.
  static const double half_light = std::sqrt(2.0 * std::numbers::ln2);
  static const double scale = sersic_b(1.0).b;
  static const std::array gaussian{kPa, kEll, kCentre, ImfitSlot{"sigma", "re", half_light}};
  static const std::array exponential{kPa, kEll, kCentre, ImfitSlot{"h", "re", scale}};
  static const std::array exponential_c0{kPa, kEll, kC0, kCentre, ImfitSlot{"h", "re", scale}};
  static const std::array all{ImfitKind{"FlatSky", "sky", kFlatSky},
                              ImfitKind{"TiltedSkyPlane", "sky", kTiltedSky},
                              ImfitKind{"Gaussian", "gaussian", gaussian},
                              ImfitKind{"Moffat", "moffat", kMoffat},
                              ImfitKind{"PointSource", "pointsource", kPoint},
                              ImfitKind{"PointSourceRot", "", kPointRot},
                              ImfitKind{"ModifiedKing", "king", kKing},
                              ImfitKind{"ModifiedKing2", "king", kKing2},
                              ImfitKind{"Exponential", "exponential", exponential},
                              ImfitKind{"Exponential_GenEllipse", "exponential", exponential_c0},
                              ImfitKind{"Sersic", "sersic", kSersic},
                              ImfitKind{"Sersic_GenEllipse", "sersic", kSersicC0},
                              ImfitKind{"Core-Sersic", "coresersic", kCoreSersic},
                              ImfitKind{"BrokenExponential", "brokenexponential", kBroken},
                              ImfitKind{"GaussianRing", "gaussianring", kRing},
                              ImfitKind{"GaussianRing2Side", "gaussianring2side", kRing2},
                              ImfitKind{"GaussianRingAz", "", kRingAz},
                              ImfitKind{"EdgeOnDisk", "edgeondiscn", kEdgeOn},
                              ImfitKind{"EdgeOnRing", "", kEdgeRing},
                              ImfitKind{"EdgeOnRing2Side", "", kEdgeRing2},
                              ImfitKind{"FerrersBar2D", "ferrers", kFerrers},
                              ImfitKind{"FlatBar", "flatbar", kFlatBar},
                              ImfitKind{"ExponentialDisk3D", "", kDisk3D},
                              ImfitKind{"BrokenExponentialDisk3D", "", kBroken3D},
                              ImfitKind{"GaussianRing3D", "", kRing3D},
                              ImfitKind{"FerrersBar3D", "", kFerrers3D},
                              ImfitKind{"DattathriPeanut3D", "", kPeanut3D}};
  return all;
}

}  // namespace

std::span<const ImfitKind> imfit_kinds() {
  return kinds();
}

const ImfitKind* find_imfit_kind(std::string_view name) {
  const auto* const found = std::ranges::find(kinds(), name, &ImfitKind::name);
  return found == kinds().end() ? nullptr : found;
}

std::string imfit_kinds_text() {
  std::string text;
  for (const ImfitKind& kind : kinds()) {
    if (!kind.kind.empty()) text += (text.empty() ? "" : ", ") + std::string(kind.name);
  }
  return text;
}

}  // namespace gaxel::legacy
