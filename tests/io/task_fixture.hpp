// A folder with small images for scenes to name.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gaxel/error.hpp"
#include "io/raw_fits.hpp"
#include "io/task.hpp"

namespace gaxel::io::test {

/// image.fits is 8 columns by 6 rows and holds 10 x + y at FITS pixel (x, y).
class TaskTest : public testing::Test {
 protected:
  static constexpr int kNx = 8;
  static constexpr int kNy = 6;

  TaskTest() {
    write("image.fits", coordinates(kNx, kNy));
    write("sigma.fits", std::vector<float>(kNx * kNy, 2.0F));
    folder.write("psf.fits", primary<float>({3, 3}, {0, 1, 0, 1, 4, 1, 0, 1, 0}));
  }

  static std::vector<float> coordinates(int nx, int ny) {
    std::vector<float> values;
    for (int y = 1; y <= ny; ++y) {
      for (int x = 1; x <= nx; ++x) values.push_back(static_cast<float>(10 * x + y));
    }
    return values;
  }

  template <typename T>
  void write(const std::string& name, const std::vector<T>& values,
             const std::vector<std::string>& cards = {}) const {
    folder.write(name, primary<T>({kNx, kNy}, values, cards));
  }

  Task load(const std::string& scene, bool need_data = true) const {
    return load_task(folder.write("scene.toml", scene), need_data);
  }

  /// The message of the InputError, with the folder's name left out; "read" when there was none.
  std::string problem(const std::string& scene, bool need_data = true) const {
    try {
      load(scene, need_data);
    } catch (const InputError& error) {
      std::string message = error.what();
      const std::string prefix = folder.path() + "/";
      for (std::size_t at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
        message.erase(at, prefix.size());
      }
      return message;
    }
    return "read";
  }

  TempFolder folder;
};

inline const std::string kImage = "[image]\nfile = \"image.fits\"\n";
inline const std::string kNoise = "[noise]\nsigma = 2.0\n";
inline const std::string kGalaxy =
    "[[component]]\ntype = \"sersic\"\nx = 4\ny = 3\nflux = 100\nre = 2\nn = 1.5\n";

}  // namespace gaxel::io::test
