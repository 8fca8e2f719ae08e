#include "base/simd_target.hpp"

#include <hwy/highway.h>
#include <hwy/targets.h>

#include "gaxel/error.hpp"

namespace gaxel {

std::vector<std::string> simd_targets() {
  std::vector<std::string> names;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) names.emplace_back(hwy::TargetName(target));
  return names;
}

void use_simd_target(std::string_view name) {
  const auto before = hwy::SupportedTargets();
  hwy::SetSupportedTargetsForTest(0);  // forgets an earlier choice
  decltype(hwy::SupportedTargets()) chosen = 0;
  for (const auto target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) chosen = target;
  }
  if (chosen == 0 && !name.empty()) {
    hwy::SetSupportedTargetsForTest(before);
    throw InputError({"use_simd_target", "name", std::string(name), "not an instruction set of this machine",
                      "one of simd_targets()"});
  }
  if (chosen != 0) hwy::SetSupportedTargetsForTest(chosen);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace gaxel
