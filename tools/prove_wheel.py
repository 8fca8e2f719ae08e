"""Uses the wheel of gaxel that is installed where this runs, and looks at what it brings. numpy is there, nothing else is."""

import importlib.metadata
import importlib.util
import math
import re
import subprocess
import sys
from pathlib import Path

import gaxel
import numpy as np

SYSTEM = re.compile(
    r"/(ld-linux[\w-]*|libc|libm|libdl|librt|libpthread|libutil|libresolv|libgcc_s|libstdc\+\+|libz)\.so[^/]*$"
)
"""Libraries that every Linux has (manylinux, PEP 600)."""
SCENE = """
[image]
shape = [50, 40]

[psf]
type = "gaussian"
fwhm = 3.0

[[component]]
type = "sersic"
name = "galaxy"
x = 25.0
y = 20.0
flux = 1000.0
re = 3.0
n = 1.0
q = 0.7
pa = 30.0
"""


def check_libraries(binary: Path, prefix: Path) -> None:
    """All that a binary needs lies in the wheel, or is on every Linux."""
    listed = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=True).stdout
    assert "not found" not in listed, listed
    needed = re.findall(r"(/\S+) \(0x", listed)
    strange = [
        one for one in needed if not SYSTEM.search(one) and not Path(one).resolve().is_relative_to(prefix)
    ]
    assert needed and not strange, f"{binary} takes libraries of the system: {strange}"


def check_render() -> None:
    """A round Gaussian against the error function."""
    half, sigma = 4.0, 4.0 / math.sqrt(2.0 * math.log(2.0))
    image = gaxel.render(gaxel.Gaussian(x=12.3, y=9.8, flux=7.0, re=half, q=1.0, theta=0.0), (20, 25))

    def along(centre: float, n: int) -> np.ndarray:
        edge = [math.erf((i - 0.5 - centre) / (sigma * math.sqrt(2.0))) for i in range(n + 1)]
        return 0.5 * np.diff(edge)

    np.testing.assert_allclose(image, 7.0 * np.outer(along(9.8, 20), along(12.3, 25)), rtol=1e-5, atol=1e-8)


def check_fit() -> None:
    """A galaxy through a PSF in noise against what it was made of."""
    truth = gaxel.Sersic(name="galaxy", x=24.6, y=25.3, flux=2e4, re=5.0, n=2.0, q=0.6, theta=0.5)
    psf = gaxel.GaussianPsf(2.5)
    noise = np.random.default_rng(1).standard_normal((50, 50))
    result = gaxel.fit(
        gaxel.render(truth, (50, 50), psf=psf) + noise, gaxel.Sersic(name="galaxy"), sigma=1.0, psf=psf
    )
    assert result.success, result
    for name, value, error in zip(result.parameter_names, result.values, result.errors, strict=True):
        assert abs(value - truth.parameters[name.partition(".")[2]]) < 5.0 * error, (name, value, error)


def check_command(version: str, prefix: Path) -> None:
    command = prefix / "bin" / "gaxel"
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True).stdout
    assert version in said.split(), said
    Path("scene.toml").write_text(SCENE)
    subprocess.run([command, "render", "scene.toml", "-o", "model.fits", "-q"], check=True)
    content = Path("model.fits").read_bytes()
    header = {
        content[i : i + 8].decode().strip(): content[i + 10 : i + 30].decode().strip()
        for i in range(0, 2880, 80)
    }
    assert (header["NAXIS1"], header["NAXIS2"]) == ("50", "40"), header
    start = 2880 * (content.index(b"END" + b" " * 77) // 2880 + 1)
    kind = {"-64": ">f8", "-32": ">f4"}[header["BITPIX"]]
    image = np.frombuffer(content, kind, 50 * 40, start).reshape(40, 50)
    component = gaxel.Sersic(x=24.0, y=19.0, flux=1000.0, re=3.0, n=1.0, q=0.7, theta=math.radians(120.0))
    expected = gaxel.render(component, (40, 50), psf=gaxel.GaussianPsf(3.0))
    np.testing.assert_allclose(image, expected, rtol=1e-4, atol=1e-5)


def check_licences(package: Path) -> int:
    """Every library inside is named in the notice, with a text that is there. Returns how many there are."""
    dist = importlib.metadata.distribution("gaxel")
    inside = {Path(str(one.locate())): one for one in dist.files or []}
    (notice,) = (path for path in inside if path.name == "NOTICE.md")
    rows = [line for line in notice.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][1:]
    bundled = sorted(path.name for path in (package.parent / "gaxel.libs").iterdir())
    assert bundled and all(sum(f" {name} " in row for row in rows) == 1 for name in bundled), bundled
    for row in rows:
        text = notice.parent / row.rstrip(" |").rpartition("| ")[2]
        assert text in inside and text.stat().st_size > 100, row
    assert (notice.parent / "LICENSE").is_file()
    assert "GPL-2.0-or-later" in dist.metadata["License-Expression"]
    return len(bundled)


def main() -> int:
    version, prefix, package = sys.argv[1], Path(sys.prefix).resolve(), Path(gaxel.__file__).resolve().parent
    assert package.is_relative_to(prefix), package
    assert gaxel.__version__ == importlib.metadata.version("gaxel") == version
    assert importlib.util.find_spec("scipy") is None, "the environment is not empty"
    check_render()
    check_fit()
    for binary in (*package.glob("_core*.so"), package / "bin" / "gaxel"):
        check_libraries(binary, prefix)
    check_command(version, prefix)
    n = check_licences(package)
    print(
        f"gaxel {version} works in an empty environment: import, render, fit, command; licences of {n} libraries"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
