// Where work asks whether it is to stop.
#pragma once

#include "gaxel/stop.hpp"

namespace gaxel {

/// Throws Cancelled if a StopScope of this thread wants it. To be called between pieces of work of about a
/// microsecond to a millisecond.
void stop_if_wanted();

/// The StopScopes of a thread, to be heeded in another that works for it. They must outlive that work.
class StopScopes {
 public:
  /// Those of this thread.
  StopScopes();

  /// While it lives the thread that made it heeds these scopes, in place of its own.
  class Heed {
   public:
    explicit Heed(const StopScopes& scopes);
    ~Heed();
    Heed(const Heed&) = delete;
    Heed& operator=(const Heed&) = delete;

   private:
    const StopScope* own_;
  };

 private:
  friend void stop_if_wanted();
  static bool any_wanted(const StopScope* scope);

  const StopScope* innermost_;
};

}  // namespace gaxel
