"""Light through a pixel-integrated Gaussian PSF by brute force: of Sersic profiles ring by ring, of any other by squares
that are quartered."""

import numpy as np
from scipy.special import erf, gamma, gammaincinv
from shape_truth import integral


def box(x, side, sigma):
    """A Gaussian's integral over a box about x."""
    return 0.5 * (erf((x + side / 2) / (sigma * np.sqrt(2))) - erf((x - side / 2) / (sigma * np.sqrt(2))))


def gaussian_kernel(sigma, oversample):
    """Samples of a Gaussian PSF, each integrated over its own pixel, sigma in data pixels."""
    reach = int(np.ceil(8 * sigma * oversample))
    line = box(np.arange(-reach, reach + 1) / oversample, 1 / oversample, sigma)
    kernel = np.outer(line, line)
    return kernel / kernel.sum()


def radial_nodes(end, step, cusp):
    """Radii and weights of a rule from 0 to end, r dr apart: double exponential up to `cusp`, then Gauss-Legendre."""
    t = np.arange(-4.2, 4.2, 0.04)
    u = 1 / (1 + np.exp(-np.pi * np.sinh(t)))
    radii, weights = [cusp * u], [cusp * 0.04 * np.pi * np.cosh(t) * u * (1 - u)]
    x, w = np.polynomial.legendre.leggauss(16)
    edges = np.append(np.arange(cusp, end, step), end)
    for low, high in zip(edges[:-1], edges[1:], strict=True):
        radii.append(0.5 * (low + high) + 0.5 * (high - low) * x)
        weights.append(0.5 * (high - low) * w)
    return np.concatenate(radii), np.concatenate(weights)


def convolved_pixel(col, row, galaxy, sigma):
    """Pixel (row, col) of a Sersic galaxy, a dict of its parameters, under a Gaussian PSF of that sigma."""
    n, q, re, theta = galaxy["n"], galaxy["q"], galaxy["re"], galaxy["theta"]
    b = gammaincinv(2 * n, 0.5)
    central = galaxy["flux"] * b ** (2 * n) / (2 * np.pi * n * gamma(2 * n))
    dx0, dy0 = col - galaxy["x"], row - galaxy["y"]
    psf_reach = 8.5 * sigma + 1
    scale = min(sigma, 0.5)
    end = min((np.hypot(dx0, dy0) + psf_reach) / (q * re), (45 / b) ** n)
    radii, weights = radial_nodes(end, 0.8 * scale / re, 0.5 * scale / re)
    light = central * np.exp(-b * radii ** (1 / n)) * radii * weights
    total = 0.0
    for first in range(0, len(radii), 64):
        r = radii[first : first + 64, None]
        angles = (
            2 * np.pi * np.arange(int(96 + 16 * re * r.max() / scale)) / int(96 + 16 * re * r.max() / scale)
        )
        u, v = r * np.cos(angles), q * r * np.sin(angles)
        dx = dx0 - re * (u * np.cos(theta) - v * np.sin(theta))
        dy = dy0 - re * (u * np.sin(theta) + v * np.cos(theta))
        near = (abs(dx) < psf_reach) & (abs(dy) < psf_reach)
        psf = np.zeros(dx.shape)
        psf[near] = box(dx[near], 1, sigma) * box(dy[near], 1, sigma)
        total += (light[first : first + 64] * psf.mean(axis=1)).sum() * 2 * np.pi
    return total


def convolved_light(light, col, row, sigma, tolerance=1e-9, floor=0.0):
    """Pixel (row, col) of any light(x, y) under that PSF."""
    reach = int(np.ceil(8.5 * sigma + 1.0))
    steps = np.arange(-reach, reach + 1)
    x, y = np.meshgrid(col + steps + 0.137, row + steps + 0.211)

    def seen(x, y):
        return light(x, y) * box(x - col, 1, sigma) * box(y - row, 1, sigma)

    return integral(seen, x.ravel(), y.ravel(), 1.0, tolerance, floor, 18)
