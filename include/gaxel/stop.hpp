// A way out of work that has begun: a render or a fit of a large image, after Ctrl-C.
#pragma once

#include <functional>

#include "gaxel/error.hpp"

namespace gaxel {

/// What work throws that a StopScope told to stop. What it was to write is left as it happens to be.
class Cancelled : public Error {
 public:
  using Error::Error;
};

/// While one lives, all renders and fits of the thread that made it, and what they start in other threads,
/// ask it between pieces of their work, some hundred times a second or more, and throw Cancelled when it says
/// so. Scopes nest: all are asked. They change no bit of a result.
class StopScope {
 public:
  /// `wanted`: whether to stop. It may be called from many threads at once, must be cheap and must not throw.
  explicit StopScope(std::function<bool()> wanted);
  ~StopScope();
  StopScope(const StopScope&) = delete;
  StopScope& operator=(const StopScope&) = delete;

 private:
  friend class StopScopes;
  std::function<bool()> wanted_;
  const StopScope* outer_;
};

}  // namespace gaxel
