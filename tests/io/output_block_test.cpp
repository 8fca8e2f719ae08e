#include "io/block_fits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "output_fixture.hpp"

namespace gaxel::io {
namespace {

using testing_support::sample_result;
using testing_support::sample_task;
using testing_support::ScratchFolder;

TEST(ExtensionNames, AreUpperCaseAndUnique) {
  Scene scene;
  const ComponentKind* kind = &component_kind("pointsource");
  for (const char* name : {"Disc", "disc", "model", "early type", "DISC_2"}) {
    scene.components.push_back({kind, name, {}, false});
  }
  EXPECT_THAT(extension_names(scene),
              testing::ElementsAre("DISC", "DISC_2", "MODEL_2", "EARLY TYPE", "DISC_2_2"));
}

TEST(RegionKeys, ShiftEveryReferencePixel) {
  const Task task = sample_task();
  std::vector<std::pair<std::string, double>> numbers;
  std::string region;
  for (const HeaderKey& key : region_keys(task.header, task.placement, task.shape)) {
    if (const double* number = std::get_if<double>(&key.value)) numbers.emplace_back(key.name, *number);
    if (key.name == "REGION") region = std::get<std::string>(key.value);
  }
  // The region's first pixel is FITS pixel (101, 51) of the image.
  using Pair = std::pair<std::string, double>;
  EXPECT_THAT(numbers, testing::ElementsAre(Pair("CRPIX1", 20.5), Pair("CRPIX2", 10.25),
                                            Pair("CRPIX1A", -99.0), Pair("LTV2", -53.0)));
  EXPECT_EQ(region, "[101:140,51:80]");
}

class BlockFits : public testing::Test {
 protected:
  ScratchFolder folder;
  Task task = sample_task();
  FitResult result = sample_result(task);
  std::vector<Image> components = {Image(task.shape, 1.0), Image(task.shape, 2.0), Image(task.shape, 3.0)};
};

TEST_F(BlockFits, HoldsEverythingInOrder) {
  const std::string path = folder.file("block.fits");
  write_block(path, task, result, {&components, 1}, "1.2.3").commit();
  const FitsReader reader(path);
  std::vector<std::string> names;
  for (const HduInfo& hdu : reader.hdus()) names.push_back(hdu.extname);
  EXPECT_THAT(names, testing::ElementsAre("", "DATA", "MODEL", "RESIDUAL", "EARLY TYPE", "STAR", "SKY",
                                          "SIGMA", "MASK"));
  const auto pixel = [&](std::size_t hdu, int row, int col) {
    return reader.read(reader.hdus()[hdu], whole(task.shape))(row, col);
  };
  EXPECT_EQ(pixel(1, 3, 7), task.observation.data(3, 7));
  EXPECT_EQ(pixel(2, 3, 7), result.bands.front().model(3, 7));
  EXPECT_EQ(pixel(3, 3, 7), task.observation.data(3, 7) - result.bands.front().model(3, 7));
  EXPECT_EQ(pixel(5, 0, 0), 2.0);
  EXPECT_EQ(pixel(7, 9, 9), 2.0);
  EXPECT_EQ(pixel(8, 0, 5), 1.0) << "masked";
  EXPECT_EQ(pixel(8, 0, 6), 0.0);
  EXPECT_EQ(reader.hdus()[8].bitpix, 8);
}

TEST_F(BlockFits, HeadersTellTheFitAndKeepTheWcs) {
  const std::string path = folder.file("block.fits");
  write_block(path, task, result, {&components, 1}, "1.2.3").commit();
  const FitsReader reader(path);
  const HeaderCards primary = reader.header(reader.hdus()[0]);
  EXPECT_EQ(header_number(primary, "CHI2"), 1234.5);
  EXPECT_EQ(header_number(primary, "DOF"), 1189.0);
  EXPECT_EQ(header_value(primary, "GAXELVER"), "1.2.3");
  EXPECT_EQ(header_value(primary, "STOPPED"), "converged");
  for (std::size_t hdu = 1; hdu < reader.hdus().size(); ++hdu) {
    const HeaderCards header = reader.header(reader.hdus()[hdu]);
    EXPECT_EQ(header_number(header, "CRPIX1"), 20.5);
    EXPECT_EQ(header_number(header, "CRPIX2"), 10.25);
    EXPECT_EQ(header_number(header, "CRVAL2"), -30.0);
    EXPECT_EQ(header_value(header, "CTYPE1"), "RA---TAN");
  }
}

TEST_F(BlockFits, ModelFileHasWhatWasAskedFor) {
  const std::string path = folder.file("model.fits");
  write_model(path, task, std::vector<RenderedBand>{{result.bands.front().model, {}, {}}}, "1.2.3");
  EXPECT_EQ(FitsReader(path).hdus().size(), 1U);
  Certificate certificate;
  certificate.bound = Image(task.shape, 1e-7);
  write_model(path, task, std::vector<RenderedBand>{{result.bands.front().model, components, certificate}},
              "1.2.3");
  const FitsReader reader(path);
  std::vector<std::string> names;
  for (const HduInfo& hdu : reader.hdus()) names.push_back(hdu.extname);
  EXPECT_THAT(names, testing::ElementsAre("MODEL", "EARLY TYPE", "STAR", "SKY", "BOUND"));
  EXPECT_EQ(reader.read(reader.hdus()[0], whole(task.shape))(3, 7), result.bands.front().model(3, 7));
  EXPECT_EQ(reader.read(reader.hdus()[4], whole(task.shape))(3, 7), 1e-7);
}

}  // namespace
}  // namespace gaxel::io
