#include "io/partial_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

namespace fs = std::filesystem;
using testing_support::read_text;
using testing_support::ScratchFolder;
using testing_support::write_text;

std::string refusal(const std::string& path, const std::vector<std::string>& inputs = {}) {
  try {
    check_output(path, inputs);
  } catch (const InputError& error) {
    EXPECT_EQ(error.problem().source, path);
    return error.problem().what;
  }
  return "";
}

TEST(PartialFile, WritesThroughLinks) {
  const ScratchFolder scratch;
  fs::create_directory(scratch.file("far"));
  write_text(scratch.file("far/file"), "old");
  fs::create_symlink("far/file", scratch.file("link"));
  EXPECT_EQ(refusal(scratch.file("link")), "");
  PartialFile file(scratch.file("link"));
  file.write("new");
  EXPECT_EQ(read_text(scratch.file("far/file")), "old");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(scratch.file("link")));
  EXPECT_EQ(read_text(scratch.file("far/file")), "new");
  EXPECT_EQ(scratch.count(), 2);
}

TEST(PartialFile, ReplacesNothingButFiles) {
  const ScratchFolder scratch;
  ASSERT_EQ(mkfifo(scratch.file("pipe").c_str(), 0600), 0);
  fs::create_symlink("pipe", scratch.file("link to a pipe"));
  fs::create_symlink("none", scratch.file("link to nothing"));
  fs::create_symlink("loop", scratch.file("loop"));
  fs::create_directory(scratch.file("folder"));
  for (const std::string& path :
       {scratch.file("pipe"), scratch.file("link to a pipe"), scratch.file("link to nothing"),
        scratch.file("loop"), scratch.file("folder"), std::string("/dev/null")}) {
    EXPECT_THAT(refusal(path), testing::HasSubstr("cannot be written")) << path;
    EXPECT_THROW(PartialFile{path}, OutputError) << path;
    EXPECT_THROW(FitsWriter{path}, OutputError) << path;
  }
  EXPECT_TRUE(fs::is_fifo(scratch.file("pipe")));
  EXPECT_TRUE(fs::is_symlink(scratch.file("link to nothing")));
  EXPECT_EQ(scratch.count(), 5);
}

TEST(PartialFile, AFileThatIsReadIsNoOutput) {
  const ScratchFolder scratch;
  write_text(scratch.file("image"), "x");
  write_text(scratch.file("other"), "x");
  fs::create_symlink("image", scratch.file("link"));
  fs::create_hard_link(scratch.file("image"), scratch.file("second name"));
  const std::vector<std::string> inputs{scratch.file("missing"), scratch.file("image")};
  for (const char* name : {"image", "link", "second name", "./image"}) {
    EXPECT_THAT(refusal(scratch.file(name), inputs), testing::HasSubstr(scratch.file("image"))) << name;
  }
  EXPECT_EQ(refusal(scratch.file("other"), inputs), "");
  EXPECT_EQ(refusal(scratch.file("new"), inputs), "");
}

}  // namespace
}  // namespace gaxel::io
