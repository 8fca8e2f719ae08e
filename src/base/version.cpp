#include "gaxel/version.hpp"

namespace gaxel {

std::string_view version() {
  return GAXEL_VERSION;
}

}  // namespace gaxel
