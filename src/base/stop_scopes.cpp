#include "base/stop_scopes.hpp"

#include <utility>

namespace gaxel {
namespace {

thread_local const StopScope* innermost = nullptr;

}  // namespace

StopScope::StopScope(std::function<bool()> wanted) : wanted_(std::move(wanted)), outer_(innermost) {
  innermost = this;
}

StopScope::~StopScope() {
  innermost = outer_;
}

StopScopes::StopScopes() : innermost_(innermost) {}

StopScopes::Heed::Heed(const StopScopes& scopes) : own_(std::exchange(innermost, scopes.innermost_)) {}

StopScopes::Heed::~Heed() {
  innermost = own_;
}

bool StopScopes::any_wanted(const StopScope* scope) {
  for (; scope != nullptr; scope = scope->outer_) {
    if (scope->wanted_()) return true;
  }
  return false;
}

void stop_if_wanted() {
  if (StopScopes::any_wanted(innermost)) throw Cancelled("cancelled: the work was left unfinished");
}

}  // namespace gaxel
