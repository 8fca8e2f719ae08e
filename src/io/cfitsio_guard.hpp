// Headers that CFITSIO 4.2 must not see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gaxel::io {

/// The name of a card as CFITSIO takes it: in capitals, and without a HIERARCH before it.
std::string keyword_of(std::string_view card);

/// Throws InputError (source = path) when the header of these cards holds what CFITSIO would come to harm by
/// as soon as it goes there: values of more than 28 characters that are to be numbers, or are no texts in
/// quotes, for which it has no memory; more columns than a table can have, for which it takes memory; more
/// axes of a compressed image than it keeps; and sides of one, of its tiles, or blocks of RICE_1 that are no
/// positive whole numbers, by which it divides. Only keywords that CFITSIO reads there count.
void check_for_cfitsio(const std::string& path, const std::vector<std::string>& cards);

}  // namespace gaxel::io
