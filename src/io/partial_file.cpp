#include "io/partial_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "gaxel/error.hpp"

namespace gaxel::io {
namespace {

namespace fs = std::filesystem;

/// 0 or errno. File systems that write late tell of a full disk only here; some know no syncing.
int sync_and_close(int file, int error) {
  if (error == 0 && ::fsync(file) != 0 && errno != EINVAL && errno != EROFS) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  return error;
}

}  // namespace

OutputTarget output_target(const std::string& path) {
  std::error_code error;
  const bool link = fs::is_symlink(path, error);
  const fs::file_status status = fs::status(path, error);
  switch (status.type()) {
    case fs::file_type::regular:
      if (!link) return {path, ""};
      return {fs::canonical(path).string(), ""};
    case fs::file_type::not_found:
      return {path, link ? "this is a link to nothing" : ""};
    case fs::file_type::directory:
      return {path, "this is a folder"};
    case fs::file_type::none:
      // A folder above that cannot be entered shows when the file is made.
      return {path, link ? "this is a link that cannot be followed" : ""};
    default:
      return {path, "this is no regular file"};
  }
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  if (fs::equivalent(a, b, error)) return true;
  return fs::weakly_canonical(fs::absolute(a), error) == fs::weakly_canonical(fs::absolute(b), error);
}

void check_output(const std::string& path, const std::vector<std::string>& inputs) {
  if (const OutputTarget target = output_target(path); !target.problem.empty()) {
    throw InputError({path, "", "", "cannot be written: " + target.problem, "a file, or a new name"});
  }
  for (const std::string& input : inputs) {
    std::error_code error;
    if (!fs::equivalent(path, input, error)) continue;
    throw InputError(
        {path, "", "", fmt::format("the output would replace {}, which is read", input), "another name"});
  }
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> count = 0;
  const fs::path target(path);
  const std::string name = fmt::format(".{}.{}-{}.tmp", target.filename().string(), ::getpid(), count++);
  return (target.parent_path() / name).string();
}

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
  error = sync_and_close(file, error);
  if (error != 0) ::unlink(path.c_str());
  return error;
}

PartialFile::PartialFile(const std::string& path) : path_(path) {
  const OutputTarget target = output_target(path);
  if (!target.problem.empty()) fail(target.problem);
  target_ = target.path;
  temporary_ = temporary_name(target_);
}

PartialFile::~PartialFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}

void PartialFile::write(std::string_view bytes) const {
  if (const int error = write_new_file(temporary_, bytes); error != 0) fail(std::strerror(error));
}

void PartialFile::sync() const {
  const int file = ::open(temporary_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(std::strerror(errno));
  if (const int error = sync_and_close(file, 0); error != 0) fail(std::strerror(error));
}

void PartialFile::check() const {
  const OutputTarget now = output_target(target_);
  if (!now.problem.empty()) fail(now.problem);
}

void PartialFile::commit() {
  check();
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail(std::strerror(errno));
  temporary_.clear();
}

void PartialFile::fail(const std::string& reason) const {
  throw OutputError(
      fmt::format("{}: cannot be written: {}; an earlier file is left as it was", path_, reason));
}

}  // namespace gaxel::io
