"""Quadrature rules: where to look at a function and how much each look counts.

An integral over a pixel is the mean of the light inside it times the pixel's area. A rule estimates it from the light at
a few chosen points. The points are its *nodes*, and the *weight* of a node is the share of the area for which it speaks:

    integral of f from -1 to 1  =  weights[0] f(nodes[0]) + weights[1] f(nodes[1]) + ...  (about)

Nodes and weights come in pairs: there are as many weights as nodes, whatever the size of the image, and they are the
same for every pixel. The weights sum to the length of the interval, 2, so that a constant is integrated exactly. What
tells rules apart is how they spend their nodes:

- `roots_midpoint` spreads them evenly with equal weights, as oversampling an image does;
- `roots_legendre` places them so that polynomials of the highest possible degree come out exactly;
- `roots_clencurt` has nearly as good ones that include the borders, -1 and 1;
- `gauss_kronrod` adds nodes between those of a Legendre rule, so that the difference of the two tells the error of the
  first without evaluating its nodes again.

On a pixel each node of one direction meets each node of the other: `tensor_rule` makes n nodes on a line into n^2
points on a square.

>>> from gaxel.quadrature import roots_legendre
>>> nodes, weights = roots_legendre(3)  # -0.7746, 0, 0.7746 with 5/9, 8/9, 5/9: exact up to x^5
>>> print(f"{weights @ nodes**4:.12f}")  # the integral of x^4, 2/5
0.400000000000

The constants G7_nodes ... K15_G7_2d_weights are the Gauss-Kronrod pair of 7 and 15 nodes, under the names that the study
which gaxel grew from gave them. On a line they are on [-1, 1], from the middle outwards, the negative node first; those
with `2d` in their names are on the unit pixel, offsets (di, dj) from its centre. All of them are read-only.
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaxel import _core
from gaxel._arrays import as_int, as_vector

__all__ = [
    "G7_2d_nodes",
    "G7_2d_weights",
    "G7_nodes",
    "G7_weights",
    "GaussKronrod",
    "K15_2d_nodes",
    "K15_2d_weights",
    "K15_G7_2d_weights",
    "K15_G7_weights",
    "K15_new_2d_nodes",
    "K15_new_2d_weights",
    "K15_nodes",
    "K15_nonG7_nodes",
    "K15_nonG7_weights",
    "K15_weights",
    "NestedRule",
    "gauss_kronrod",
    "nested_rule",
    "roots_clencurt",
    "roots_legendre",
    "roots_midpoint",
    "tensor_rule",
]

Array = NDArray[np.float64]


def _as_order(order: Any, source: str) -> int:
    return as_int(order, source, "order", 1, _core.max_quadrature_order)


def roots_legendre(order: int) -> tuple[Array, Array]:
    """Nodes and weights of the Gauss-Legendre rule on [-1, 1].

    The nodes are the zeros of the Legendre polynomial P_order, which makes the rule exact for polynomials of degree
    2 order - 1: no rule with as many nodes does better. Right to the last place or two of float64.

    Parameters
    ----------
    order : int
        Number of nodes, 1 to 200.

    Returns
    -------
    nodes, weights : ndarray of float64, shape (order,)
        Nodes ascend and lie symmetrically about 0; weights are positive and sum to 2.

    Raises
    ------
    InputError
        When `order` is not a whole number from 1 to 200.

    Notes
    -----
    Weights are 2 / ((1 - x^2) P'(x)^2): Abramowitz & Stegun (1964), 25.4.29.
    """
    return _core.gauss_legendre(_as_order(order, "roots_legendre"))


def roots_clencurt(order: int) -> tuple[Array, Array]:
    """Nodes and weights of the Clenshaw-Curtis rule on [-1, 1].

    The nodes are cos(k pi / (order - 1)), evenly spaced on a half circle seen from the side: dense at the borders, which
    are nodes themselves. The rule integrates the polynomial through these points, so it is exact for degree order - 1
    (and order, when that is odd). Orders 2 and 3 are the trapezium and Simpson's rule; order 1, which the construction
    leaves out, is the midpoint. It looks at the borders, which no Gauss rule does, so that the difference of the two
    tells how well both do.

    Parameters
    ----------
    order : int
        Number of nodes, 1 to 200.

    Returns
    -------
    nodes, weights : ndarray of float64, shape (order,)
        Nodes ascend from -1 to 1 and lie symmetrically about 0; weights are positive and sum to 2.

    Raises
    ------
    InputError
        When `order` is not a whole number from 1 to 200.

    Notes
    -----
    Weights by the discrete Fourier transform of Waldvogel (2006), BIT Numerical Mathematics 46, 195.
    """
    return _core.clenshaw_curtis(_as_order(order, "roots_clencurt"))


def roots_midpoint(order: int) -> tuple[Array, Array]:
    """Nodes and weights of the midpoint rule on [-1, 1].

    `order` equal intervals, each seen at its middle: what oversampling an image by `order` does. Exact for straight
    lines only, whatever the order; for smooth functions the error falls like 1 / order^2.

    Parameters
    ----------
    order : int
        Number of nodes, 1 to 200.

    Returns
    -------
    nodes, weights : ndarray of float64, shape (order,)
        Nodes ascend; each weight is 2 / order.

    Raises
    ------
    InputError
        When `order` is not a whole number from 1 to 200.
    """
    return _core.midpoint(_as_order(order, "roots_midpoint"))


class _ReadOnly:
    """Makes the arrays of a dataclass read-only."""

    def __post_init__(self) -> None:
        for field in fields(self):  # type: ignore[arg-type]
            getattr(self, field.name).flags.writeable = False


@dataclass(frozen=True, eq=False)
class GaussKronrod(_ReadOnly):
    """A Gauss-Legendre rule with m nodes and the Kronrod rule with 2 m + 1 that reuses them, on [-1, 1].

    The first five are in the order of the literature's tables: from the middle outwards, the negative node first.

    Attributes
    ----------
    gauss_nodes, gauss_weights : ndarray, shape (m,)
        The Gauss rule.
    shared_weights : ndarray, shape (m,)
        What the Gauss nodes weigh in the Kronrod rule.
    added_nodes, added_weights : ndarray, shape (m + 1,)
        The nodes that Kronrod adds, and what they weigh.
    nodes, weights : ndarray, shape (2 m + 1,)
        The whole Kronrod rule, ascending.
    """

    gauss_nodes: Array
    gauss_weights: Array
    shared_weights: Array
    added_nodes: Array
    added_weights: Array
    nodes: Array
    weights: Array


def gauss_kronrod(order: int = 15) -> GaussKronrod:
    """A Gauss-Legendre rule and the Kronrod rule that reuses its nodes.

    A Legendre rule with more nodes has all of them elsewhere, so that every one must be evaluated anew. Kronrod asked for
    the best m + 1 nodes to add to the m that are there: the larger rule is exact for degree 3 m + 1 at least, and its
    difference from the smaller one tells how far that was off.

    Parameters
    ----------
    order : int
        Number of nodes of the Kronrod rule, 2 m + 1: 15 (the pair G7/K15), 21, 31, 41, 51 or 61.

    Returns
    -------
    GaussKronrod

    Raises
    ------
    InputError
        When `order` is none of these.

    Notes
    -----
    Kronrod (1965), Nodes and Weights of Quadrature Formulas; the values are those of Boost.Math.
    """
    return GaussKronrod(*_core.gauss_kronrod(as_int(order, "gauss_kronrod", "order", 1)))


def tensor_rule(nodes: Any, weights: Any, oversamp: int = 1) -> tuple[Array, Array, Array]:
    """A rule on a line as a rule on a square: every node of one direction with every node of the other.

    The square has the side 1 / oversamp and lies around a pixel's centre: with oversamp 1 it is the pixel.

    Parameters
    ----------
    nodes, weights : array_like, shape (n,)
        A rule on [-1, 1], such as `roots_legendre` returns.
    oversamp : int
        How many such squares make up the side of a pixel, 1 or more.

    Returns
    -------
    di, dj, w : ndarray of float64, shape (n^2,)
        Offsets from the centre in pixels, di the slow index, and weights that sum to 1 / oversamp^2. The light in the
        square is about ``sum(w[k] * f(i + di[k], j + dj[k]))``.

    Raises
    ------
    InputError
        When nodes and weights differ in number, are not 1-D, or hold NaN, and for `oversamp` below 1.
    """
    return _core.tensor_rule(
        as_vector(nodes, "tensor_rule", "nodes"),
        as_vector(weights, "tensor_rule", "weights"),
        as_int(oversamp, "tensor_rule", "oversamp", 1),
    )


@dataclass(frozen=True, eq=False)
class NestedRule(_ReadOnly):
    """A Gauss-Kronrod pair on the unit pixel.

    The m^2 points of the Gauss rule are among the (2 m + 1)^2 of the Kronrod rule: after the first, only the added ones
    need evaluating. With G7/K15 that are 49 of 225, and 176 added ones.

    Attributes
    ----------
    gauss_nodes : ndarray, shape (2, m^2)
        Offsets (di, dj) from the pixel's centre, in pixels.
    gauss_weights : ndarray, shape (m^2,)
        Their weights in the Gauss rule.
    shared_weights : ndarray, shape (m^2,)
        Their weights in the Kronrod rule.
    added_nodes : ndarray, shape (2, 3 m^2 + 4 m + 1)
        The other points of the Kronrod rule: Gauss node x added node, added x Gauss, added x added.
    added_weights : ndarray, shape (3 m^2 + 4 m + 1,)
        Their weights in the Kronrod rule.
    """

    gauss_nodes: Array
    gauss_weights: Array
    shared_weights: Array
    added_nodes: Array
    added_weights: Array


def nested_rule(order: int = 15) -> NestedRule:
    """A Gauss-Kronrod pair on the unit pixel, split into the shared points and the added ones.

    Parameters
    ----------
    order : int
        Number of nodes of the Kronrod rule along a line: 15, 21, 31, 41, 51 or 61.

    Returns
    -------
    NestedRule

    Raises
    ------
    InputError
        When `order` is none of these.
    """
    gauss, shared_weights, added = _core.nested_rule(as_int(order, "nested_rule", "order", 1))
    return NestedRule(np.stack(gauss[:2]), gauss[2], shared_weights, np.stack(added[:2]), added[2])


def _read_only(values: Array) -> Array:
    values.flags.writeable = False
    return values


_pair = gauss_kronrod(15)
_nested = nested_rule(15)

G7_nodes = _pair.gauss_nodes
G7_weights = _pair.gauss_weights
K15_nonG7_nodes = _pair.added_nodes
K15_nonG7_weights = _pair.added_weights
K15_G7_weights = _pair.shared_weights
K15_nodes = _read_only(np.concatenate((G7_nodes, K15_nonG7_nodes)))
K15_weights = _read_only(np.concatenate((K15_G7_weights, K15_nonG7_weights)))

G7_2d_nodes = _nested.gauss_nodes
G7_2d_weights = _nested.gauss_weights
*_offsets, _weights = tensor_rule(K15_nodes, K15_weights)
K15_2d_nodes = _read_only(np.stack(_offsets))
K15_2d_weights = _read_only(_weights)
K15_new_2d_nodes = _nested.added_nodes
K15_new_2d_weights = _nested.added_weights
K15_G7_2d_weights = _nested.shared_weights
