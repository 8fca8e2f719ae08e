// Results on disk: a file is replaced as a whole or not at all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/partial_file.hpp"

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
  /// Writes the bytes to the disk under a temporary name beside `path`. Throws OutputError (no space, no
  /// folder, a folder of that name).
  void add(const std::string& path, std::string_view bytes);

  /// Takes one that is on the disk already.
  void add(PartialFile file);

  /// Gives all files their names, replacing earlier ones; none when one of them could not be replaced
  /// (OutputError).
  void commit();

 private:
  std::vector<PartialFile> files_;
};

}  // namespace gaxel::io
