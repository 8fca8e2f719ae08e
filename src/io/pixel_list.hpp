// Lists of bad pixels as text: "x y" on each line.
#pragma once

#include <string>
#include <vector>

namespace gaxel::io {

/// A pixel of the whole image, 1-based.
struct ListedPixel {
  int x = 0;
  int y = 0;
};

/// Whether the file is text whose first line that is no comment (#) and not blank begins with two numbers.
bool is_pixel_list(const std::string& path);

/// Reads such a file; what follows the two numbers of a line is not looked at. Throws InputError (source =
/// path:line) for lines that do not begin with two whole numbers.
std::vector<ListedPixel> read_pixel_list(const std::string& path);

}  // namespace gaxel::io
