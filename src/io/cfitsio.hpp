// What the readers and writers of FITS share about CFITSIO.
#pragma once

#include <fitsio.h>

#include <array>
#include <mutex>
#include <string>

namespace gaxel::io {

/// CFITSIO keeps its message stack and its list of open files globally, and whether a build of it is
/// reentrant is not known beforehand: whoever calls it holds this lock.
std::unique_lock<std::recursive_mutex> lock_cfitsio();

/// What CFITSIO has to say about `status`; empties its stack of messages.
std::string cfitsio_reason(int status);

/// A card as CFITSIO's functions take it: terminated, of at most 80 characters, to be written to.
std::array<char, FLEN_CARD> card_buffer(const std::string& card);

/// The name of a card, without a HIERARCH before it; empty where it has none.
std::string card_keyword(const std::string& card);

/// Throws InputError about a file: what is wrong, what is allowed, and the keyword or part with its value.
[[noreturn]] void refuse(const std::string& path, const std::string& what, const std::string& allowed = "",
                         const std::string& key = "", const std::string& value = "");

}  // namespace gaxel::io
