#include "cli/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace gaxel::cli {
namespace {

constexpr double kMinInterval = 0.1;
constexpr const char* kEraseLine = "\r\033[K";

}  // namespace

ProgressLine::ProgressLine(bool wanted, std::string_view least)
    : active_(wanted && ::isatty(STDERR_FILENO) == 1), least_(least) {}

ProgressLine::~ProgressLine() {
  clear();
}

void ProgressLine::show(const FitProgress& progress) {
  if (!active_ || (shown_ && progress.seconds - last_seconds_ < kMinInterval)) return;
  last_seconds_ = progress.seconds;
  shown_ = true;
  const std::string start = progress.start > 1 ? fmt::format("start {}  ", progress.start) : "";
  fmt::print(stderr, "{}{}iteration {:3d}  {} {:.8g}  step {:.2e}  {:.1f} s", kEraseLine, start,
             progress.iteration, least_, progress.chi2, progress.step, progress.seconds);
  std::fflush(stderr);
}

void ProgressLine::show(std::string_view what, double done) {
  const int percent = static_cast<int>(100.0 * done);
  if (!active_ || (shown_ && percent == last_percent_)) return;
  last_percent_ = percent;
  shown_ = true;
  fmt::print(stderr, "{}{} {:3d} %", kEraseLine, what, percent);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!shown_) return;
  fmt::print(stderr, "{}", kEraseLine);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace gaxel::cli
