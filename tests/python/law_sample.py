"""Random components of every kind of light, and pixels of them that tell something."""

import numpy as np
from gaxel import components
from law_formulas import law_of

SHAPE = (26, 30)
PLACE = ("x", "y", "theta")
# All that has a formula: truncations are no light, and an image's is data (test_image_light.py).
KINDS = {
    cls.__name__: cls
    for kind, cls in components.CLASSES.items()
    if "theta" in cls._specs and not kind.startswith(("truncation", "image"))
}

# What tests draw from: (least, largest), lengths in units of the size (see size_of).
SHAPES = {
    "sersic": {"n": (0.3, 8.0)},
    "moffat": {"beta": (1.1, 15.0)},
    "king": {"rt": (1.3, 25.0), "alpha": (0.3, 8.0)},
    "ferrers": {"alpha": (0.3, 6.0), "beta": (-4.0, 1.5)},
    "nuker": {"alpha": (0.3, 30.0), "beta": (0.5, 8.0), "gamma": (-1.0, 1.7)},
    "coresersic": {"re": (1.0, 10.0), "n": (0.5, 8.0), "alpha": (0.5, 30.0), "gamma": (0.0, 1.7)},
    "brokenexponential": {"h2": (0.2, 3.0), "rb": (0.5, 5.0), "alpha": (0.3, 30.0)},
    "gaussianring": {"sigma": (0.1, 1.0)},
    "gaussianring2side": {"sigma_in": (0.1, 1.0), "sigma_out": (0.1, 1.0)},
    "flatbar": {"h2": (0.2, 0.95), "rb": (0.5, 3.0), "alpha": (0.5, 20.0), "opening": (0.1, 1.5)},
    "edgeondisc": {"hs": (0.05, 1.0)},
    "edgeondiscn": {"z0": (0.05, 1.0), "n": (0.2, 20.0)},
    "mge": {"sigma_max": (2.0, 8.0), "flux1": (5.0, 50.0), "flux2": (5.0, 50.0), "flux3": (5.0, 50.0)},
    "spline": {"r_max": (5.0, 30.0), "i1": (2.0, 4.0), "i2": (1.5, 3.0), "i3": (0.0, 2.0), "i4": (-2.0, 0.0),
               "i5": (-8.0, -4.0)},
}  # fmt: skip


def size_of(cls):
    """Name of a kind's size: its first length that is no coordinate."""
    return next(key for key, spec in cls._specs.items() if spec.unit == "pixel" and key not in ("x", "y"))


def draw(cls, seed, **fixed):
    """A random component of this class, a few pixels in size, in an image of 26 x 30 pixels."""
    random = np.random.default_rng([seed, *cls.__name__.encode()])
    size = float(np.exp(random.uniform(np.log(0.5), np.log(5.0))))
    values = {
        "x": random.uniform(10.0, 18.0),
        "y": random.uniform(9.0, 15.0),
        size_of(cls): size,
        "q": random.uniform(0.1, 1.0),
        "theta": random.uniform(-3.0, 3.0),
        **{key: 100.0 if key == "flux" else 3.0 for key in ("flux", "ib", "i0")},
    }
    specs = dict(cls._specs)
    for key, (least, largest) in SHAPES.get(cls._kind.base_name, {}).items():
        of_log = least > 0.0 and not key.startswith(("i", "flux"))
        at = random.uniform(np.log(least), np.log(largest)) if of_log else random.uniform(least, largest)
        unit = specs[key].unit if key in specs else ""
        values[key] = (np.exp(at) if of_log else at) * {"pixel": size, "1/pixel": 1.0 / size}.get(unit, 1.0)
    known = set(specs) | set(SHAPES.get(cls._kind.base_name, {}))
    return cls(**{**{k: float(v) for k, v in values.items() if k in known}, **fixed})


def place_of(component):
    return {key: getattr(component, key) for key in PLACE}


def elliptical_radius(component, shape=SHAPE):
    row, col = np.mgrid[: shape[0], : shape[1]]
    dx, dy = col - component.x, row - component.y
    u = dx * np.cos(component.theta) + dy * np.sin(component.theta)
    v = dy * np.cos(component.theta) - dx * np.sin(component.theta)
    return np.hypot(u, v / law_of(component).q)


def telling_pixels(component, law):
    """The centre and its neighbours, pixels across the edge, and some anywhere."""
    row, col = round(component.y), round(component.x)
    chosen = {(row, col), (row + 1, col), (row, col - 1), (0, 0), (20, 25), (5, 22)}
    edge = getattr(law, "edge", np.inf)
    if np.isfinite(edge):
        near = np.argsort(np.abs(elliptical_radius(component) - edge), axis=None)[:4]
        chosen |= {tuple(int(i) for i in np.unravel_index(k, SHAPE)) for k in near}
    return sorted(chosen)


def light_of(component, image):
    """What the absolute tolerance is relative to, or less: that of light given by a brightness may be all of it."""
    return component.flux if "flux" in component._specs else np.abs(image).sum()
