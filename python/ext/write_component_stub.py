"""Writes components.pyi: the classes that gaxel.components makes of the registry, for type checkers and editors."""

import inspect
import sys
import textwrap
from pathlib import Path

from gaxel._component import Component
from gaxel.components import CLASSES

HEADER = '''"""One class for each kind of component that the core's registry knows."""

from collections.abc import Sequence

from astropy.units import Quantity
from numpy.typing import ArrayLike

from gaxel._arrays import Image
from gaxel._component import Component
from gaxel._psf import AnyPsf

CLASSES: dict[str, type[Component]]
'''


def argument(parameter: inspect.Parameter) -> str:
    if parameter.default is not None:
        return f"{parameter.name}: float | Quantity = ..."
    cuts = "Sequence[Component]"
    types = {"name": "str", "image": "ArrayLike", "psf": "AnyPsf | bool", "inner": cuts, "outer": cuts}
    return f"{parameter.name}: {types.get(parameter.name, 'float | Quantity')} | None = ..."


def class_stub(cls: type[Component]) -> str:
    arguments = ", ".join(argument(parameter) for parameter in inspect.signature(cls).parameters.values())
    doc = inspect.cleandoc(cls.__doc__ or "")
    lines = ['"""' + doc, '"""', f"def __init__(self, *, {arguments}) -> None: ..."]
    for name, member in vars(cls).items():
        if isinstance(member, property):
            result = {"zeropoint": "float", "image": "Image | None"}.get(name, "float | None")
            lines += ["@property", f"def {name}(self) -> {result}: ..."]
    return f"class {cls.__name__}(Component):\n" + textwrap.indent("\n".join(lines), "    ") + "\n"


def main() -> None:
    names = ", ".join(f'"{cls.__name__}"' for cls in CLASSES.values())
    stubs = [class_stub(cls) for cls in CLASSES.values()]
    Path(sys.argv[1]).write_text("\n".join([HEADER, *stubs, f"__all__ = [{names}]\n"]), encoding="utf-8")


if __name__ == "__main__":
    main()
