#include "io/text_file.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace fs = std::filesystem;

std::string read_text_file(const std::string& path, const TextKind& kind) {
  constexpr std::uintmax_t kLargest = 16u << 20;
  const auto fail = [&path](const std::string& what, const std::string& allowed = "") {
    throw InputError({path, "", "", what, allowed});
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) fail("the file does not exist");
  if (error) fail("the file cannot be reached: " + error.message());
  if (fs::is_directory(status)) fail("this is a folder", kind.name);
  if (!fs::is_regular_file(status)) fail("this is not a regular file", kind.name);
  if (fs::file_size(path, error) > kLargest) fail(kind.too_large, kind.allowed);
  std::ifstream file(path, std::ios::binary);
  if (!file) fail("the file cannot be opened");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace gaxel::io
