#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <random>

#include "fit/bounded_linear.hpp"
#include "fit/covariance.hpp"
#include "fit/tall_qr.hpp"

namespace gaxel {
namespace {

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns, unsigned seed) {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [&] { return normal(generator); });
}

Eigen::MatrixXd factor_of(const Eigen::MatrixXd& a) {
  TallQr qr(static_cast<int>(a.cols()));
  for (Eigen::Index first = 0; first < a.rows(); first += TallQr::kBlockRows) {
    const Eigen::Index rows = std::min<Eigen::Index>(TallQr::kBlockRows, a.rows() - first);
    qr.block().setConstant(std::nan(""));  // rows that are not given must not matter
    qr.block().topRows(rows) = a.middleRows(first, rows);
    qr.absorb(static_cast<int>(rows));
  }
  return qr.factor();
}

TEST(TallQr, KeepsLengthsAndProducts) {
  for (const Eigen::Index rows : {1, 3, 511, 512, 513, 3000}) {
    const Eigen::MatrixXd a = random_matrix(rows, 7, 1);
    const Eigen::MatrixXd r = factor_of(a);
    EXPECT_LT((r.transpose() * r - a.transpose() * a).norm(), 1e-13 * a.squaredNorm()) << rows;
    EXPECT_TRUE(r.isUpperTriangular());
  }
}

TEST(TallQr, DoesNotSquareTheConditionNumber) {
  // Columns that differ by 1e-9: products of columns would hold nothing of the difference but noise.
  Eigen::MatrixXd a = random_matrix(2000, 2, 2);
  const Eigen::VectorXd difference = a.col(1);
  a.col(1) = a.col(0) + 1e-9 * difference;
  const Eigen::MatrixXd r = factor_of(a);
  const Eigen::VectorXd v = Eigen::Vector2d(-1.0, 1.0);
  EXPECT_NEAR((r * v).norm() / (1e-9 * difference.norm()), 1.0, 1e-5);
}

TEST(BoundedLinear, MeetsTheConditionsOfAMinimum) {
  constexpr Eigen::Index kN = 5;
  int bounds_met = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const Eigen::MatrixXd a = random_matrix(12, kN, seed);
    const Eigen::VectorXd r = random_matrix(12, 1, 1000 + seed);
    const Eigen::VectorXd low = Eigen::VectorXd::Constant(kN, -0.1);
    const Eigen::VectorXd high = Eigen::VectorXd::Constant(kN, 0.2);
    const Eigen::VectorXd start = Eigen::VectorXd::Constant(kN, 0.05);
    const BoundedSolution solution = solve_bounded(a, r, start, low, high);
    const Eigen::VectorXd gradient = a.transpose() * (r + a * (solution.x - start));
    for (Eigen::Index i = 0; i < kN; ++i) {
      EXPECT_GE(solution.x[i], low[i]);
      EXPECT_LE(solution.x[i], high[i]);
      if (solution.x[i] == low[i]) {
        EXPECT_GE(gradient[i], -1e-10);
      } else if (solution.x[i] == high[i]) {
        EXPECT_LE(gradient[i], 1e-10);
      } else {
        EXPECT_NEAR(gradient[i], 0.0, 1e-10);
      }
      EXPECT_EQ(solution.at_bound[i], solution.x[i] == low[i] || solution.x[i] == high[i]);
      bounds_met += solution.at_bound[i] ? 1 : 0;
    }
  }
  EXPECT_GT(bounds_met, 100);
}

TEST(BoundedLinear, EqualColumnsShareWithoutFailing) {
  Eigen::MatrixXd a = random_matrix(9, 3, 5);
  a.col(2) = a.col(1);
  const Eigen::VectorXd r = random_matrix(9, 1, 6);
  const double inf = std::numeric_limits<double>::infinity();
  const Eigen::Vector3d start(1.0, 1.0, 1.0);
  const BoundedSolution solution =
      solve_bounded(a, r, start, Eigen::Vector3d::Constant(-inf), Eigen::Vector3d::Constant(inf));
  ASSERT_TRUE(solution.x.allFinite());
  EXPECT_LT((a.transpose() * (r + a * (solution.x - start))).norm(), 1e-12);
}

TEST(Covariance, OfAStraightLine) {
  // Intercept and slope through n points x_i with unit errors: the textbook's closed form.
  constexpr int kPoints = 20;
  Eigen::MatrixXd jacobian(kPoints, 2);
  double sx = 0.0;
  double sxx = 0.0;
  for (int i = 0; i < kPoints; ++i) {
    const double x = 1e6 + 3.0 * i * i;
    jacobian.row(i) << 1.0, x;
    sx += x;
    sxx += x * x;
  }
  const double determinant = kPoints * sxx - sx * sx;
  const Covariance result = covariance(jacobian, {0, 0});
  EXPECT_NEAR(result.matrix(0, 0) * determinant / sxx, 1.0, 1e-6);
  EXPECT_NEAR(result.matrix(0, 1) * determinant / -sx, 1.0, 1e-6);
  EXPECT_NEAR(result.matrix(1, 1) * determinant / kPoints, 1.0, 1e-6);
}

TEST(Covariance, FlagsWhatTheDataDoNotTell) {
  Eigen::MatrixXd jacobian = random_matrix(30, 5, 9);
  jacobian.col(3) = -2.0 * jacobian.col(1);
  jacobian.col(4).setZero();
  const Covariance result = covariance(jacobian, std::vector<char>(5, 0));
  EXPECT_EQ(result.degenerate, (std::vector<char>{0, 1, 0, 1, 1}));
  // The others know nothing of it: their errors are those with one of the pair left out.
  const Eigen::MatrixXd rest = jacobian.leftCols(3);
  const Eigen::MatrixXd expected = (rest.transpose() * rest).inverse();
  EXPECT_NEAR(result.matrix(0, 0), expected(0, 0), 1e-12);
  EXPECT_NEAR(result.matrix(0, 2), expected(0, 2), 1e-12);
  EXPECT_TRUE(std::isnan(result.matrix(1, 1)));
  EXPECT_TRUE(std::isnan(result.matrix(0, 4)));
}

TEST(Covariance, HeldParametersCountAsFixed) {
  const Eigen::MatrixXd jacobian = random_matrix(30, 3, 10);
  const Covariance result = covariance(jacobian, {0, 1, 0});
  Eigen::MatrixXd rest(30, 2);
  rest << jacobian.col(0), jacobian.col(2);
  const Eigen::MatrixXd expected = (rest.transpose() * rest).inverse();
  EXPECT_NEAR(result.matrix(0, 0), expected(0, 0), 1e-12);
  EXPECT_NEAR(result.matrix(2, 0), expected(1, 0), 1e-12);
  EXPECT_TRUE(std::isnan(result.matrix(1, 1)));
  EXPECT_EQ(result.degenerate, (std::vector<char>{0, 0, 0}));
}

}  // namespace
}  // namespace gaxel
