"""Surveys: a catalogue, or detection, and images to a table of fits, on Dask.

>>> from gaxel import survey
>>> if __name__ == "__main__":
...     table = survey.run(survey.read("survey.toml"))

`python -m gaxel.survey` does the same from a shell. Needs the packages of the extra `survey`: pip install gaxel[survey].
docs/survey.md explains the configuration, its rules and the columns of the table.
"""

from typing import Any

from gaxel.survey._flags import Flag, flag_names
from gaxel.survey.settings import Survey, from_dict, read

try:
    from gaxel.survey._run import run
    from gaxel.survey.simulate import simulate
except ImportError as error:  # pragma: no cover
    raise ImportError("gaxel.survey needs packages: pip install 'gaxel[survey]'") from error

__all__ = ["Flag", "Survey", "flag_names", "from_dict", "read", "run", "simulate", "write_report"]


def __getattr__(name: str) -> Any:
    """Imports what makes pictures when it is asked for: workers, which import this package, need none of it."""
    if name == "write_report":
        from gaxel.survey._report import write_report

        return write_report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
