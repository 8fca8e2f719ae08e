// What the readers and writers of FITS share about CFITSIO.
#pragma once

#include <fitsio.h>

#include <mutex>
#include <string>

namespace gaxel::io {

/// CFITSIO keeps its message stack and its list of open files globally, and whether a build of it is
/// reentrant is not known beforehand: whoever calls it holds this lock.
std::unique_lock<std::recursive_mutex> lock_cfitsio();

/// What CFITSIO has to say about `status`; empties its stack of messages.
std::string cfitsio_reason(int status);

/// Throws InputError about a file: what is wrong, what is allowed, and the keyword or part with its value.
[[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& allowed = "",
                         const std::string& key = "", const std::string& value = "");

}  // namespace gaxel::io
