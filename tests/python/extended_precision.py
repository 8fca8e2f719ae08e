"""Gauss-Legendre rules and the flux enclosed by a Sersic profile in numpy's extended precision, for exact pixels.

Extended means 64 bits of mantissa on x86, more on some machines, no more than double on others: EPSILON says.
"""

import functools

import numpy as np
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv

EPSILON = float(np.finfo(np.longdouble).eps)

# Where P or Q is below this, scipy's double, relatively exact to 1e-14, is exact to 1e-19 absolutely.
_TAIL = 1e-5
_CHUNK = 2048  # of arguments whose series are summed side by side


@functools.cache
def gauss_legendre(count):
    """Nodes on (-1, 1) and weights that sum to 2: numpy's nodes, improved by Newton's method."""
    x = np.polynomial.legendre.leggauss(count)[0].astype(np.longdouble)
    for _ in range(3):
        below, p = np.ones_like(x), x
        for k in range(2, count + 1):
            below, p = p, ((2 * k - 1) * x * p - (k - 1) * below) / k
        slope = count * (below - x * p) / (1 - x * x)
        x = x - p / slope
    return x, 2 / ((1 - x * x) * slope**2)


class EnclosedFlux:
    """P(2n, x), the flux of a Sersic profile inside x = b r^(1/n), with Gamma(2n) and b; absolute error 1e-18."""

    def __init__(self, n):
        self._a = 2 * np.longdouble(n)
        a = float(self._a)
        self._low, self._high = gammaincinv(a, _TAIL), gammainccinv(a, _TAIL)
        self.gamma = self._lower(np.array([self._high], np.longdouble))[0] / (
            1 - np.longdouble(gammaincc(a, self._high))
        )
        b = np.longdouble(gammaincinv(a, 0.5))
        slope = b ** (self._a - 1) * np.exp(-b) / self.gamma
        self.b = b - (self(np.array([b]))[0] - 0.5) / slope

    def __call__(self, x):
        a = float(self._a)
        result = np.empty(x.shape, np.longdouble)
        low, high = x < self._low, x > self._high
        result[low] = gammainc(a, x[low].astype(float))
        result[high] = 1 - gammaincc(a, x[high].astype(float)).astype(np.longdouble)
        middle = np.flatnonzero(~(low | high))
        # Sorted, so that the arguments of a chunk need about the same number of terms.
        middle = middle[np.argsort(x[middle].astype(float))]
        for start in range(0, middle.size, _CHUNK):
            chunk = middle[start : start + _CHUNK]
            result[chunk] = self._lower(x[chunk]) / self.gamma
        return result

    def _lower(self, x):
        """gamma(2n, x) = x^2n exp(-x) sum over k of x^k / (2n)_(k+1) (DLMF 8.7.1), x in ascending order."""
        term = np.full(x.shape, 1 / self._a)
        total = term.copy()
        k = 0
        while x[-1] > self._a + k or term[-1] > 0.1 * EPSILON * total[-1]:
            k += 1
            term *= x / (self._a + k)
            total += term
        return x**self._a * np.exp(-x) * total
