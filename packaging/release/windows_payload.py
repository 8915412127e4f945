"""What the installer for Windows installs: the bundle, or a stub where there is no Windows."""

import pathlib
import shutil
import sys

from release.distribution import stamp
from release.project import NAME, PACKAGING, ROOT, version
from release.windows_launcher import build_launcher, mingw, run

# setup.nsi moves these four, and nothing else.
_PROGRAMS = ("Cierzo.exe", "cierzo-console.exe", "bin/cierzo.exe")
_CONTENTS = "_internal"


def windows_payload(dist: pathlib.Path, icon: pathlib.Path) -> pathlib.Path:
    """Return the bundle with its launcher: on Windows the real one, else a stub."""
    if sys.platform == "win32":
        bundle = dist / "bundle" / NAME
    else:
        bundle = write_stub(dist / "build" / "windows" / NAME)
    build_launcher(bundle / "bin" / "cierzo.exe", icon)
    return bundle


def write_stub(folder: pathlib.Path) -> pathlib.Path:
    """Write a bundle whose programs only say who they are; see packaging/windows/stub.c."""
    shutil.rmtree(folder, ignore_errors=True)
    contents = folder / _CONTENTS
    contents.mkdir(parents=True)
    stamp(contents, "windows")
    shutil.copyfile(ROOT / "CHANGELOG.md", contents / "CHANGELOG.md")
    licences = contents / "licences"
    licences.mkdir()
    shutil.copyfile(ROOT / "LICENSE", licences / "Apache-2.0.txt")
    flags = ["-Os", "-s", f'-DVERSION="{version()}"', "-Wl,--no-insert-timestamp"]
    for name, kind in (("Cierzo.exe", "-mwindows"), ("cierzo-console.exe", "-mconsole")):
        source = PACKAGING / "windows" / "stub.c"
        run(mingw("gcc"), *flags, kind, "-o", folder / name, source)
    return folder


def payload_files(bundle: pathlib.Path) -> list[pathlib.Path]:
    """List all its files, relative, in an order that no file system decides.

    Raises:
        ValueError: It is not what the installer knows how to install.
    """
    files = sorted(path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file())
    outside = {path.as_posix() for path in files if path.parts[0] != _CONTENTS}
    if outside != set(_PROGRAMS):
        raise ValueError(f"beside {_CONTENTS} there must be {_PROGRAMS}, there are {outside}")
    if pathlib.Path(_CONTENTS, "distribution.json") not in files:
        raise ValueError("the installer recognises its own folders by distribution.json")
    return files


def payload_script(bundle: pathlib.Path) -> str:
    """Write the macro that unpacks them; setup.nsi includes it.

    Makensis has to be started in the bundle: paths are relative, so that they are nowhere in it.
    """
    files = payload_files(bundle)
    lines = ["!macro PAYLOAD FOLDER"]
    for folder in sorted({path.parent for path in files}):
        below = "" if folder == pathlib.Path() else "\\" + "\\".join(folder.parts)
        lines.append(f'  SetOutPath "${{FOLDER}}{_quoted(below)}"')
        lines += [f'  File "{_quoted(str(path))}"' for path in files if path.parent == folder]
    size_bytes = sum((bundle / path).stat().st_size for path in files)
    lines += ["!macroend", f"!define PAYLOAD_BYTES {size_bytes}"]
    lines.append(f"!define PAYLOAD_KB {-(-size_bytes // 1024)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("$", "$$").replace('"', '$\\"')
