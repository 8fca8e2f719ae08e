#include "profile/with_truncations.hpp"

namespace gaxel {

std::vector<Component> with_truncations(std::span<const Component> all, std::size_t which) {
  std::vector<Component> list{all[which]};
  for (auto cuts : {&Component::inner, &Component::outer}) {
    for (std::size_t k = 0; k < (all[which].*cuts).size(); ++k) {
      list.push_back(all[(all[which].*cuts)[k]]);
      (list.front().*cuts)[k] = list.size() - 1;
    }
  }
  return list;
}

}  // namespace gaxel
