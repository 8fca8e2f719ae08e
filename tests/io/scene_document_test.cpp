// docs/scene.md tells of every kind of component and every key that scenes may have.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "io/component_keys.hpp"

namespace gaxel::io {
namespace {

TEST(SceneDocument, NamesEveryKindAndKey) {
  std::ifstream file(GAXEL_TESTS_DIR "/../docs/scene.md");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  ASSERT_FALSE(text.empty());
  for (const ComponentKind& kind : component_kinds()) {
    EXPECT_NE(text.find(fmt::format("`\"{}\"`", kind.name)), std::string::npos) << kind.name;
    const std::vector<OptionKey> options = option_keys(kind);  // docs/shapes.md tells of these by families
    for (const std::string_view key : component_keys(kind)) {
      if (std::ranges::find(options, key, &OptionKey::key) != options.end()) continue;
      EXPECT_NE(text.find(fmt::format("`{}`", key)), std::string::npos) << key;
    }
  }
}

}  // namespace
}  // namespace gaxel::io
