"""AstroPhot's Sersic galaxy, by PyTorch on the CPU in double precision."""

import logging
from functools import partial

# Without a handler there, AstroPhot writes a log into the current folder.
logging.getLogger().addHandler(logging.NullHandler())

import astrophot  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from cases import Case  # noqa: E402
from peer import Renderer  # noqa: E402
from seed_jax import series_bn  # noqa: E402

NAME = "AstroPhot"
VERSION = f"{astrophot.__version__} (PyTorch {torch.__version__.partition('+')[0]})"
REUSED = "the model object and the image that it is for"

SETTINGS: dict[tuple[str, str], dict] = {
    ("as it comes", "default"): {},
    ("5 x 5 Gauss-Legendre, brightest pixels to depth 4", "5x5, depth 4"): {
        "sampling_mode": "quad:5",
        "integrate_max_depth": 4,
    },
}

torch.set_num_threads(1)


def _parameters(case: Case) -> dict[str, tuple[float, ...]]:
    """In the order of the model's own parameters. Its pixels are 1 arcsec, the first one's centre at (0, 0)."""
    return {
        "center": (case.x, case.y),
        "q": (case.q,),
        "PA": (case.theta + 0.5 * np.pi,),  # from +y towards -x
        "n": (case.n,),
        "Re": (case.re,),
        "Ie": (case.intensity_at_re(series_bn(case.n)),),
    }


def _model(case: Case, options: dict) -> astrophot.Model:
    target = astrophot.TargetImage(data=np.zeros(case.shape), pixelscale=1.0)
    values = {name: value if len(value) > 1 else value[0] for name, value in _parameters(case).items()}
    return astrophot.Model(
        name="galaxy", model_type="sersic galaxy model", target=target, **values, **options
    )


def _render(case: Case, model: astrophot.Model) -> np.ndarray:
    values = torch.tensor(sum(_parameters(case).values(), ()), dtype=torch.float64)
    return model(values).data.numpy()


def renderers(case: Case) -> list[Renderer]:
    return [
        Renderer(
            *names,
            partial(_render, case, _model(case, options)),
            lambda options=options: _render(case, _model(case, options)),
        )
        for names, options in SETTINGS.items()
    ]
