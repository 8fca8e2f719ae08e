#include "cli/remarks.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <string>

namespace gaxel::cli {

void print_remarks(const io::Task& task, bool quiet) {
  for (const std::string& warning : task.warnings) fmt::print(stderr, "gaxel: warning: {}\n", warning);
  if (quiet) return;
  for (const std::string& note : task.notes) fmt::print("note: {}\n", note);
  // Seen before long work also where stdout is a pipe.
  std::fflush(stdout);
}

}  // namespace gaxel::cli
