"""What pyproject.toml says of the wheel, against what the build puts there, and the licences of what is in it.

The wheel itself is not built here: ./dev wheel does that, and uses it.
"""

import email
import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import cli_support
import make_wheel
import pytest
import wheel_licences as licences
from cli_support import ROOT
from packaging.licenses import canonicalize_license_expression

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
BUILD = PROJECT["tool"]["scikit-build"]


def installs(path):
    """(component, destination) of each install() of a CMake file."""
    for arguments in re.findall(r"install\(((?:TARGETS|FILES)[^)]*)\)", (ROOT / path).read_text()):
        component = re.search(r"COMPONENT (\w+)", arguments)
        destination = re.search(r"DESTINATION ([\w/]+)", arguments)
        if component and destination:
            yield component[1], destination[1]


def test_the_wheel_holds_the_extension_the_stubs_and_the_program():
    (component,) = BUILD["install"]["components"]
    assert BUILD["cmake"]["define"]["GAXEL_BUILD_CLI"] and BUILD["cmake"]["define"]["GAXEL_BUILD_PYTHON"]
    assert (component, "gaxel") in installs("cmake/GaxelPython.cmake")
    assert (component, "gaxel") in installs("python/ext/CMakeLists.txt")
    assert (component, "gaxel/bin") in installs("src/cli/CMakeLists.txt")


def test_the_script_runs_the_program_of_the_package(tmp_path):
    module, function = PROJECT["project"]["scripts"]["gaxel"].split(":")
    command = importlib.import_module(module)
    assert callable(getattr(command, function))
    package = tmp_path / "gaxel"
    (package / "bin").mkdir(parents=True)
    (package / "bin/gaxel").symlink_to(cli_support.COMMAND)
    (package / "__init__.py").touch()
    name = module.rpartition(".")[2] + ".py"
    (package / name).write_text((ROOT / "python/gaxel" / name).read_text())
    # As the script of a wheel does.
    script = f"import sys; from {module} import {function}; sys.exit({function}())"
    for arguments in (["--version"], ["list", "sersic"], ["list", "no such kind"]):
        through = subprocess.run(
            [sys.executable, "-c", script, *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        direct = cli_support.run(*arguments)
        assert (through.returncode, through.stdout, through.stderr) == (
            direct.returncode,
            direct.stdout,
            direct.stderr,
        )


def shared_libraries():
    """File names of all that the command is linked with."""
    listed = subprocess.run(["ldd", cli_support.COMMAND], capture_output=True, text=True, check=True).stdout
    return re.findall(r"(\S+) => (/\S+)", listed)


def test_the_licence_of_every_library_is_known():
    listed = shared_libraries()
    assert len(listed) > 20
    unknown = {name for name, _ in listed if licences.known_name(name) is None}
    # On every Linux; and those of sanitizers, which no wheel has.
    others = r"lib(c|m|pthread|resolv|dl|rt|asan|ubsan|tsan)\.so\.\d+"
    strange = {name for name in unknown if not re.fullmatch(others, name)}
    assert not strange, "tools/wheel_licences.toml and docs/design/dependencies.md name them"


def test_licences_are_spdx_expressions():
    for table in licences.TABLE.values():
        for name, (_, licence) in table.items():
            assert canonicalize_license_expression(licence) == licence, name


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("libfftw3-1a2b3c4d.so.3.6.10", "libfftw3"),
        ("libldap-2-1a2b3c4d.5.so.0.1.11", "libldap"),
        ("libz.so.1", "libz"),
        ("libzstd-00000000.so.1.5.4", "libzstd"),
        ("libcurl-gnutls-1a2b3c4d.so.4.8.0", "libcurl-gnutls"),
        ("libstdc++.so.6", "libstdc"),
        ("libkrb5other.so.3", None),
    ],
)
def test_libraries_are_known_by_their_names(file, key):
    assert licences.known_name(file) == key


def test_a_library_of_no_known_licence_stops_the_wheel(tmp_path):
    with pytest.raises(licences.NoLicence, match=r"libunheard\.so\.1.*licences\.toml"):
        licences.bundled_part("libunheard.so.1", tmp_path / "libunheard.so.1")


def test_a_library_of_unknown_origin_stops_the_wheel(tmp_path):
    (tmp_path / "libz-1a2b3c4d.so.1").touch()
    with pytest.raises(licences.NoLicence, match=r"libz-1a2b3c4d\.so\.1.*not known where"):
        make_wheel.bundled_parts(tmp_path, {"libfftw3": Path("libfftw3.so.3")})


def wheel_of(folder, monkeypatch, *options):
    """The end of ./dev wheel in a folder of its own, before it builds or repairs anything."""
    monkeypatch.setattr(make_wheel, "OUTPUT", folder)
    monkeypatch.setattr(make_wheel, "run", lambda *command, **_: pytest.fail(f"runs {command}"))
    monkeypatch.setattr(sys, "argv", ["make_wheel.py", *options])
    return make_wheel.main()


@pytest.mark.parametrize("names", [[], ["a-1-py3.whl", "b-1-py3.whl"]])
def test_no_wheel_to_repair_is_named(tmp_path, monkeypatch, capsys, names):
    (tmp_path / "raw").mkdir()
    for name in names:
        (tmp_path / "raw" / name).touch()
    assert wheel_of(tmp_path, monkeypatch, "--no-build") == 1
    told = capsys.readouterr().err
    assert f"wheel: {tmp_path / 'raw'}: holds {', '.join(names) or 'no wheel'}" in told


def test_what_keeps_a_folder_from_being_emptied_is_named(tmp_path, monkeypatch, capsys):
    (tmp_path / "repaired").touch()
    assert wheel_of(tmp_path, monkeypatch, "--no-build") == 1
    told = capsys.readouterr().err
    assert "Not a directory" in told and str(tmp_path / "repaired") in told


@pytest.mark.skipif(
    shutil.which("dpkg-query") is None, reason="texts of licences are those of Debian's packages"
)
def test_notice_and_metadata_name_all_that_is_in_the_wheel(tmp_path):
    dist_info = tmp_path / "gaxel-9.8.dist-info"
    (dist_info / "licenses").mkdir(parents=True)
    (dist_info / "licenses" / "LICENSE").write_text("BSD")
    head = "Metadata-Version: 2.4\nName: gaxel\nVersion: 9.8\nLicense-Expression: BSD-3-Clause\nLicense-File: LICENSE\n"
    (dist_info / "METADATA").write_text(f"{head}\nWhat it is.\n")
    bundled = {name: path for name, path in shared_libraries() if re.match("lib(fftw3|wcs|cfitsio)", name)}
    assert len(bundled) == 3
    parts = [licences.bundled_part(name, Path(path)) for name, path in bundled.items()]
    parts += licences.compiled_in_parts()
    licences.write(dist_info, parts)
    metadata = email.message_from_string((dist_info / "METADATA").read_text())
    assert metadata["Version"] == "9.8" and metadata.get_payload() == "What it is.\n"
    stated = metadata.get_all("License-Expression")
    assert len(stated) == 1 and canonicalize_license_expression(stated[0])
    for licence in ("BSD-3-Clause", "GPL-2.0-or-later", "LGPL-3.0-or-later", "CFITSIO", "MPL-2.0"):
        assert licence in stated[0].split(" AND "), licence
    named = {dist_info / "licenses" / name for name in metadata.get_all("License-File")}
    assert named == {path for path in (dist_info / "licenses").rglob("*") if path.is_file()}
    notice = (dist_info / "licenses" / "NOTICE.md").read_text()
    for part in parts:
        (row,) = (
            line for line in notice.splitlines() if f"| {part.name} | {part.licence} | {part.file}" in line
        )
        text = dist_info / "licenses" / row.rstrip(" |").rpartition("| ")[2]
        assert text.read_bytes() == part.text.read_bytes()
        assert part.version in row and part.source in row
    fftw = next(part for part in parts if part.name == "FFTW")
    assert "GNU General Public License" in fftw.text.read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in (dist_info / "licenses" / "texts" / "GPL-2.txt").read_text()
