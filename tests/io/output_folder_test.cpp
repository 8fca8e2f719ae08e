#include "io/output_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "gaxel/error.hpp"
#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

using testing_support::read_text;
using testing_support::ScratchFolder;
using testing_support::write_text;

TEST(OutputFolder, MakesFoldersAndLeavesNothingInThem) {
  const ScratchFolder scratch;
  const OutputFolder folder(scratch.file("a/b"));
  EXPECT_TRUE(std::filesystem::is_directory(scratch.file("a/b")));
  EXPECT_TRUE(std::filesystem::is_empty(scratch.file("a/b")));
  EXPECT_EQ(folder.file("x.fits"), scratch.file("a/b/x.fits"));
}

TEST(OutputFolder, TakesOneThatIsThere) {
  const ScratchFolder scratch;
  write_text(scratch.file("mine"), "keep");
  const OutputFolder folder(scratch.path);
  EXPECT_EQ(read_text(scratch.file("mine")), "keep");
  EXPECT_EQ(scratch.count(), 1);
}

TEST(OutputFolder, RefusesWhatCannotBeAFolder) {
  const ScratchFolder scratch;
  write_text(scratch.file("file"), "x");
  for (const std::string& path :
       {scratch.file("file"), scratch.file("file/below"), std::string("/proc/none"), std::string()}) {
    try {
      const OutputFolder folder(path);
      FAIL() << path;
    } catch (const InputError& error) {
      EXPECT_EQ(error.problem().source, path);
      EXPECT_THAT(error.problem().what, testing::HasSubstr("cannot be written"));
    }
  }
}

TEST(StagedFiles, AppearOnlyWithCommit) {
  const ScratchFolder scratch;
  write_text(scratch.file("old"), "old text");
  StagedFiles files;
  files.add(scratch.file("old"), "new text");
  files.add(scratch.file("fresh"), std::string("\0\n", 2));
  EXPECT_EQ(read_text(scratch.file("old")), "old text");
  EXPECT_FALSE(std::filesystem::exists(scratch.file("fresh")));
  files.commit();
  EXPECT_EQ(read_text(scratch.file("old")), "new text");
  EXPECT_EQ(read_text(scratch.file("fresh")), std::string("\0\n", 2));
  EXPECT_EQ(scratch.count(), 2);
}

TEST(StagedFiles, WithoutCommitNothingChanges) {
  const ScratchFolder scratch;
  write_text(scratch.file("old"), "old text");
  {
    StagedFiles files;
    files.add(scratch.file("old"), "new text");
    files.add(scratch.file("fresh"), "text");
  }
  EXPECT_EQ(read_text(scratch.file("old")), "old text");
  EXPECT_EQ(scratch.count(), 1);
}

TEST(StagedFiles, TellWhyTheyCannotBeWritten) {
  const ScratchFolder scratch;
  StagedFiles files;
  try {
    files.add(scratch.file("missing/file"), "text");
    FAIL();
  } catch (const OutputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(scratch.file("missing/file")));
    EXPECT_THAT(error.what(), testing::HasSubstr("No such file or directory"));
  }
  EXPECT_EQ(scratch.count(), 0);
}

TEST(StagedFiles, AFolderInTheWayOfOneKeepsAllAsTheyWere) {
  for (const char* taken : {"a", "b", "c"}) {
    const ScratchFolder scratch;
    {
      StagedFiles files;
      for (const char* name : {"a", "b", "c"}) {
        if (name != taken) write_text(scratch.file(name), "old");
        files.add(scratch.file(name), "new");
      }
      std::filesystem::create_directories(scratch.file(taken) + "/inside");
      EXPECT_THROW(files.commit(), OutputError);
      EXPECT_THROW(files.add(scratch.file(taken), "new"), OutputError);
    }
    EXPECT_TRUE(std::filesystem::is_directory(scratch.file(taken) + "/inside"));
    for (const char* name : {"a", "b", "c"}) {
      if (name != taken) {
        EXPECT_EQ(read_text(scratch.file(name)), "old");
      }
    }
    EXPECT_EQ(scratch.count(), 3);
  }
}

}  // namespace
}  // namespace gaxel::io
