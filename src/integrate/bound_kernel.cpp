#include "integrate/bound_kernel.hpp"

#include <cmath>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "integrate/bound_kernel.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace gaxel::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

static_assert(kGroupsAtOnce % hn::MaxLanes(hn::ScalableTag<float>()) == 0);

// What the elliptical radius needs of a frame, in vectors.
template <class D>
struct Plane {
  using V = hn::Vec<D>;
  D d;
  V a, b, c, e;
  V along_x;  // du/dv move with x: the x that is nearest to the centre at a given y is along_x y
  V along_y;

  explicit Plane(D tag, const EllipseFrame& f)
      : d(tag),
        a(hn::Set(d, f.a)),
        b(hn::Set(d, f.b)),
        c(hn::Set(d, f.c)),
        e(hn::Set(d, f.d)),
        along_x(hn::Set(d, -(f.a * f.b + f.c * f.d) / (f.a * f.a + f.c * f.c))),
        along_y(hn::Set(d, -(f.a * f.b + f.c * f.d) / (f.b * f.b + f.d * f.d))) {}

  V s(V x, V y) const {
    const V u = hn::MulAdd(a, x, hn::Mul(b, y));
    const V v = hn::MulAdd(c, x, hn::Mul(e, y));
    return hn::MulAdd(u, u, hn::Mul(v, v));
  }

  V largest(V x0, V x1, V y0, V y1) const {
    return hn::Max(hn::Max(s(x0, y0), s(x1, y0)), hn::Max(s(x0, y1), s(x1, y1)));
  }

  // s is convex: smallest at the centre or on the boundary.
  V smallest(V x0, V x1, V y0, V y1) const {
    const auto on_row = [&](V y) { return s(hn::Min(hn::Max(hn::Mul(along_x, y), x0), x1), y); };
    const auto on_col = [&](V x) { return s(x, hn::Min(hn::Max(hn::Mul(along_y, x), y0), y1)); };
    const V boundary = hn::Min(hn::Min(on_row(y0), on_row(y1)), hn::Min(on_col(x0), on_col(x1)));
    const V zero = hn::Zero(d);
    const auto in_x = hn::And(hn::Le(x0, zero), hn::Ge(x1, zero));
    const auto in_y = hn::And(hn::Le(y0, zero), hn::Ge(y1, zero));
    return hn::IfThenZeroElse(hn::And(in_x, in_y), boundary);
  }
};

// The smallest semi-major axis, less 1, given the smallest s on the lines' ends.
template <class D>
void store_roots(D d, hn::Vec<D> first_s, hn::Vec<D> last_s, hn::Vec<D> h, double metric, GroupRoots& roots,
                 std::size_t i) {
  const hn::Rebind<float, D> df;
  const auto unit = hn::Mul(h, hn::Set(d, std::sqrt(metric)));
  const auto sum = hn::Add(hn::Sqrt(first_s), hn::Sqrt(last_s));
  const auto axis = hn::Div(sum, hn::Add(unit, unit));
  const auto beyond = hn::Sub(hn::Mul(axis, hn::Set(d, 1.0 - 1e-6)), hn::Set(d, 1.0));
  hn::Store(hn::DemoteTo(df, hn::Min(beyond, hn::Set(d, 1e9))), df, roots.beyond.data() + i);
  hn::Store(hn::DemoteTo(df, unit), df, roots.unit.data() + i);
}

void group_radii(const EllipseFrame& frame, const GroupBoxes& boxes, std::size_t n, GroupRadii& radii) {
  const hn::ScalableTag<double> d;
  const Plane plane(d, frame);
  const double metric_x = frame.a * frame.a + frame.c * frame.c;
  const double metric_y = frame.b * frame.b + frame.d * frame.d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto x = hn::Sub(hn::Load(d, boxes.x.data() + i), hn::Set(d, frame.x0));
    const auto y = hn::Sub(hn::Load(d, boxes.y.data() + i), hn::Set(d, frame.y0));
    const auto hx = hn::Load(d, boxes.hx.data() + i);
    const auto hy = hn::Load(d, boxes.hy.data() + i);
    const auto span_x = hn::Load(d, boxes.span_x.data() + i);
    const auto span_y = hn::Load(d, boxes.span_y.data() + i);
    const auto x0 = hn::Sub(x, hn::Add(span_x, hx));
    const auto x1 = hn::Add(x, hn::Add(span_x, hx));
    const auto y0 = hn::Sub(y, hn::Add(span_y, hy));
    const auto y1 = hn::Add(y, hn::Add(span_y, hy));
    hn::Store(plane.smallest(x0, x1, y0, y1), d, radii.hull_min.data() + i);
    hn::Store(plane.largest(x0, x1, y0, y1), d, radii.hull_max.data() + i);
    // The ends of the cells' lines fill boxes, too: as wide as that of the centres.
    const auto left = plane.smallest(x0, hn::MulAdd(hn::Set(d, 2.0), span_x, x0), y0, y1);
    const auto right = plane.smallest(hn::NegMulAdd(hn::Set(d, 2.0), span_x, x1), x1, y0, y1);
    const auto lower = plane.smallest(x0, x1, y0, hn::MulAdd(hn::Set(d, 2.0), span_y, y0));
    const auto upper = plane.smallest(x0, x1, hn::NegMulAdd(hn::Set(d, 2.0), span_y, y1), y1);
    store_roots(d, left, right, hx, metric_x, radii.x, i);
    store_roots(d, lower, upper, hy, metric_y, radii.y, i);
  }
}

// Single precision is plenty for a number of nodes.
void bernstein_ellipses(const GroupRoots& roots, const GroupLane& s_max, const FloatLane& edge, std::size_t n,
                        GroupEllipses& ellipses) {
  const hn::ScalableTag<float> d;
  const hn::ScalableTag<double> dd;
  const hn::Rebind<float, hn::ScalableTag<double>> df;
  const std::size_t lanes = hn::Lanes(d);
  ellipses.stride = (n + lanes - 1) / lanes * lanes;
  const auto one = hn::Set(d, 1.0F);
  const auto two = hn::Set(d, 2.0F);
  for (std::size_t i = 0; i < n; i += lanes) {
    const auto beyond = hn::Load(d, roots.beyond.data() + i);
    const auto width = hn::Max(beyond, hn::Set(d, 1e-4F));
    const auto unit = hn::Load(d, roots.unit.data() + i);
    const auto root = hn::Add(width, one);
    HWY_ALIGN float largest[hn::MaxLanes(d)];
    for (std::size_t part = 0; part < lanes; part += hn::Lanes(dd)) {
      const auto radius = hn::Sqrt(hn::Load(dd, s_max.data() + i + part));
      const auto above = hn::Min(hn::Mul(radius, hn::Set(dd, 1.0 + 1e-6)), hn::Set(dd, 1e30));
      hn::Store(hn::DemoteTo(df, above), df, largest + part);
    }
    // |sqrt(s)| is at most `largest` and unit times the semi-major axis: within the edge up to this axis,
    // less 1.
    const auto inside = hn::Mul(hn::Load(d, edge.data() + i), hn::Set(d, 1.0F - 1e-5F));
    const auto room = hn::Sub(hn::Div(hn::Sub(inside, hn::Load(d, largest)), unit), one);
    const auto exists = hn::Gt(hn::Min(beyond, room), hn::Set(d, 1e-4F));
    const auto way = hn::Max(hn::Min(width, room), hn::Set(d, 1e-4F));
    for (std::size_t j = 0; j < kReaches.size(); ++j) {
      const std::size_t at = j * ellipses.stride + i;
      const auto more = hn::Mul(way, hn::Set(d, kReaches[j]));
      const auto major = hn::Add(more, one);
      const auto minor2 = hn::Mul(more, hn::Add(more, two));
      const auto rho_less_1 = hn::Add(more, hn::Sqrt(minor2));
      const auto rho = hn::Add(rho_less_1, one);
      hn::Store(hn::Mul(hn::Log(d, rho), hn::Set(d, 1.0F - 1e-5F)), d, ellipses.log_rho.data() + at);
      // -ln(1 - x) <= (x - x^2 / 2) / (1 - x), x = 1 / rho.
      const auto series = hn::Div(hn::Sub(rho, hn::Set(d, 0.5F)), hn::Mul(rho, rho_less_1));
      const auto infinite = hn::Set(d, std::numeric_limits<float>::infinity());
      hn::Store(hn::IfThenElse(exists, series, infinite), d, ellipses.series.data() + at);
      const auto gap = hn::Sub(width, more);
      hn::Store(hn::Mul(unit, gap), d, ellipses.radius.data() + at);
      hn::Store(hn::Mul(unit, major), d, ellipses.spread.data() + at);
      hn::Store(hn::Load(d, largest), d, ellipses.largest.data() + at);
      // Least Re s: |root - major cos|^2 - minor^2 sin^2 over all angles.
      const auto axes = hn::MulAdd(major, major, minor2);
      const auto ahead = hn::Mul(gap, gap);
      const auto aside = hn::Div(hn::Mul(minor2, hn::Sub(hn::Mul(root, root), axes)), axes);
      const auto least = hn::IfThenElse(hn::Ge(hn::Mul(major, root), axes), ahead, aside);
      hn::Store(hn::Mul(hn::Mul(unit, unit), least), d, ellipses.real.data() + at);
    }
  }
}

void least_nodes(const GroupEllipses& ellipses, const float* log_target, std::size_t n, float* nodes) {
  const hn::ScalableTag<float> d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto target = hn::Load(d, log_target + i);
    auto best = hn::Set(d, std::numeric_limits<float>::infinity());
    for (std::size_t at = i; at < ellipses.size(); at += ellipses.stride) {
      const auto bound = hn::Load(d, ellipses.log_bound.data() + at);
      const auto above = hn::Add(hn::Sub(bound, target), hn::Load(d, ellipses.series.data() + at));
      best = hn::Min(best, hn::Div(above, hn::Load(d, ellipses.log_rho.data() + at)));
    }
    hn::Store(best, d, nodes + i);
  }
}

void log_errors(const GroupEllipses& ellipses, const float* nodes, std::size_t n, float* log_error) {
  const hn::ScalableTag<float> d;
  for (std::size_t i = 0; i < n; i += hn::Lanes(d)) {
    const auto count = hn::Load(d, nodes + i);
    auto best = hn::Set(d, std::numeric_limits<float>::infinity());
    for (std::size_t at = i; at < ellipses.size(); at += ellipses.stride) {
      const auto bound = hn::Load(d, ellipses.log_bound.data() + at);
      const auto amplitude = hn::Add(bound, hn::Load(d, ellipses.series.data() + at));
      best = hn::Min(best, hn::NegMulAdd(count, hn::Load(d, ellipses.log_rho.data() + at), amplitude));
    }
    hn::Store(best, d, log_error + i);
  }
}

}  // namespace gaxel::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace gaxel {

HWY_EXPORT(group_radii);
HWY_EXPORT(bernstein_ellipses);
HWY_EXPORT(least_nodes);
HWY_EXPORT(log_errors);

void group_radii(const EllipseFrame& frame, const GroupBoxes& boxes, std::size_t n, GroupRadii& radii) {
  HWY_DYNAMIC_DISPATCH(group_radii)(frame, boxes, n, radii);
}

void bernstein_ellipses(const GroupRoots& roots, const GroupLane& s_max, const FloatLane& edge, std::size_t n,
                        GroupEllipses& ellipses) {
  HWY_DYNAMIC_DISPATCH(bernstein_ellipses)(roots, s_max, edge, n, ellipses);
}

void least_nodes(const GroupEllipses& ellipses, const float* log_target, std::size_t n, float* nodes) {
  HWY_DYNAMIC_DISPATCH(least_nodes)(ellipses, log_target, n, nodes);
}

void log_errors(const GroupEllipses& ellipses, const float* nodes, std::size_t n, float* log_error) {
  HWY_DYNAMIC_DISPATCH(log_errors)(ellipses, nodes, n, log_error);
}

}  // namespace gaxel
#endif  // HWY_ONCE
