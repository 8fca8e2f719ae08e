// A loop over independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "base/stop_scopes.hpp"

namespace gaxel {

/// Calls work(i) for i = 0 .. n-1, on up to `threads` threads (0: as many as the machine has). The pieces
/// must not depend on each other. The first exception is rethrown after all threads have stopped. Before each
/// piece it asks whether to stop, in all threads by the StopScopes of the caller.
template <typename Work>
void parallel_for(int n, int threads, Work&& work) {
  const int available =
      threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int used = std::min(available, n);
  if (used <= 1) {
    for (int i = 0; i < n; ++i) {
      stop_if_wanted();
      work(i);
    }
    return;
  }
  std::atomic<int> next{0};
  std::exception_ptr failure;
  std::mutex failure_mutex;
  const StopScopes scopes;
  const auto run = [&] {
    const StopScopes::Heed heed(scopes);
    try {
      for (int i = next++; i < n; i = next++) {
        stop_if_wanted();
        work(i);
      }
    } catch (...) {
      const std::scoped_lock lock(failure_mutex);
      if (!failure) {
        failure = std::current_exception();
      }
      next = n;
    }
  };
  {
    std::vector<std::jthread> pool;
    for (int t = 1; t < used; ++t) {
      pool.emplace_back(run);
    }
    run();
  }
  if (failure) {
    std::rethrow_exception(failure);
  }
}

}  // namespace gaxel
