#include <gmock/gmock.h>

#include <cmath>

#include "io/task_fixture.hpp"

namespace gaxel::io {
namespace {

using test::kGalaxy;
using test::kImage;
using testing::HasSubstr;

/// Data at FITS pixel (x, y) is 10 x + y - 20: negative in the first column.
class NoiseTest : public test::TaskTest {
 protected:
  NoiseTest() {
    std::vector<float> values = coordinates(kNx, kNy);
    for (float& value : values) value -= 20.0F;
    write("image.fits", values);
  }

  Task with(const std::string& noise) const { return load(kImage + "[noise]\n" + noise + kGalaxy); }
  std::string rejected(const std::string& noise) const {
    return problem(kImage + "[noise]\n" + noise + kGalaxy);
  }
  void expect_sigma(const Task& task, double first, double last) const {
    EXPECT_NEAR(task.observation.sigma(0, 0), first, 1e-14 * std::abs(first));
    EXPECT_NEAR(task.observation.sigma(5, 7), last, 1e-14 * last);
  }
};

constexpr double kLast = 66.0;  // data in the last pixel; -9 in the first

TEST_F(NoiseTest, SourcesNoiseMayBeThatOfTheSmoothedImage) {
  // A plane stays what it is in the middle; in a corner the Gaussian's half gives a known mean.
  const Task task = with("rms = 2.0\ngain = 2.5\nbackground = 6\nsmooth = 0.5\n");
  const double data = 10.0 * 5 + 4 - 20.0;
  EXPECT_NEAR(task.observation.sigma(3, 4), std::sqrt(4.0 + (data - 6.0) / 2.5), 1e-12);
  // Weights exp(-2), exp(-8) of the neighbours one and two pixels inwards.
  const double shift = (std::exp(-2.0) + 2.0 * std::exp(-8.0)) / (1.0 + std::exp(-2.0) + std::exp(-8.0));
  EXPECT_NEAR(task.observation.sigma(5, 7), std::sqrt(4.0 + (kLast - 11.0 * shift - 6.0) / 2.5), 1e-12);
  EXPECT_THAT(rejected("rms = 1\nsmooth = 2\n"), HasSubstr("give \"gain\" too"));
  EXPECT_THAT(rejected("gain = 1\nsmooth = 2\n"), HasSubstr("\"smooth\" goes with \"rms\""));
}

TEST_F(NoiseTest, SigmaVarianceAndWeightSayTheSame) {
  write("variance.fits", std::vector<float>(kNx * kNy, 4.0F));
  write("weight.fits", std::vector<float>(kNx * kNy, 0.25F));
  for (const char* noise :
       {"sigma = \"sigma.fits\"\n", "variance = \"variance.fits\"\n", "weight = \"weight.fits\"\n",
        "inverse_variance = \"weight.fits\"\n", "rms = \"sigma.fits\"\n", "sigma = 2\n", "variance = 4.0\n",
        "weight = 0.25\n", "rms = 2\n"}) {
    EXPECT_THAT(with(noise).observation.sigma.pixels(), testing::Each(2.0)) << noise;
  }
}

TEST_F(NoiseTest, RmsWithGainAddsTheSourcesOwnNoise) {
  expect_sigma(with("rms = \"sigma.fits\"\ngain = 2.5\n"), 2.0, std::sqrt(4.0 + kLast / 2.5));
  expect_sigma(with("rms = 2.0\ngain = 2.5\n"), 2.0, std::sqrt(4.0 + kLast / 2.5));
  expect_sigma(with("rms = 2.0\ngain = 2.5\nbackground = 6\n"), 2.0, std::sqrt(4.0 + (kLast - 6.0) / 2.5));
}

TEST_F(NoiseTest, MadeFromGainReadNoiseAndSky) {
  const double read = 4.3 / 4.725;
  expect_sigma(with("gain = 4.725\nread_noise = 4.3\nsky = 154.33\n"),
               std::sqrt((-9.0 + 154.33) / 4.725 + read * read),
               std::sqrt((kLast + 154.33) / 4.725 + read * read));
  expect_sigma(with("gain = 4.725\nread_noise = 4.3\n"), read, std::sqrt(kLast / 4.725 + read * read));
}

TEST_F(NoiseTest, MadeNoiseIsNowhereZero) {
  // Without read noise sigma would be 0 where the data are not positive: the six pixels of the first column.
  EXPECT_THAT(rejected("gain = 1.0\n"),
              testing::AllOf(HasSubstr("scene.toml:4: noise.gain = 1.0: sigma is 0 in 6 pixels"),
                             HasSubstr("read_noise")));
  EXPECT_THAT(rejected("gain = 1.0\nsky = 7.5\n"), HasSubstr("sigma is 0 in 2 pixels"));
  for (const char* more : {"sky = 10\n", "read_noise = 1\n", "rms = 1\n"}) {
    EXPECT_EQ(rejected(std::string("gain = 1.0\n") + more), "read") << more;
  }
  // Masked and blank pixels need no noise.
  std::vector<float> values = coordinates(kNx, kNy);
  std::vector<std::int16_t> mask(kNx * kNy, 0);
  values[3] = NAN;
  values[9] = 0.0F;
  mask[9] = 1;
  write("image.fits", values);
  write("mask.fits", mask);
  EXPECT_EQ(rejected("gain = 1.0\n[mask]\nfile = \"mask.fits\"\n"), "read");
}

TEST_F(NoiseTest, ZerosNegativesAndNansAreMaskedAndCounted) {
  std::vector<float> values(kNx * kNy, 2.0F);
  values[0] = values[1] = 0.0F;
  values[2] = -1.0F;
  values[3] = NAN;
  values[4] = INFINITY;
  values[5] = -INFINITY;
  write("bad.fits", values);
  for (const char* key : {"sigma", "variance", "rms"}) {
    const Task task = with(std::string(key) + " = \"bad.fits\"\n");
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(task.observation.used[i], i < 6 ? 0 : 1);
    EXPECT_THAT(task.notes,
                testing::ElementsAre(HasSubstr("6 pixels masked (2 zero, 1 negative, 3 not finite)")));
  }
  EXPECT_THAT(with("weight = \"bad.fits\"\n").notes,
              testing::ElementsAre(HasSubstr("6 pixels masked (2 zero, 1 negative, 3 not finite)")));
  EXPECT_THAT(with("rms = \"bad.fits\"\ngain = 2\n").notes,
              testing::ElementsAre(HasSubstr("6 pixels masked")));
}

TEST_F(NoiseTest, NoUsableSigmaAtAll) {
  write("zero.fits", std::vector<float>(kNx * kNy, 0.0F));
  EXPECT_THAT(rejected("sigma = \"zero.fits\"\n"),
              HasSubstr("scene.toml:4: noise.sigma = 'zero.fits': no pixel has a usable error"));
}

TEST_F(NoiseTest, ImagesOfTheRegionsSizeAreTakenWhole) {
  folder.write("small.fits", test::primary<float>({2, 2}, {1, 2, 3, 4}));
  const std::string region = "[image]\nfile = \"image.fits\"\nregion = [3, 4, 2, 3]\n[noise]\n";
  EXPECT_THAT(load(region + "sigma = \"small.fits\"\n" + kGalaxy).observation.sigma.pixels(),
              testing::ElementsAre(1.0, 2.0, 3.0, 4.0));
  write("sigma.fits", coordinates(kNx, kNy));
  EXPECT_THAT(load(region + "sigma = \"sigma.fits\"\n" + kGalaxy).observation.sigma.pixels(),
              testing::ElementsAre(32.0, 42.0, 33.0, 43.0));
  EXPECT_THAT(load(region + "sigma = \"sigma.fits[1:2,1:2]\"\n" + kGalaxy).observation.sigma.pixels(),
              testing::ElementsAre(11.0, 21.0, 12.0, 22.0));
  EXPECT_THAT(problem(region + "sigma = \"sigma.fits[1:3,1:2]\"\n" + kGalaxy),
              HasSubstr("its size is 3 x 2"));
  EXPECT_THAT(rejected("sigma = \"small.fits\"\n"),
              HasSubstr("its size is 2 x 2 (the size of the image, 8 x 6"));
}

TEST_F(NoiseTest, ContradictionsAndGaps) {
  EXPECT_THAT(rejected("sigma = 1\nvariance = 1\n"), HasSubstr("noise.variance = 1: \"sigma\" is given too"));
  EXPECT_THAT(rejected("sigma = 1\ngain = 1\n"),
              HasSubstr("noise.gain = 1: \"sigma\" holds all noise already"));
  EXPECT_THAT(rejected(""), HasSubstr("noise: nothing tells the noise"));
  EXPECT_THAT(rejected("read_noise = 3\n"), HasSubstr("nothing tells the noise"));
  EXPECT_THAT(rejected("rms = 1\ngain = 1\nread_noise = 2\n"), HasSubstr("holds the read noise already"));
  EXPECT_THAT(rejected("rms = 1\ngain = 1\nsky = 2\n"),
              HasSubstr("\"background\" for a level that is still in the data"));
  EXPECT_THAT(rejected("rms = 1\nbackground = 2\n"), HasSubstr("give \"gain\" too"));
  EXPECT_THAT(rejected("gain = 1\nbackground = 2\n"), HasSubstr("\"sky\" for the level taken out"));
  EXPECT_THAT(rejected("gain = 0\n"), HasSubstr("noise.gain = 0: out of range (a number above 0)"));
  EXPECT_THAT(rejected("gain = 1\nread_noise = -1\n"), HasSubstr("noise.read_noise = -1: out of range"));
  EXPECT_THAT(rejected("sigma = 0\n"), HasSubstr("noise.sigma = 0: out of range"));
  EXPECT_THAT(rejected("sigma = true\n"), HasSubstr("the name of a FITS file, or a number above 0"));
  EXPECT_THAT(rejected("simga = 1\n"), HasSubstr("did you mean \"sigma\"?"));
  EXPECT_THAT(rejected("sigma = \"none.fits\"\n"),
              HasSubstr("noise.sigma = 'none.fits': the file does not exist"));
}

}  // namespace
}  // namespace gaxel::io
