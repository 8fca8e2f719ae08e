"""The licences of everything that a wheel contains: a notice, the texts, and one expression for the wheel's metadata."""

import importlib.metadata
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

TABLE = tomllib.loads((Path(__file__).parent / "wheel_licences.toml").read_text(encoding="utf-8"))
OWN = "BSD-3-Clause"
WHOLE = "GPL-3.0-or-later"
"""What a whole that holds FFTW, SuiteSparse, Highway and WCSLIB may be passed on under; docs/design/dependencies.md says why."""
SNAPSHOT = "https://snapshot.debian.org/package"


class NoLicence(Exception):
    """Something in the wheel whose licence is not known."""


@dataclass(frozen=True)
class Part:
    """Something of other people in the wheel."""

    name: str
    licence: str
    """SPDX expression."""
    file: str
    """In the wheel; "" where it is compiled into gaxel's own binaries."""
    package: str
    version: str
    source: str
    """Where the source code is."""
    text: Path
    """The licence's text on this machine."""


def without_mark(file: str) -> str:
    """The name of a library without version and without what auditwheel adds to it."""
    return re.sub(r"-[0-9a-f]{8}(?=\.)", "", file).partition(".so")[0]


def known_name(file: str) -> str | None:
    """The table's key of a library's file: "libfftw3" of libfftw3-1a2b3c4d.so.3.6.10, as auditwheel calls it."""
    name = without_mark(file)
    return next((key for key in TABLE["bundled"] if re.fullmatch(re.escape(key) + r"[-.+\d]*", name)), None)


def bundled_part(file: str, origin: Path) -> Part:
    """A shared library that auditwheel copied, from where it lay on this machine."""
    key = known_name(file)
    if key is None:
        raise NoLicence(
            f"{file}: no licence is known of it: tools/wheel_licences.toml and docs/design/dependencies.md"
        )
    name, licence = TABLE["bundled"][key]
    return Part(name, licence, file, *_debian(_package_of(origin)))


def compiled_in_parts() -> list[Part]:
    parts = []
    for name, (place, licence) in TABLE["compiled_in"].items():
        kind, _, package = place.partition(":")
        parts.append(Part(name, licence, "", *(_debian(package) if kind == "debian" else _python(package))))
    return parts


def _package_of(library: Path) -> str:
    """The Debian package that a file belongs to."""
    path = str(library.resolve())
    for known in (path, path.removeprefix("/usr")):  # /lib is a link to /usr/lib, of which packages know one
        found = subprocess.run(["dpkg-query", "-S", known], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.partition(":")[0]
    raise NoLicence(f"{library}: it belongs to no Debian package, whose licence could be taken")


def _debian(package: str) -> tuple[str, str, str, Path]:
    form = "${Version} ${source:Package} ${source:Version}"
    found = subprocess.run(["dpkg-query", "-W", f"-f={form}\n", package], capture_output=True, text=True)
    text = Path("/usr/share/doc") / package / "copyright"
    if found.returncode != 0 or not text.is_file():
        raise NoLicence(f"{package}: the Debian package or its file copyright is not there")
    version, source, source_version = found.stdout.splitlines()[0].split()
    return package, version, f"{SNAPSHOT}/{source}/{source_version}/", text


def _python(place: str) -> tuple[str, str, str, Path]:
    """Of "package", whose licence is beside its metadata, or "package/file", of a file that states its own."""
    package, _, file = place.partition("/")
    texts = [
        one
        for one in importlib.metadata.files(package) or []
        if (one.name == file if file else "licenses" in one.parts and one.name.startswith("LICENSE"))
    ]
    if not texts:
        raise NoLicence(f"{place}: the Python package brings no licence")
    version = importlib.metadata.version(package)
    return package, version, f"https://pypi.org/project/{package}/{version}/", Path(str(texts[0].locate()))


def expression(parts: list[Part]) -> str:
    """Of all that the wheel contains, gaxel's own code included."""
    every = {OWN} | {one for part in parts for one in part.licence.split(" AND ")}
    return " AND ".join(f"({one})" if " OR " in one else one for one in sorted(every))


def notice(version: str, parts: list[Part], texts: dict[Path, str]) -> str:
    """The notice; texts: where in the wheel each text is, beside the notice."""
    rows = sorted(parts, key=lambda part: (part.file == "", part.name.lower(), part.file))
    lines = [
        f"# Licences of the wheel of gaxel {version}",
        "",
        "gaxel's own code is under the BSD 3-clause licence (LICENSE). This wheel contains libraries of others, too. FFTW and",
        f"parts of SuiteSparse are under the GNU GPL: the wheel as a whole may be passed on only under {WHOLE}. The",
        "source code of each library, as it was built, is at the address given.",
        "",
        "| library | licence | file in the wheel | package and version | source code | text |",
        "|---|---|---|---|---|---|",
    ]
    for part in rows:
        file = part.file or "in gaxel's own binaries"
        lines.append(
            f"| {part.name} | {part.licence} | {file} | {part.package} {part.version} | {part.source} | {texts[part.text]} |"
        )
    return "\n".join(lines) + "\n"


def write(dist_info: Path, parts: list[Part]) -> list[str]:
    """Writes notice and texts into a wheel's dist-info and names them in its metadata.

    Returns the names of the files of licences, relative to dist-info/licenses.
    """
    folder = dist_info / "licenses"
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    texts: dict[Path, str] = {}
    for part in parts:
        own = "" if part.text.name.startswith(("copyright", "LICENSE")) else f"-{part.text.stem}"
        texts.setdefault(part.text, f"texts/{part.package}{own}.txt")
    for source, target in texts.items():
        shutil.copy(source, folder / target)
    for name in _common_licences(folder):
        shutil.copy(Path("/usr/share/common-licenses") / name, folder / "texts" / f"{name}.txt")
    metadata = dist_info / "METADATA"
    head, _, body = metadata.read_text(encoding="utf-8").partition("\n\n")
    version = next(line.partition(": ")[2] for line in head.splitlines() if line.startswith("Version: "))
    (folder / "NOTICE.md").write_text(notice(version, parts, texts), encoding="utf-8")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    kept = [
        line for line in head.splitlines() if not line.startswith(("License-Expression:", "License-File:"))
    ]
    kept += [f"License-Expression: {expression(parts)}", *(f"License-File: {name}" for name in names)]
    metadata.write_text("\n".join(kept) + "\n\n" + body, encoding="utf-8")
    return names


def _common_licences(folder: Path) -> list[str]:
    """Texts that the copied ones refer to as Debian's, which a reader of the wheel does not have."""
    named = {
        name.rstrip(".")
        for text in (folder / "texts").iterdir()
        for name in re.findall(r"/usr/share/common-licenses/([\w.-]+)", text.read_text(errors="replace"))
    }
    return sorted(name for name in named if (Path("/usr/share/common-licenses") / name).is_file())
