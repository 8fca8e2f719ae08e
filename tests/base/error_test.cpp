#include "gaxel/error.hpp"

#include <gtest/gtest.h>

namespace gaxel {
namespace {

TEST(InputError, NamesFileKeyValueAndWhatIsAllowed) {
  const InputError error({"scene.toml:12", "noise.gain", "-1", "out of range", "a number above 0"});
  EXPECT_STREQ(error.what(), "scene.toml:12: noise.gain = -1: out of range (a number above 0)");
  EXPECT_EQ(error.problem().key, "noise.gain");
}

TEST(InputError, LeavesOutWhatIsEmpty) {
  EXPECT_STREQ(InputError({"a.fits", "", "", "the file does not exist", ""}).what(),
               "a.fits: the file does not exist");
  EXPECT_STREQ(InputError({"", "rtol", "", "missing", ""}).what(), "rtol: missing");
  EXPECT_STREQ(InputError({"", "", "7", "too many", ""}).what(), "7: too many");
  EXPECT_STREQ(InputError({"", "", "", "no", "yes"}).what(), "no (yes)");
}

TEST(InputError, IsCaughtAsEveryErrorOfGaxel) {
  EXPECT_THROW(throw InputError({}), Error);
  EXPECT_THROW(throw OutputError("disk full"), std::runtime_error);
}

}  // namespace
}  // namespace gaxel
