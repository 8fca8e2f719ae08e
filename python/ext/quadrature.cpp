#include "gaxel/quadrature.hpp"

#include <nanobind/stl/tuple.h>

#include <tuple>

#include "bindings.hpp"

namespace gaxel::python {
namespace {

std::vector<double> to_vector(const InputVector& array) {
  return {array.data(), array.data() + array.size()};
}

auto to_tuple(QuadratureRule rule) {
  return std::tuple(to_numpy(std::move(rule.nodes)), to_numpy(std::move(rule.weights)));
}

auto to_tuple(PixelRule rule) {
  return std::tuple(to_numpy(std::move(rule.di)), to_numpy(std::move(rule.dj)),
                    to_numpy(std::move(rule.weights)));
}

}  // namespace

void bind_quadrature(nb::module_& module) {
  module.attr("max_quadrature_order") = kMaxQuadratureOrder;
  module.def(
      "gauss_legendre", [](int order) { return to_tuple(gauss_legendre(order)); }, nb::arg("order"),
      "(nodes, weights)");
  module.def(
      "clenshaw_curtis", [](int order) { return to_tuple(clenshaw_curtis(order)); }, nb::arg("order"),
      "(nodes, weights)");
  module.def(
      "midpoint", [](int order) { return to_tuple(midpoint(order)); }, nb::arg("order"), "(nodes, weights)");
  module.def(
      "gauss_kronrod",
      [](int order) {
        KronrodPair pair = gauss_kronrod(order);
        QuadratureRule kronrod = pair.kronrod();
        return std::tuple_cat(
            std::tuple(to_numpy(std::move(pair.gauss_nodes)), to_numpy(std::move(pair.gauss_weights)),
                       to_numpy(std::move(pair.shared_weights)), to_numpy(std::move(pair.added_nodes)),
                       to_numpy(std::move(pair.added_weights))),
            to_tuple(std::move(kronrod)));
      },
      nb::arg("order"),
      "(gauss_nodes, gauss_weights, shared_weights, added_nodes, added_weights, nodes, weights)");
  module.def(
      "tensor_rule",
      [](const InputVector& nodes, const InputVector& weights, int oversamp) {
        return to_tuple(tensor_rule({to_vector(nodes), to_vector(weights)}, oversamp));
      },
      nb::arg("nodes"), nb::arg("weights"), nb::arg("oversamp"), "(di, dj, weights)");
  module.def(
      "nested_rule",
      [](int order) {
        NestedPixelRule rule = nested_rule(gauss_kronrod(order));
        return std::tuple(to_tuple(std::move(rule.gauss)), to_numpy(std::move(rule.shared_weights)),
                          to_tuple(std::move(rule.added)));
      },
      nb::arg("order"), "((di, dj, weights) of Gauss, shared_weights, (di, dj, weights) of the added nodes)");
}

}  // namespace gaxel::python
