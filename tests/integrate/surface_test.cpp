// Surfaces: their derivatives, and pixels against the Sersic law's proven ones.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "gaxel/component.hpp"
#include "integrate/component_frame.hpp"
#include "integrate/execute.hpp"
#include "integrate/surface_execute.hpp"
#include "profile/make_law.hpp"
#include "profile/surface.hpp"

namespace gaxel {
namespace {

constexpr Grid kGrid{{26, 30}, 0.0, 0.0, 1.0};
constexpr RowBand kBand{0, 26};

std::vector<Component> one(const char* kind, std::vector<double> values) {
  return {{&component_kind(kind), std::move(values)}};
}

Image rendered(const Surface& surface, const PixelTolerance& tolerance, Image* error = nullptr) {
  const SurfacePlan plan = prepare_surface(surface, surface.unit_total(), {kGrid, kBand, tolerance, false});
  EXPECT_FALSE(plan.cells.limit_hit);
  Image image(kGrid.shape);
  execute_surface(plan, surface, surface.scale(), Drawing::kPixels, image.view());
  if (error != nullptr) {
    *error = Image(kGrid.shape);
    add_surface_error(plan, surface, std::abs(surface.scale()), error->view());
    EXPECT_TRUE(still_holds(plan, surface, surface.unit_total(), tolerance));
  }
  return image;
}

// The proven path is an independent truth: other nodes, other law, a closed form in the centre.
TEST(Surface, PixelsOfKindsThatHaveBoundsKeepTheToleranceAndTheEstimate) {
  const std::vector<std::vector<Component>> cases{
      one("sersic", {14.3, 12.2, 100.0, 3.0, 2.7, 0.5, 0.6}),
      one("sersic", {14.5, 12.5, 100.0, 0.05, 4.0, 0.3, 1.6}),
      one("sersic", {14.5001, 12.1, 100.0, 8.0, 0.6, 0.05, 0.78}),
      one("moffat", {11.0, 12.4, 100.0, 3.0, 1.4, 0.8, -0.3}),
      one("king", {14.3, 12.2, 100.0, 2.0, 7.0, 1.5, 0.7, 0.2}),
      one("ferrers", {14.3, 12.2, 100.0, 8.0, 0.7, 0.6, 0.5, 0.9})};
  for (const std::vector<Component>& components : cases) {
    const Component& c = components.front();
    const Surface surface(components, 0);
    EXPECT_NEAR(std::abs(surface.scale()) * surface.unit_total(), 100.0, 1e-9) << c.kind->name;
    const auto law = make_law(c);
    const EllipseFrame frame = frame_of(c);
    const Plan exact = prepare(*law, frame, {kGrid, kBand, {1e-14, 1e-11}, false});
    Image truth(kGrid.shape);
    execute(exact, {*law, frame, 100.0}, Write::kReplace, truth.view());
    for (const PixelTolerance& tolerance : {PixelTolerance{1e-7, 1e-4}, {1e-9, 1e-6}}) {
      Image estimate;
      const Image image = rendered(surface, tolerance, &estimate);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        const double error = std::abs(image.pixels()[i] - truth.pixels()[i]);
        EXPECT_LE(error, tolerance.absolute * 100.0 + tolerance.relative * truth.pixels()[i] + 1e-12)
            << c.kind->name << ' ' << i;
        EXPECT_LE(error, estimate.pixels()[i] + 1e-10) << c.kind->name << ' ' << i;
      }
    }
  }
}

TEST(Surface, PartialsAreThoseOfDifferences) {
  for (const std::vector<Component>& components :
       {one("nuker", {14.3, 12.2, 3.0, 4.0, 1.7, 2.6, 0.6, 0.5, 0.7}),
        one("edgeondiscn", {14.3, 12.2, 100.0, 5.0, 0.8, 2.5, 0.4}),
        one("flatbar", {14.3, 12.2, 3.0, 9.0, 2.0, 8.0, 1.0, 0.6, 0.5, 0.7}),
        one("coresersic", {14.3, 12.2, 3.0, 2.0, 8.0, 3.0, 4.0, 0.3, 0.6, 0.7})}) {
    const Surface surface(components, 0);
    std::vector<std::size_t> wanted(surface.parameters().size());
    for (std::size_t p = 0; p < wanted.size(); ++p) wanted[p] = p;
    const double x = 17.1;
    const double y = 13.3;
    const double dx = x - surface.x0();
    const double dy = y - surface.y0();
    double light = 0.0;
    std::vector<double> partials(wanted.size());
    surface.evaluate_with_partials(&dx, &dy, 1, wanted, &light, partials.data());
    for (std::size_t p = 0; p < wanted.size(); ++p) {
      const double h = 1e-4;
      const auto moved = [&](double by) {
        std::vector<Component> other = components;
        other[0].values[p] += by;
        const Surface there(other, 0);
        const double off_x = x - there.x0();
        const double off_y = y - there.y0();
        double value = 0.0;
        there.evaluate(&off_x, &off_y, 1, &value);
        return there.scale() * value;
      };
      const double difference =
          (8.0 * (moved(h) - moved(-h)) - moved(2.0 * h) + moved(-2.0 * h)) / (12.0 * h);
      EXPECT_NEAR(partials[p], difference, 1e-7 * std::max(1.0, std::abs(difference)))
          << components[0].kind->name << ' ' << components[0].kind->parameters[p].name;
    }
  }
}

// A spiral wound so often that every pixel would be cut into thousands of parts.
TEST(Surface, PartsOfABandAreLimited) {
  const std::vector<Component> components =
      one("sersic+spiral", {14.3, 12.2, 1.0, 15.0, 2.0, 0.7, 0.0, 50.0, 0.0, 10.0, 5.0, 0.0, 0.0});
  const Surface surface(components, 0);
  const SurfacePlan plan =
      prepare_surface(surface, surface.unit_total(), {kGrid, kBand, {1e-9, 1e-6}, false});
  EXPECT_TRUE(plan.cells.limit_hit);
  const std::size_t allowed = 150000 + 8 * kGrid.shape.size();
  constexpr std::size_t kOfOnePixel = 6000;  // the last may go on to its own limit
  EXPECT_GT(plan.cells.blocks.size(), allowed / 4);
  EXPECT_LT(plan.cells.blocks.size(), allowed + kOfOnePixel);
}

}  // namespace
}  // namespace gaxel
