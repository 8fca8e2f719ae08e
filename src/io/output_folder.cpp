#include "io/output_folder.hpp"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel::io {

namespace fs = std::filesystem;

OutputFolder::OutputFolder(const std::string& path) : path_(path) {
  const auto fail = [&](const std::string& why) {
    throw InputError(
        {path, "", "", "the output folder cannot be written: " + why, "a folder that you may write to"});
  };
  if (path.empty()) fail("its name is empty");
  std::error_code error;
  fs::create_directories(path, error);
  if (error && !fs::is_directory(path)) fail(error.message());
  const std::string trial = temporary_name(file("trial"));
  if (const int failed = write_new_file(trial, "x"); failed != 0) fail(std::strerror(failed));
  ::unlink(trial.c_str());
}

std::string OutputFolder::file(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

void StagedFiles::add(const std::string& path, std::string_view bytes) {
  PartialFile file(path);
  file.write(bytes);
  add(std::move(file));
}

void StagedFiles::add(PartialFile file) {
  files_.push_back(std::move(file));
}

void StagedFiles::commit() {
  for (const PartialFile& file : files_) file.check();
  for (PartialFile& file : files_) file.commit();
  files_.clear();
}

}  // namespace gaxel::io
