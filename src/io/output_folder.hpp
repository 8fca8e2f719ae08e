// Results on disk: a file is replaced as a whole or not at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gaxel::io {

/// A folder for results.
class OutputFolder {
 public:
  /// Makes the folder with its parents where missing and tries that files can be made in it, so that a long
  /// run does not end in vain. Throws InputError (source = the folder) when not.
  explicit OutputFolder(const std::string& path);

  const std::string& path() const { return path_; }
  std::string file(std::string_view name) const;

 private:
  std::string path_;
};

/// Files written under temporary names in the places where they will lie. What was not committed is removed.
class StagedFiles {
 public:
  StagedFiles() = default;
  ~StagedFiles();
  StagedFiles(const StagedFiles&) = delete;
  StagedFiles& operator=(const StagedFiles&) = delete;

  /// Writes the bytes to the disk under a temporary name beside `path`. Throws OutputError (no space, no
  /// folder).
  void add(const std::string& path, std::string_view bytes);

  /// Gives all files their names, replacing earlier ones. Throws OutputError.
  void commit();

 private:
  struct Entry {
    std::string path;
    std::string temporary;
  };
  std::vector<Entry> entries_;
};

}  // namespace gaxel::io
