"""What every step has to know: where things lie, what they are called, which time counts as now."""

import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
# Everything that is built goes below it; git ignores it.
DIST = ROOT / "dist"
NAME = "Cierzo"
COMMAND = "cierzo"
# Of the desktop entry, the metainfo and the bundle; as app/ui/application.py tells the desktop.
DESKTOP_ID = "cierzo"
COMPONENT_ID = "io.github.cierzo.Cierzo"


def version() -> str:
    """Of the program, from the one place that holds it."""
    path = ROOT / "app" / "domain" / "version.py"
    names: dict[str, str] = {}
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), names)
    return names["VERSION"]


def source_date_epoch() -> int:
    """Seconds since 1970 of the commit that is built: the only time that gets into a build."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def commit() -> str:
    """The commit that is built."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def target() -> str:
    """What it is built for, e.g. ``linux-x86_64``, ``windows-x86_64``, ``macos-arm64``."""
    system = {"linux": "linux", "win32": "windows", "darwin": "macos"}[sys.platform]
    machine = platform.machine().lower().replace("amd64", "x86_64")
    return f"{system}-{machine}"
