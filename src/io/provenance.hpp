// How results came about: the program, its command and the files that it read.
#pragma once

#include <string>
#include <vector>

#include "io/fits_file.hpp"
#include "io/task.hpp"

namespace gaxel::io {

/// SHA-256 (FIPS 180-4) of a file's bytes, 64 hexadecimal digits; empty where it cannot be read.
std::string sha256_of(const std::string& path);

/// Of a task that was just read: its scene file and the files that this names. `command` is as typed.
Provenance provenance_of(const Task& task, std::string version, std::string command);

/// For comments: "gaxel 1.0", "command: ...", "sha256 ... path"; without line breaks. Empty where the task
/// does not say.
std::vector<std::string> provenance_lines(const Task& task);

/// For the header of a FITS file: COMMAND, and INFILE1, INSHA1 and so on.
std::vector<HeaderKey> provenance_keys(const Task& task);

}  // namespace gaxel::io
