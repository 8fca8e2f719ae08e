#include <cmath>
#include <limits>
#include <string>

#include "gaxel/error.hpp"
#include "gaxel/integration.hpp"
#include "integrate/component_frame.hpp"
#include "integrate/subpixel/point_kernel.hpp"
#include "profile/make_law.hpp"

namespace gaxel {
namespace {

class LightIntegrand final : public Integrand {
 public:
  explicit LightIntegrand(const Component& component)
      : law_(make_law(component)),
        frame_(frame_of(component)),
        scale_(component.value(Role::kFlux) * frame_.area_factor()) {}

  void evaluate(std::span<const double> i, std::span<const double> j,
                std::span<double> values) const override {
    const std::size_t n = values.size();
    const bool at_center = squared_radii(frame_, j.data(), i.data(), n, values.data());
    law_->evaluate(values.data(), n, values.data());
    for (double& value : values) value *= scale_;
    if (at_center) set_center(i, j, values);
  }

  std::size_t block_size() const override { return 256; }

 private:
  // Where s vanishes, a steep law is still far from its central value at the smallest s that has a logarithm.
  void set_center(std::span<const double> i, std::span<const double> j, std::span<double> values) const {
    for (std::size_t k = 0; k < values.size(); ++k) {
      if (frame_.s(j[k], i[k]) <= std::numeric_limits<double>::min()) values[k] = scale_ * law_->value(0.0);
    }
  }

  std::unique_ptr<RadialLaw> law_;
  EllipseFrame frame_;
  double scale_;
};

}  // namespace

std::unique_ptr<Integrand> light_integrand(const Component& component) {
  if (component.kind == nullptr || component.kind->family != Family::kElliptical) {
    const std::string name = component.kind == nullptr ? "none" : std::string(component.kind->name);
    throw InputError({"light_integrand", "component", name, "has no light per pixel area to integrate",
                      "an elliptical kind"});
  }
  validate(component);
  return std::make_unique<LightIntegrand>(component);
}

}  // namespace gaxel
