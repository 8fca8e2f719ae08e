"""Which files belong to the project: those that git tracks, and new ones that it does not ignore."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def project_files(*patterns: str) -> list[Path]:
    """Paths relative to ROOT of the files that match git's `patterns` (all without one) and exist."""
    # A clone that another user made is as good as one's own.
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z"]
    command += ["--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file()]
