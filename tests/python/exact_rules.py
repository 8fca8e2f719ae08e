"""Quadrature rules to 40 digits, by mpmath."""

import functools
import itertools

import mpmath
from mpmath import mp, mpf

DIGITS = 40


def _legendre(order, x):
    """P_order(x) and its derivative, by the recurrence (no x = +-1)."""
    previous, current = mpf(1), x
    for k in range(2, order + 1):
        previous, current = current, ((2 * k - 1) * x * current - (k - 1) * previous) / k
    return current, order * (x * current - previous) / (x * x - 1)


@functools.cache
def legendre_rule(order):
    """Ascending zeros of the Legendre polynomial and the weights of Gauss's rule."""
    with mp.workdps(DIGITS + 25):
        if order == 1:
            return [mpf(0)], [mpf(2)]
        nodes, weights = [], []
        for k in range(order):
            # The asymptotic zero (Abramowitz & Stegun 22.16.6); Newton's method doubles its digits each step.
            x = -mp.cos(mp.pi * (4 * k + 3) / (4 * order + 2))
            step = mpf(1)
            while abs(step) > mpf(10) ** (-mp.dps // 2 - 2):
                value, slope = _legendre(order, x)
                step = value / slope
                x -= step
            slope = _legendre(order, x)[1]
            nodes.append(x)
            weights.append(2 / ((1 - x * x) * slope**2))
        return nodes, weights


def clenshaw_curtis_rule(order):
    """The sums of cosines of Davis & Rabinowitz (1984), Methods of Numerical Integration, eq. 2.5.5.8."""
    with mp.workdps(DIGITS):
        n = order - 1
        cosines = [mp.cos(mp.pi * k / n) for k in range(2 * n)]
        weights = []
        for k in range(order):
            total = mpf(1)
            for j in range(1, n // 2 + 1):
                total -= (1 if 2 * j == n else 2) * cosines[2 * j * k % (2 * n)] / (4 * j * j - 1)
            weights.append((1 if k in (0, n) else 2) * total / n)
        return [-cosines[k] for k in range(order)], weights


def _stieltjes(m):
    """The Stieltjes polynomial of degree m + 1: its product with P_m has no moment of degree up to m."""
    grid, grid_weights = legendre_rule(2 * m)
    table = [[mpmath.legendre(k, x) for x in grid] for k in range(m + 2)]

    def moment(j, k):
        products = zip(grid_weights, table[m], table[j], table[k], strict=True)
        return mp.fsum(w * p * a * b for w, p, a, b in products)

    # By Legendre polynomials of its own parity, the highest with coefficient 1.
    degrees = list(range((m + 1) % 2, m, 2))
    odd = range(1, m + 1, 2)
    matrix = mp.matrix([[moment(j, k) for j in degrees] for k in odd])
    found = mp.lu_solve(matrix, mp.matrix([-moment(m + 1, k) for k in odd]))
    terms = [*zip(degrees, found, strict=True), (m + 1, mpf(1))]
    return lambda x: mp.fsum(a * mpmath.legendre(j, x) for j, a in terms)


@functools.cache
def kronrod_rule(order):
    """Ascending nodes of the Kronrod rule of 2 m + 1 nodes, and the weights that integrate P_0 ... P_2m."""
    m = (order - 1) // 2
    with mp.workdps(DIGITS + 20):
        gauss = legendre_rule(m)[0]
        polynomial = _stieltjes(m)
        # Its zeros lie between those of P_m and the borders, one each (Szego 1935).
        borders = [mpf(-1), *gauss, mpf(1)]
        added = [mp.findroot(polynomial, pair, solver="anderson") for pair in itertools.pairwise(borders)]
        nodes = sorted([*gauss, *added])
        matrix = mp.matrix([[mpmath.legendre(k, x) for x in nodes] for k in range(order)])
        weights = mp.lu_solve(matrix, mp.matrix([2] + [0] * (order - 1)))
        return nodes, list(weights)
