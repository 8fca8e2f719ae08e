#include "base/nearest_name.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace gaxel {
namespace {

TEST(NameDistance, CountsEdits) {
  EXPECT_EQ(name_distance("", ""), 0);
  EXPECT_EQ(name_distance("", "abc"), 3);
  EXPECT_EQ(name_distance("abc", ""), 3);
  EXPECT_EQ(name_distance("kitten", "sitting"), 3);   // the textbook's example
  EXPECT_EQ(name_distance("sunday", "saturday"), 3);  // and the other one
  EXPECT_EQ(name_distance("ca", "abc"), 3);         // optimal string alignment: no edit inside a swapped pair
  EXPECT_EQ(name_distance("sersci", "sersic"), 1);  // one swap
  EXPECT_EQ(name_distance("Sersic", "sERSIC"), 0);
}

TEST(NameDistance, IsSymmetric) {
  constexpr std::array<const char*, 6> words{"sigma", "simga", "segmentation", "mask", "", "max_iterations"};
  for (const char* a : words) {
    for (const char* b : words) EXPECT_EQ(name_distance(a, b), name_distance(b, a)) << a << ' ' << b;
  }
}

constexpr std::array<std::string_view, 5> kNames{"sigma", "variance", "weight", "rms", "gain"};

TEST(NearestName, FindsWhatWasMeant) {
  EXPECT_EQ(nearest_name("sgima", kNames), "sigma");
  EXPECT_EQ(nearest_name("Variance", kNames), "variance");
  EXPECT_EQ(nearest_name("weigth", kNames), "weight");
  EXPECT_EQ(nearest_name("rmss", kNames), "rms");
}

TEST(NearestName, TakesAbbreviations) {
  EXPECT_EQ(nearest_name("Var", kNames), "variance");
  EXPECT_EQ(nearest_name("va", kNames), "");
}

TEST(NearestName, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("zeropoint", kNames), "");
  EXPECT_EQ(nearest_name("", kNames), "");
  EXPECT_EQ(nearest_name(std::string(100'000, 's'), kNames), "");
  EXPECT_EQ(nearest_name("sigma", {}), "");
}

TEST(NearestName, OfAFamilyTakesTheNearestNumber) {
  constexpr std::array<std::string_view, 5> modes{"f1", "f1_phase", "f2", "f9", "f10"};
  EXPECT_EQ(nearest_name("f11", modes), "f10");
  EXPECT_EQ(nearest_name("f3", modes), "f2");
  EXPECT_EQ(nearest_name("f8", modes), "f9");
  EXPECT_EQ(nearest_name("f99999999999999", modes), "");
}

TEST(NamesText, TellsFamiliesInOneEntry) {
  constexpr std::array<std::string_view, 11> names{"x",        "f1", "f1_phase", "f2",  "f2_phase", "f3",
                                                   "f3_phase", "h1", "h2",       "c00", "c10"};
  EXPECT_EQ(names_text(names), "x, f1 to f3, f1_phase to f3_phase, h1, h2, c00, c10");
  EXPECT_EQ(names_text({}), "");
}

TEST(Suggestion, ListsWhatIsAllowed) {
  EXPECT_EQ(suggestion("gian", kNames), "did you mean \"gain\"? allowed: sigma, variance, weight, rms, gain");
  EXPECT_EQ(suggestion("zeropoint", kNames), "allowed: sigma, variance, weight, rms, gain");
}

}  // namespace
}  // namespace gaxel
