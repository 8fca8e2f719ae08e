#include "fit/scene_problem.hpp"

#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "fit/fit_support.hpp"

namespace gaxel {
namespace {

using test::component;

constexpr Shape kShape{31, 37};

Observation some_data() {
  Image data(kShape, 3.0);
  test::add_gaussian(data, {17.3, 14.8, 900.0, 4.0, 0.7, 0.4});
  Observation observation = test::observe(std::move(data), 0.8);
  test::add_noise(observation, 1);
  for (std::size_t i = 0; i < observation.used.size(); i += 11) observation.used[i] = 0;
  return observation;
}

Psf round_psf() {
  Image kernel({9, 9});
  test::add_gaussian(kernel, {4.0, 4.0, 1.0, 1.5, 1.0, 0.0});
  return Psf(std::move(kernel));
}

/// Pixels of the model at the coordinates x, over sigma: what the optimiser's derivatives must be those of.
Eigen::VectorXd weighted_model(const MultiPsfRenderer& renderer, const Observation& observation,
                               const Scene& scene, const Coordinates& coordinates, const Eigen::VectorXd& x) {
  Scene moved = scene;
  const Eigen::VectorXd values = coordinates.outer(x);
  for (int i = 0; i < coordinates.size(); ++i) {
    const FreeParameter& p = coordinates.parameters()[static_cast<std::size_t>(i)];
    moved.components[static_cast<std::size_t>(p.component)]
        .parameters[static_cast<std::size_t>(p.index)]
        .value = values[i];
  }
  Image image(kShape);
  renderer.render(moved.render_list(), image.view());
  Eigen::VectorXd result(static_cast<Eigen::Index>(image.size()));
  for (Eigen::Index i = 0; i < result.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    result[i] = observation.used[k] != 0 ? image.data()[k] / observation.sigma.data()[k] : 0.0;
  }
  return result;
}

/// Compares J^T J and J^T r of the problem with those of differences of rendered images.
void expect_true_derivatives(const Scene& scene) {
  Observation observation = some_data();
  observation.psfs = {round_psf()};
  const MultiPsfRenderer renderer(kShape, observation.psfs, {{1e-10, 1e-13}, false, 1});
  PixelResidual pixels(observation, renderer);
  SceneProblem problem(test::map_of(scene), {&pixels, 1});
  const Coordinates coordinates(test::map_of(scene).parameters());
  const std::vector<double> start = problem.start();
  const Eigen::VectorXd x =
      Eigen::Map<const Eigen::VectorXd>(start.data(), static_cast<Eigen::Index>(start.size()));
  const int n = problem.n_parameters();
  ASSERT_EQ(n, coordinates.size());

  Eigen::VectorXd residual(problem.n_residuals());
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> jacobian(problem.n_residuals(), n);
  ASSERT_TRUE(problem.evaluate(start.data(), residual.data(), jacobian.data()));

  const Eigen::VectorXd model = weighted_model(renderer, observation, scene, coordinates, x);
  Eigen::VectorXd difference = model;
  for (Eigen::Index i = 0; i < difference.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (observation.used[k] != 0) difference[i] -= observation.data.data()[k] / observation.sigma.data()[k];
  }
  EXPECT_NEAR(residual.squaredNorm() / difference.squaredNorm(), 1.0, 1e-10);

  constexpr double kStep = 1e-4;
  Eigen::MatrixXd slopes(model.size(), n);
  for (int j = 0; j < n; ++j) {
    const Eigen::VectorXd step = Eigen::VectorXd::Unit(n, j) * kStep;
    const Eigen::VectorXd ahead = coordinates.advance(x, step);
    const Eigen::VectorXd behind = coordinates.advance(x, -step);
    slopes.col(j) = (weighted_model(renderer, observation, scene, coordinates, ahead) -
                     weighted_model(renderer, observation, scene, coordinates, behind)) /
                    (2.0 * kStep);
  }
  const Eigen::MatrixXd products = slopes.transpose() * slopes;
  const Eigen::MatrixXd found = jacobian.transpose() * jacobian;
  const Eigen::VectorXd gradient = slopes.transpose() * difference;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      EXPECT_NEAR(found(i, j), products(i, j), 3e-5 * std::sqrt(products(i, i) * products(j, j)))
          << i << ", " << j;
    }
    EXPECT_NEAR((jacobian.transpose() * residual)(i), gradient[i],
                3e-5 * std::sqrt(products(i, i)) * difference.norm());
  }
}

Scene sersic_scene(double q, double theta) {
  Scene scene;
  scene.components = {component("sersic", {17.1, 15.2, 800.0, 4.5, 1.7, q, theta}), test::flat_sky(2.5)};
  scene.components[0].parameter(Role::kFlux).free = false;
  scene.components[1].parameter(Role::kLevel).free = false;
  return scene;
}

TEST(SceneProblem, DerivativesAlsoWhereTheGalaxyIsRound) {
  for (const double q : {0.3, 0.9, 0.999, 1.0 - 1e-5, 1.0}) {
    for (const double theta : {0.0, 0.7}) {
      SCOPED_TRACE(testing::Message() << "q " << q << " theta " << theta);
      expect_true_derivatives(sersic_scene(q, theta));
    }
  }
}

TEST(SceneProblem, DerivativesWithSomeParametersFixed) {
  for (const auto& fixed : std::vector<std::vector<Role>>{{Role::kRe},
                                                          {Role::kQ},
                                                          {Role::kTheta},
                                                          {Role::kN, Role::kX},
                                                          {Role::kQ, Role::kTheta},
                                                          {Role::kRe, Role::kTheta}}) {
    Scene scene = sersic_scene(0.6, 0.7);
    for (const Role role : fixed) scene.components[0].parameter(role).free = false;
    SCOPED_TRACE(testing::Message() << "first fixed role " << static_cast<int>(fixed[0]));
    expect_true_derivatives(scene);
  }
}

TEST(SceneProblem, FluxesAndSkyAreAtTheirBestForTheShapes) {
  // Truth: normal equations of the unit images.
  Observation observation = some_data();
  const MultiPsfRenderer renderer(kShape, {});
  PixelResidual pixels(observation, renderer);
  Scene scene;
  scene.components = {test::gaussian({17.0, 15.0, 1e-6, 4.5, 0.8, 0.3}, "a"),
                      test::gaussian({12.0, 15.0, 5e7, 2.5, 0.8, 0.3}, "b"), test::flat_sky(-400.0)};
  SceneProblem problem(test::map_of(scene), {&pixels, 1});
  const std::vector<double> x = problem.start();
  ASSERT_TRUE(
      problem.move_to(Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()))));

  Eigen::MatrixXd columns(static_cast<Eigen::Index>(kShape.size()), 3);
  Eigen::VectorXd data(columns.rows());
  std::vector<Image> unit(3, Image(kShape));
  test::add_gaussian(unit[0], {17.0, 15.0, 1.0, 4.5, 0.8, 0.3});
  test::add_gaussian(unit[1], {12.0, 15.0, 1.0, 2.5, 0.8, 0.3});
  unit[2] = Image(kShape, 1.0);
  for (Eigen::Index i = 0; i < data.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    const double weight = observation.used[k] != 0 ? 1.0 / observation.sigma.data()[k] : 0.0;
    data[i] = weight * observation.data.data()[k];
    for (Eigen::Index j = 0; j < 3; ++j) columns(i, j) = weight * unit[static_cast<std::size_t>(j)].data()[k];
  }
  const Eigen::VectorXd best = (columns.transpose() * columns).ldlt().solve(columns.transpose() * data);
  const ScenePoint& point = *problem.best();
  std::vector<double> found;
  for (std::size_t i = 0; i < problem.parameters().size(); ++i) {
    const Role role = problem.parameters()[i].role;
    if (role == Role::kFlux || role == Role::kLevel)
      found.push_back(point.values[static_cast<Eigen::Index>(i)]);
  }
  ASSERT_EQ(found.size(), 3U);
  for (Eigen::Index j = 0; j < 3; ++j) EXPECT_NEAR(found[static_cast<std::size_t>(j)] / best[j], 1.0, 1e-5);
  EXPECT_NEAR(point.about.chi2() / (data - columns * best).squaredNorm(), 1.0, 1e-6);
}

TEST(SceneProblem, FluxesOfMagnitudesStayPositive) {
  Image data(kShape);
  test::add_gaussian(data, {17.0, 15.0, -500.0, 4.0, 0.8, 0.0});
  Observation observation = test::observe(std::move(data), 1.0);
  const MultiPsfRenderer renderer(kShape, {});
  PixelResidual pixels(observation, renderer);
  Scene scene;
  scene.components = {test::gaussian({17.0, 15.0, 100.0, 4.0, 0.8, 0.0})};
  scene.components[0].flux_is_magnitude = true;
  SceneProblem problem(test::map_of(scene), {&pixels, 1});
  const std::vector<double> x = problem.start();
  ASSERT_TRUE(
      problem.move_to(Eigen::Map<const Eigen::VectorXd>(x.data(), static_cast<Eigen::Index>(x.size()))));
  EXPECT_GT(problem.best()->values[2], 0.0);
  EXPECT_LT(problem.best()->values[2], 1e-3);
  EXPECT_EQ(problem.best()->at_bound[2], 1);
}

}  // namespace
}  // namespace gaxel
