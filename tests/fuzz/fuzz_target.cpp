#include "fuzz/fuzz_target.hpp"

#include <filesystem>

namespace gaxel::fuzz {

namespace {

constexpr int kNx = 8;
constexpr int kNy = 6;

template <typename T>
std::string image(const std::vector<T>& values, const std::vector<std::string>& cards = {}) {
  return io::test::primary<T>({kNx, kNy}, values, cards);
}

std::vector<std::string> sky_cards() {
  using io::test::card;
  return {card("CTYPE1", "'RA---TAN'"), card("CTYPE2", "'DEC--TAN'"), card("CRVAL1", "150.1"),
          card("CRVAL2", "2.2"),        card("CRPIX1", "4.5"),        card("CRPIX2", "3.5"),
          card("CDELT1", "-1E-5"),      card("CDELT2", "1E-5"),       card("EXPTIME", "90.0"),
          card("GAIN", "2.0")};
}

}  // namespace

SceneFolder::SceneFolder() {
  std::vector<float> light;
  for (int i = 0; i < kNx * kNy; ++i) light.push_back(static_cast<float>(10 + i % kNx + i / kNx));
  write("image.fits", image(light, sky_cards()));
  write("sigma.fits", image(std::vector<float>(light.size(), 2.0F)));
  std::vector<std::int16_t> labels(light.size(), 0);
  labels.front() = 1;
  labels.back() = 2;
  write("mask.fits", image(labels));
  write("segmentation.fits", image(labels));
  write("psf.fits", io::test::primary<float>({3, 3}, {0, 1, 0, 1, 4, 1, 0, 1, 0}));
  write("pixels.txt", "1 1\n2 3  # a bad one\n");
  write("limits", "1_2 x offset\n1 n 0.5 to 8\n1/2 re 0.05 1\n");
  std::filesystem::copy_file(test_file("fuzz/corpus/psfex/linear.psf"), path("model.psf"));
}

std::string test_file(std::string_view name) {
  return (std::filesystem::path(GAXEL_TESTS_DIR) / name).string();
}

}  // namespace gaxel::fuzz
