#include "io/output_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "gaxel/error.hpp"

namespace gaxel::io {
namespace {

namespace fs = std::filesystem;

std::string temporary_name(const std::string& path) {
  static std::atomic<int> count = 0;
  const fs::path target(path);
  const std::string name = fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), count++);
  return (target.parent_path() / name).string();
}

std::string reason(int error) {
  return std::strerror(error);
}

// A new file of that name with these bytes, on the disk when it returns. Returns 0 or errno; nothing is left
// behind on failure.
int write_new_file(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return errno;
  int error = 0;
  while (!bytes.empty() && error == 0) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  // File systems that write late tell of a full disk only here.
  if (error == 0 && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error != 0) ::unlink(path.c_str());
  return error;
}

}  // namespace

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
  if (const int failed = write_new_file(trial, "x"); failed != 0) fail(reason(failed));
  ::unlink(trial.c_str());
}

std::string OutputFolder::file(std::string_view name) const {
  return (fs::path(path_) / name).string();
}

StagedFiles::~StagedFiles() {
  for (const Entry& entry : entries_) ::unlink(entry.temporary.c_str());
}

void StagedFiles::add(const std::string& path, std::string_view bytes) {
  const std::string temporary = temporary_name(path);
  if (const int error = write_new_file(temporary, bytes); error != 0) {
    throw OutputError(
        fmt::format("{}: cannot be written: {}; an earlier file is left as it was", path, reason(error)));
  }
  entries_.push_back({path, temporary});
}

void StagedFiles::commit() {
  while (!entries_.empty()) {
    const Entry& entry = entries_.back();
    if (std::rename(entry.temporary.c_str(), entry.path.c_str()) != 0) {
      throw OutputError(fmt::format("{}: cannot be replaced: {}", entry.path, reason(errno)));
    }
    entries_.pop_back();
  }
}

}  // namespace gaxel::io
