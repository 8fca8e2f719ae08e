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

}  // namespace gaxel::io
