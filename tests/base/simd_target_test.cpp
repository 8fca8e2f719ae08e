#include "base/simd_target.hpp"

#include <gtest/gtest.h>

#include "gaxel/error.hpp"

namespace gaxel {
namespace {

TEST(SimdTarget, NamesAreDistinctAndUsable) {
  const std::vector<std::string> names = simd_targets();
  ASSERT_FALSE(names.empty());
  for (const std::string& name : names) EXPECT_NO_THROW(use_simd_target(name)) << name;
  use_simd_target("");
  EXPECT_EQ(simd_targets(), names);
}

TEST(SimdTarget, ListsAllAgainAfterAChoice) {
  const std::vector<std::string> names = simd_targets();
  use_simd_target(names.back());
  use_simd_target("");
  EXPECT_EQ(simd_targets(), names);
}

TEST(SimdTarget, UnknownNamesAreRefused) {
  const std::vector<std::string> names = simd_targets();
  use_simd_target(names.back());
  EXPECT_THROW(use_simd_target("AVX1024"), InputError);
  EXPECT_EQ(simd_targets(), std::vector<std::string>{names.back()}) << "the earlier choice stands";
  use_simd_target("");
}

}  // namespace
}  // namespace gaxel
