#include "base/recycled.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <vector>

namespace gaxel {
namespace {

constexpr std::align_val_t kAlignment{64};
constexpr std::size_t kMostKept = std::size_t{8} << 20U;  // numbers: 64 MB

struct Kept {
  std::size_t size;
  double* data;
};

/// What is kept, the oldest first. Never destroyed: arrays may be given back while the program ends.
struct Store {
  std::mutex mutex;
  std::vector<Kept> arrays;
  std::size_t size = 0;
};

Store& store() {
  static Store* const only = new Store;
  return *only;
}

void free_array(double* data) noexcept {
  ::operator delete[](data, kAlignment);
}

}  // namespace

void GiveBack::operator()(double* data) const noexcept {
  Store& kept = store();
  const std::scoped_lock lock(kept.mutex);
  if (size > kMostKept) return free_array(data);
  while (kept.size + size > kMostKept) {
    kept.size -= kept.arrays.front().size;
    free_array(kept.arrays.front().data);
    kept.arrays.erase(kept.arrays.begin());
  }
  try {
    kept.arrays.push_back({size, data});
    kept.size += size;
  } catch (const std::bad_alloc&) {
    free_array(data);
  }
}

RecycledArray take_array(std::size_t size) {
  {
    Store& kept = store();
    const std::scoped_lock lock(kept.mutex);
    // The newest first: it is still in the cache.
    const auto found = std::find_if(kept.arrays.rbegin(), kept.arrays.rend(),
                                    [&](const Kept& one) { return one.size == size; });
    if (found != kept.arrays.rend()) {
      double* const data = found->data;
      kept.size -= size;
      kept.arrays.erase(std::next(found).base());
      return RecycledArray(data, GiveBack{size});
    }
  }
  return RecycledArray(static_cast<double*>(::operator new[](size * sizeof(double), kAlignment)),
                       GiveBack{size});
}

}  // namespace gaxel
