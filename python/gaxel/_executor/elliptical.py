"""Elliptical profiles: the light of a radial law on ellipses, and the means of a law that its cusp needs."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array

from gaxel._executor import radial_laws

Values = Mapping[str, Array]


def _from_centre(step: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes y and weights of integrals over y > 0 of e^(-a y), 0.2 <= a <= 40, times what e^-y is smooth in: the double
    exponential rule y = exp(w - e^-w) (Takahasi & Mori 1974)."""
    w = np.arange(-3.7, 5.7, step)
    y = np.exp(w - np.exp(-w))
    return y, step * y * (1.0 + np.exp(-w))


def _tanh_sinh(step: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes v, 1 - v and weights of integrals over v from 0 to 1 of what may be singular at both ends."""
    w = np.arange(-3.5, 3.5 + 0.5 * step, step)
    x = 0.5 * np.pi * np.sinh(w)
    v = 1.0 / (1.0 + np.exp(-2.0 * x))
    return v, v[::-1], step * np.pi * np.cosh(w) * v * v[::-1]


_Y, _Y_WEIGHTS = _from_centre(0.07)
_V, _LESS_V, _V_WEIGHTS = _tanh_sinh(0.1)


def _power_mean(s: Array, exponent: Array, of_log: Callable[[Array], Array]) -> Array:
    """Half of the mean over v from 0 to 1 of light at s v that is of_log(exponent ln (s v)): v = exp(-y / exponent)."""
    y, weights = jnp.asarray(_Y, s.dtype), jnp.asarray(_Y_WEIGHTS, s.dtype)
    a = 1.0 / exponent
    light = of_log((exponent * jnp.log(s))[..., None] - y)
    return 0.5 * a * jnp.sum(weights * jnp.exp(-a * y) * light, axis=-1)


def mean_outside(law: radial_laws.RadialLaw, s: Array) -> Array:
    """Half of the mean inside s where that holds all light."""
    return law.total() / (2.0 * np.pi * s)


class EllipticalLaw(NamedTuple):
    """A law whose light in the plane of u and v is law.intensity(r), r^2 = s; mean(s) is half of its mean inside s, the
    G of docs/math/pixels.md. Light is a smooth function of s^exponent, at the values that the plan was made for."""

    law: radial_laws.RadialLaw
    mean: Callable[[Array], Array]
    edge: Array | None  # s beyond which there is no light; None: everywhere is some


def _sersic(n: Array) -> EllipticalLaw:
    law = radial_laws.Sersic(n)
    b = law.b

    def mean(s: Array) -> Array:
        # Beyond, what lies outside is below roundings of what lies inside.
        last = 40.0 + 3.6 * n
        exponent = 0.5 / n
        beyond = jnp.exp(exponent * jnp.log(s)) * b > last
        inside = jnp.where(beyond, 1.0, s)
        near = _power_mean(inside, exponent, lambda log_x: jnp.exp(b * (1.0 - jnp.exp(log_x))))
        return jnp.where(beyond, mean_outside(law, jnp.where(beyond, s, 1.0)), near)

    return EllipticalLaw(law, mean, None)


def _moffat(beta: Array) -> EllipticalLaw:
    law = radial_laws.Moffat(beta)
    k = 4.0 * jnp.expm1(np.log(2.0) / beta)

    def mean(s: Array) -> Array:
        enclosed = -jnp.expm1((1.0 - beta) * jnp.log1p(k * s))
        return law.total() * enclosed / (2.0 * np.pi * s)

    return EllipticalLaw(law, mean, None)


def _king(c: Array, alpha: Array) -> EllipticalLaw:
    law = radial_laws.King(c, alpha)

    def mean(s: Array) -> Array:
        # In y = ln(1 + s) light is E^alpha, E = 1 - exp(-(y at the edge - y) / alpha).
        y = jnp.log1p(s)
        rest = jnp.log1p((c * c - s) / (1.0 + s))
        v, weights = jnp.asarray(_V, s.dtype), jnp.asarray(_V_WEIGHTS, s.dtype)
        distance = rest[..., None] + y[..., None] * v
        light = jnp.exp(alpha * jnp.log(-jnp.expm1(-distance / alpha)))
        return 0.5 * y / s * jnp.sum(weights * light, axis=-1)

    return EllipticalLaw(law, mean, c * c)


def _ferrers(alpha: Array, beta: Array) -> EllipticalLaw:
    law = radial_laws.Ferrers(alpha, beta)
    p = 2.0 - beta

    def mean(s: Array) -> Array:
        return _power_mean(s, 0.5 * p, lambda log_t: jnp.exp(alpha * jnp.log(-jnp.expm1(log_t))))

    return EllipticalLaw(law, mean, jnp.ones_like(p))


class _Kind(NamedTuple):
    scale: str  # the parameter that is the scale radius
    law: Callable[[Values], EllipticalLaw]
    # The power of s that light is a smooth function of: how fast its phase turns about the centre.
    exponent: Callable[[Mapping[str, float]], float]


def _fixed(n: float) -> _Kind:
    return _Kind("re", lambda v: _sersic(jnp.asarray(n, v["re"].dtype)), lambda _: 0.5 / n)


KINDS: dict[str, _Kind] = {
    "sersic": _Kind("re", lambda v: _sersic(v["n"]), lambda v: 0.5 / v["n"]),
    "exponential": _fixed(1.0),
    "devaucouleurs": _fixed(4.0),
    "gaussian": _fixed(0.5),
    "moffat": _Kind("fwhm", lambda v: _moffat(v["beta"]), lambda _: 1.0),
    "king": _Kind("rc", lambda v: _king(v["rt"] / v["rc"], v["alpha"]), lambda _: 1.0),
    "ferrers": _Kind("rout", lambda v: _ferrers(v["alpha"], v["beta"]), lambda v: 1.0 - 0.5 * v["beta"]),
}


class Profile(NamedTuple):
    """An elliptical profile with its parameters: light is amplitude * law.intensity(r), flux per data pixel's area."""

    x: Array
    y: Array
    re: Array
    q: Array
    cos: Array
    sin: Array
    amplitude: Array
    law: EllipticalLaw

    @classmethod
    def of(cls, component: Mapping[str, Any], values: Values) -> "Profile":
        kind = KINDS[component["base"]]
        law = kind.law(values)
        re, q = values[kind.scale], values["q"]
        if "flux" in values:
            amplitude = values["flux"] / (q * re * re * law.law.total())
        else:
            name = component["parameters"][2]  # stands in place of the flux
            radius = jnp.asarray(component["brightness_radius"], re.dtype)
            amplitude = values[name] / law.law.intensity(radius)
        theta = values["theta"]
        return cls(values["x"], values["y"], re, q, jnp.cos(theta), jnp.sin(theta), amplitude, law)

    @property
    def area(self) -> Array:
        """Of the ellipse's square in the image: dx dy = area du dv."""
        return self.q * self.re * self.re

    def plane(self, dx: Array, dy: Array) -> tuple[Array, Array]:
        """(u, v) of offsets from the centre: docs/math/pixels.md, "Frames"."""
        u = (dx * self.cos + dy * self.sin) / self.re
        return u, (dy * self.cos - dx * self.sin) / (self.q * self.re)

    def s(self, dx: Array, dy: Array) -> Array:
        u, v = self.plane(dx, dy)
        return jnp.maximum(u * u + v * v, jnp.finfo(u.dtype).tiny)

    def light(self, dx: Array, dy: Array) -> Array:
        return self.amplitude * self.law.law.intensity(jnp.sqrt(self.s(dx, dy)))
