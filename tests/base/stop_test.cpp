// Scopes that stop work: whose work, and in which threads.
#include "gaxel/stop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/parallel.hpp"

namespace gaxel {
namespace {

TEST(Stop, WithoutAScopeNothingStops) {
  EXPECT_NO_THROW(stop_if_wanted());
  {
    const StopScope scope([] { return true; });
    EXPECT_THROW(stop_if_wanted(), Cancelled);
  }
  EXPECT_NO_THROW(stop_if_wanted());
}

TEST(Stop, AllScopesAroundAreAsked) {
  bool outer_wants = false;
  const StopScope outer([&] { return outer_wants; });
  const StopScope inner([] { return false; });
  EXPECT_NO_THROW(stop_if_wanted());
  outer_wants = true;
  EXPECT_THROW(stop_if_wanted(), Cancelled);
}

TEST(Stop, OtherThreadsAreLeftAlone) {
  const StopScope scope([] { return true; });
  bool stopped = false;
  std::jthread([&] {
    try {
      stop_if_wanted();
    } catch (const Cancelled&) {
      stopped = true;
    }
  }).join();
  EXPECT_FALSE(stopped);
}

TEST(Stop, PiecesInOtherThreadsHeedTheCallersScopes) {
  for (const int threads : {1, 3}) {
    std::atomic<int> begun = 0;
    std::atomic<bool> wanted = false;
    const StopScope scope([&] { return wanted.load(); });
    const auto work = [&] {
      parallel_for(1000, threads, [&](int) {
        if (++begun == 10) wanted = true;
      });
    };
    EXPECT_THROW(work(), Cancelled) << threads;
    EXPECT_LE(begun, 10 + threads) << threads;
    wanted = false;
    EXPECT_NO_THROW(stop_if_wanted());
  }
}

}  // namespace
}  // namespace gaxel
