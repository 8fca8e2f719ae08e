// The real images that the demo and the regression fits use. Numbers are what their descriptions state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "io/fits_file.hpp"

namespace gaxel::io {
namespace {

class RealData : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("GAXEL_TEST_DATA");
    if (folder == nullptr) GTEST_SKIP() << "GAXEL_TEST_DATA names no folder with the real images";
    folder_ = folder;
  }
  Image read(const std::string& name) const {
    return read_fits_image(parse_fits_name((folder_ / name).string())).pixels;
  }

  std::filesystem::path folder_;
};

double sum(const Image& image) {
  return std::accumulate(image.pixels().begin(), image.pixels().end(), 0.0);
}

TEST_F(RealData, EveryFileIsRead) {
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    const std::string name = entry.path().string();
    if (!name.ends_with(".fits") && !name.ends_with(".fits.gz")) continue;
    EXPECT_FALSE(read_fits_image(parse_fits_name(name)).pixels.empty()) << name;
    ++count;
  }
  EXPECT_GT(count, 20);
}

TEST_F(RealData, Abell2744) {
  EXPECT_EQ(read("abell2744_hst/abell_2744_dwarf_galaxy_f105w.fits.gz").shape(), (Shape{200, 200}));
  const Image psf = read("abell2744_hst/f105w_psf.fits.gz");
  EXPECT_EQ(psf.shape(), (Shape{50, 50}));
  EXPECT_NEAR(sum(psf), 2535.0, 1.0);
  const auto peak = std::max_element(psf.pixels().begin(), psf.pixels().end()) - psf.pixels().begin();
  EXPECT_EQ(peak, 24 * 50 + 24);
}

TEST_F(RealData, Ngc3073) {
  EXPECT_EQ(read("n3073_sdss_r/image.fits").size(), 150u * 200u);
  EXPECT_NEAR(sum(read("n3073_sdss_r/psf.fits")), 7.40, 0.005);
  const Image mask = read("n3073_sdss_r/mask.fits");
  EXPECT_NEAR(sum(mask) / static_cast<double>(mask.size()), 0.042, 0.0005);
}

TEST_F(RealData, HscPsfsAreNormalised) {
  for (const char* name : {"gal1", "gal2", "gal3"}) {
    EXPECT_NEAR(sum(read(std::string("hsc_pysersic/") + name + "_psf.fits")), 1.0, 1e-3);
  }
}

}  // namespace
}  // namespace gaxel::io
