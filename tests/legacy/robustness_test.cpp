// Files of users, and files that are damaged.
#include <cstdlib>

#include "legacy/galfit_scene.hpp"
#include "legacy/imfit_document.hpp"
#include "legacy/imfit_scene.hpp"
#include "legacy/legacy_support.hpp"

namespace gaxel::legacy {
namespace {

using namespace test;
using testing::IsEmpty;

/// Files damaged anywhere are refused with an InputError or read, and never crash.
TEST(Damage, NeverCrashes) {
  const GalfitDocument whole = example("bulge_disc.feedme");
  const std::string limits = TextDocument::read((kExamples / "bulge_disc.constraints").string()).text();
  const auto survives = [](auto read) {
    try {
      read();
    } catch (const InputError&) {
    }
  };
  const auto damage = [&](const std::string& text, auto read) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      survives([&] { read(text.substr(0, i)); });
      for (const char c : {'\n', ' ', ',', ')', '#', '9', '-', '_', '/', '\0', '\xff'}) {
        std::string damaged = text;
        damaged[i] = c;
        survives([&] { read(damaged); });
      }
    }
  };
  const std::string bands = TextDocument::read((kExamples / "multiband_cheb.feedme").string()).text();
  damage(bands, [](const std::string& text) { galfit(text); });
  damage(example("spiral_ring.feedme").text.text(), [](const std::string& text) {
    const GalfitDocument document = galfit(text);
    map_galfit(document, 0, "", Purpose::kRender);
  });
  damage(limits, [&](const std::string& text) { constraints(text, whole); });
  damage(kImfit, [](const std::string& text) {
    imfit_scene(parse_imfit(TextDocument::parse(text, "a.dat")), {}, "", Purpose::kKeep);
  });
}

TEST(RealFiles, OfGalfitmAndImfitAreReadAndWrittenByteByByte) {
  const char* folder = std::getenv("GAXEL_TEST_DATA");
  if (folder == nullptr) GTEST_SKIP() << "GAXEL_TEST_DATA names no folder with the real images";
  int feedmes = 0;
  int configurations = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool feedme = name.find(".feedme") != std::string::npos;
    if (!feedme && name.find("imfit_config") == std::string::npos) continue;
    const TextDocument text = TextDocument::read(entry.path().string());
    EXPECT_EQ(looks_like_galfit(text), feedme) << name;
    EXPECT_EQ(looks_like_imfit(text), !feedme) << name;
    if (!feedme) {
      EXPECT_EQ(parse_imfit(text).text.text(), text.text());
      ++configurations;
      continue;
    }
    const GalfitDocument document = parse_galfit(text);
    EXPECT_EQ(document.text.text(), text.text());
    EXPECT_EQ(document.n_bands, 5u) << name;
    EXPECT_THAT(document.remarks, IsEmpty()) << name;
    const std::string constraint_file = (entry.path().parent_path() / "constrain_s").string();
    EXPECT_EQ(parse_constraints(TextDocument::read(constraint_file), document).constraints.size(), 5u);
    ++feedmes;
  }
  EXPECT_GE(feedmes, 4);
  EXPECT_GE(configurations, 1);
}

}  // namespace
}  // namespace gaxel::legacy
