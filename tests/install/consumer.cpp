// Renders and fits a galaxy with nothing but the installed library: exit code 0 when the fit finds what was
// drawn.
#include <gaxel/fit.hpp>
#include <gaxel/render.hpp>
#include <gaxel/version.hpp>

#include <cmath>
#include <cstdio>

int main() {
  using namespace gaxel;
  constexpr Shape kShape{40, 40};
  const ComponentKind& sersic = component_kind("sersic");
  const Component galaxy{&sersic, {19.3, 20.1, 1000.0, 4.0, 2.0, 0.7, 0.5}};
  Observation observed;
  observed.data = Image(kShape);
  observed.sigma = Image(kShape);
  observed.used.assign(kShape.size(), 1);
  Renderer(kShape).render({&galaxy, 1}, observed.data.view());
  for (double& sigma : observed.sigma.pixels()) sigma = 1.0;

  Scene scene;
  SceneComponent start{&sersic, "galaxy", {}, true};
  for (const double value : {18.0, 21.0, 500.0, 3.0, 1.0, 0.9, 0.2})
    start.parameters.push_back({.value = value});
  scene.components.push_back(start);
  const FitResult result = fit(observed, scene);
  const double flux = result.bands.front().components.front().values[2];
  std::printf("gaxel %s: %s; flux %.6f\n", version().data(), result.message.c_str(), flux);
  return std::abs(flux / 1000.0 - 1.0) < 1e-4 ? 0 : 1;
}
