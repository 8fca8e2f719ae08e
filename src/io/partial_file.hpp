// Output that never destroys: a file is replaced as a whole or not at all, and only where a file belongs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gaxel::io {

/// Where output to a path goes.
struct OutputTarget {
  std::string path;     ///< the path itself, or the file that it links to
  std::string problem;  ///< why nothing may be written there (a folder, a pipe, a device, ...); or empty
};
OutputTarget output_target(const std::string& path);

/// Whether both names lead to one file, which need not be there yet.
bool same_file(const std::string& a, const std::string& b);

/// Throws InputError (source = path) when output to `path` would replace what is no regular file, or a file
/// of `inputs`, under whatever name.
void check_output(const std::string& path, const std::vector<std::string>& inputs);

/// A name beside `path` that no other file of this machine's gaxel processes has.
std::string temporary_name(const std::string& path);

/// Makes a new file with these bytes, which are on the disk when it returns. Returns 0 or errno; nothing is
/// left behind on failure.
int write_new_file(const std::string& path, std::string_view bytes);

/// A file under a temporary name beside its target, removed unless committed. Every member throws OutputError
/// that names the file as given and the reason.
class PartialFile {
 public:
  explicit PartialFile(const std::string& path);
  ~PartialFile();
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;

  const std::string& temporary() const { return temporary_; }

  /// Makes the temporary file with these bytes, on the disk when it returns.
  void write(std::string_view bytes) const;
  /// Puts on the disk what others wrote into the temporary file.
  void sync() const;
  /// Throws when commit() could not replace what lies at the target now.
  void check() const;
  /// Gives the temporary file the target's name.
  void commit();

  [[noreturn]] void fail(const std::string& reason) const;

 private:
  std::string path_;
  std::string target_;
  std::string temporary_;  ///< empty once it has its name
};

}  // namespace gaxel::io
