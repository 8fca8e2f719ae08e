#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "gaxel/error.hpp"
#include "io/fits_file.hpp"
#include "io/raw_fits.hpp"

namespace gaxel::io {
namespace {

using test::card;
using test::TempFolder;

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Image small() {
  Image image(Shape{2, 3});
  for (std::size_t i = 0; i < image.size(); ++i) image.pixels()[i] = 0.1 * static_cast<double>(i) - 0.25;
  return image;
}

TEST(FitsWriter, PixelsLieInTheFileAsTheStandardSays) {
  const TempFolder folder;
  const Image image = small();
  FitsWriter writer(folder.path("a.fits"));
  writer.add_image(image.view(), "DATA");
  writer.commit();
  const std::string bytes = bytes_of(folder.path("a.fits"));
  ASSERT_EQ(bytes.size(), 2 * test::kFitsBlock);
  EXPECT_EQ(bytes.substr(0, 30), "SIMPLE  =                    T");
  const std::vector<double> values(image.pixels().begin(), image.pixels().end());
  EXPECT_EQ(bytes.substr(test::kFitsBlock, 48), test::big_endian(values));
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.fits"));
}

TEST(FitsWriter, SeveralImagesReadBack) {
  const TempFolder folder;
  Image mask(Shape{1, 2});
  mask(0, 1) = 1.0;
  FitsWriter writer(folder.path("a.fits"));
  writer.add_empty({{"ORIGIN", std::string("test"), ""}});
  writer.add_image(small().view(), "MODEL", {}, {}, PixelType::kFloat32);
  writer.add_image(mask.view(), "MASK", {}, {}, PixelType::kUint8);
  writer.commit();
  const FitsReader reader(folder.path("a.fits"));
  ASSERT_EQ(reader.hdus().size(), 3u);
  EXPECT_EQ(header_value(reader.header(reader.hdus()[0]), "ORIGIN"), "test");
  EXPECT_EQ(reader.hdus()[1].extname, "MODEL");
  EXPECT_EQ(reader.hdus()[1].bitpix, -32);
  EXPECT_EQ(reader.hdus()[2].bitpix, 8);
  const Image model = reader.read(reader.hdus()[1], {1, 3, 1, 2});
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(model.pixels()[i], static_cast<double>(static_cast<float>(small().pixels()[i])));
  }
  EXPECT_THAT(reader.read(reader.hdus()[2], {1, 2, 1, 1}).pixels(), testing::ElementsAre(0.0, 1.0));
}

TEST(FitsWriter, KeepsForeignCardsButNotTheirStorage) {
  const TempFolder folder;
  const HeaderCards header{card("BITPIX", "16"),
                           card("BSCALE", "2.0"),
                           card("BZERO", "5.0"),
                           card("BLANK", "-1"),
                           card("EXTNAME", "'OLD'"),
                           card("CRPIX1", "100.5"),
                           card("TELESCOP", "'HST'"),
                           card("DATAMAX", "9"),
                           card("BAD", "'\xe9'"),
                           "A_2_0=1e-5" + std::string(70, ' '),  // no legal name
                           "_Y = 1    " + std::string(70, ' ')};
  FitsWriter writer(folder.path("a.fits"));
  writer.add_image(small().view(), "NEW", {{"CRPIX1", 40.5, "shifted"}}, header);
  writer.commit();
  const FitsImage image = read_fits_image(parse_fits_name(folder.path("a.fits")));
  EXPECT_EQ(image.pixels(0, 0), -0.25);
  EXPECT_EQ(image.hdu.extname, "NEW");
  EXPECT_EQ(header_number(image.header, "CRPIX1"), 40.5);
  EXPECT_EQ(header_value(image.header, "TELESCOP"), "HST");
  EXPECT_EQ(header_value(image.header, "BAD"), "?");
  for (const char* gone : {"BSCALE", "BZERO", "BLANK", "DATAMAX"})
    EXPECT_FALSE(header_value(image.header, gone)) << gone;
}

TEST(FitsWriter, KeysOfEveryType) {
  const TempFolder folder;
  const std::string long_text(200, 'x');
  FitsWriter writer(folder.path("a.fits"));
  writer.add_image(small().view(), "",
                   {{"TENTH", 0.1, "exact"},
                    {"THIRD", 1.0 / 3.0, ""},
                    {"TINY", 1.2345678901234567e-300, ""},
                    {"NOTANUM", std::nan(""), ""},
                    {"COUNT", std::int64_t{-12}, ""},
                    {"FLAG", true, ""},
                    {"TEXT", std::string("it's"), ""},
                    {"LONGTEXT", long_text, ""}});
  writer.commit();
  const HeaderCards header = read_fits_image(parse_fits_name(folder.path("a.fits"))).header;
  EXPECT_EQ(header_number(header, "TENTH"), 0.1);
  EXPECT_EQ(header_number(header, "THIRD"), 1.0 / 3.0);
  EXPECT_EQ(header_number(header, "TINY"), 1.2345678901234567e-300);
  EXPECT_EQ(header_number(header, "COUNT"), -12.0);
  EXPECT_EQ(header_value(header, "FLAG"), "T");
  EXPECT_EQ(header_value(header, "TEXT"), "it's");
  EXPECT_FALSE(header_number(header, "NOTANUM"));
  EXPECT_TRUE(header_value(header, "LONGTEXT"));
}

TEST(FitsWriter, WithoutCommitNothingChanges) {
  const TempFolder folder;
  folder.write("a.fits", "old");
  {
    FitsWriter writer(folder.path("a.fits"));
    writer.add_image(small().view(), "DATA");
    EXPECT_EQ(folder.names().size(), 2u);
  }
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.fits"));
  EXPECT_EQ(bytes_of(folder.path("a.fits")), "old");
}

TEST(FitsWriter, CommitReplacesTheOldFile) {
  const TempFolder folder;
  folder.write("a.fits", "old");
  FitsWriter writer(folder.path("a.fits"));
  writer.add_image(small().view(), "DATA");
  writer.commit();
  EXPECT_EQ(read_fits_image(parse_fits_name(folder.path("a.fits"))).pixels(0, 0), -0.25);
  EXPECT_THROW(writer.commit(), OutputError);
  EXPECT_THROW(writer.add_image(small().view(), "MORE"), OutputError);
}

std::string problem(const std::string& path) {
  try {
    FitsWriter writer(path);
    writer.add_image(small().view(), "DATA");
    writer.commit();
  } catch (const OutputError& error) {
    return error.what();
  }
  return "written";
}

TEST(FitsWriter, PlacesThatCannotBeWritten) {
  const TempFolder folder;
  EXPECT_THAT(problem(folder.path("none/a.fits")), testing::HasSubstr("No such file or directory"));
  EXPECT_THAT(problem(folder.path()), testing::HasSubstr("this is a folder"));
  EXPECT_THAT(problem(folder.write("file", "x") + "/a.fits"), testing::HasSubstr("Not a directory"));
  EXPECT_THAT(problem(folder.path(std::string(300, 'x'))), testing::HasSubstr("cannot be written"));
}

TEST(FitsWriter, FolderWithoutPermission) {
  const TempFolder folder;
  if (geteuid() == 0) GTEST_SKIP() << "permissions do not stop the superuser";
  std::filesystem::permissions(folder.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  EXPECT_THAT(problem(folder.path("a.fits")), testing::HasSubstr("Permission denied"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

/// A limit on the size of files stands in for a full disk: write() fails in the same way.
TEST(FitsWriter, FullDiskKeepsTheOldFile) {
  const TempFolder folder;
  folder.write("a.fits", "old");
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit tight{100'000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::string what = "written";
  try {
    const Image large(Shape{500, 500}, 1.0);
    FitsWriter writer(folder.path("a.fits"));
    writer.add_image(large.view(), "DATA");
    writer.commit();
  } catch (const OutputError& error) {
    what = error.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(what, testing::AllOf(testing::HasSubstr("a.fits"), testing::HasSubstr("File too large")));
  EXPECT_THAT(folder.names(), testing::ElementsAre("a.fits"));
  EXPECT_EQ(bytes_of(folder.path("a.fits")), "old");
}

}  // namespace
}  // namespace gaxel::io
