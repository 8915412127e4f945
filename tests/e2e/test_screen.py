"""A PC on which no window can be opened: the real program, and one sentence of it."""

import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time

import pytest

from tests.helpers.command_line import CIERZO
from tests.helpers.hidden_library import command_without, qt_without

PYSIDE = pathlib.Path(importlib.util.find_spec("PySide6").submodule_search_locations[0])
# Nobody listens there; it is not asked before the libraries are looked at.
SCREEN = ":4711"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere Qt brings all along")


def start(folder: pathlib.Path, *before: str, stderr=subprocess.PIPE, **environment: str):
    """Open a window, on a desktop that has only what `environment` says."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    inherited = {name: value for name, value in os.environ.items() if name not in screens}
    return subprocess.run(
        [*before, *CIERZO, "--home", str(folder / "h")],
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def lacking(tmp_path) -> str:
    """A folder of Python packages whose Qt asks for a library that is not there."""
    package = tmp_path / "lacking" / "PySide6"
    package.mkdir(parents=True)
    for entry in PYSIDE.iterdir():
        if entry.name != "Qt":
            (package / entry.name).symlink_to(entry)
    qt_without("libxcb-cursor.so.0", PYSIDE / "Qt", package / "Qt")
    return str(package.parent)


@pytest.fixture
def desktop(tmp_path):
    """Give a desktop these programs for boxes; they write down what they are to show."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "mv"):  # all else that a PATH has
        (folder / name).symlink_to(shutil.which(name))

    def install(*programs: str) -> tuple[str, pathlib.Path]:
        for program in programs:
            path = folder / program
            path.write_text(
                f'#!/bin/sh\nprintf "%s\\n" {program} "$@" > "{folder}/part"\n'
                f'mv "{folder}/part" "{folder}/said"\n'
            )
            path.chmod(0o755)
        return str(folder), folder / "said"

    return install


@pytest.mark.parametrize(
    ("library", "variable", "debian", "fedora"),
    [
        ("libxcb-cursor.so.0", "DISPLAY", "libxcb-cursor0", "xcb-util-cursor"),
        ("libEGL.so.1", "DISPLAY", "libegl1", "libglvnd-egl"),
        ("libX11.so.6", "DISPLAY", "libx11-6", "libX11"),
        ("libwayland-cursor.so.0", "WAYLAND_DISPLAY", "libwayland-cursor0", "libwayland-cursor"),
    ],
)
def test_what_is_missing_is_named_with_its_packages(tmp_path, library, variable, debian, fedora):
    hiding = tmp_path / "hiding"
    hiding.mkdir()
    before = command_without(library, hiding)
    if before is None:
        pytest.skip("this system lets nobody hide a file")
    result = start(tmp_path, *before, **{variable: SCREEN})
    assert (result.returncode, result.stderr) == (
        3,
        f"error: The window needs the library {library}, which is not installed. "
        f"Install on Debian and Ubuntu: {debian}; on Fedora: {fedora}.\n",
    )
    assert not (tmp_path / "h").exists()
    helped = subprocess.run([*before, *CIERZO, "--help"], capture_output=True, check=False)
    assert helped.returncode == 0, "all that needs no window works"


def test_an_unknown_library_is_named_too(tmp_path, lacking):
    result = start(tmp_path, PYTHONPATH=lacking, DISPLAY=SCREEN)
    assert (result.returncode, result.stderr) == (
        3,
        "error: The window needs the library nilxcb-cursor.so.0, which is not installed. "
        "Install the package of your distribution that has it.\n",
    )


def test_without_a_screen(tmp_path):
    result = start(tmp_path)
    assert result.returncode == 3
    assert result.stderr == (
        "error: There is no screen to open a window on. `cierzo ask` works without one.\n"
    )


def test_with_a_screen_that_is_not_there(tmp_path):
    result = start(tmp_path, DISPLAY=SCREEN)
    assert result.returncode == 3
    assert result.stderr.startswith(f"error: The screen “{SCREEN}” cannot be reached")


@pytest.mark.parametrize("programs", [("zenity", "kdialog"), ("xmessage",), ("notify-send",)])
def test_who_clicked_an_icon_sees_it(tmp_path, lacking, desktop, programs):
    path, said = desktop(*programs)
    result = start(tmp_path, PYTHONPATH=lacking, DISPLAY=SCREEN, PATH=path)
    assert result.returncode == 3
    give_up_s = time.monotonic() + 20
    while not said.exists():  # nobody waits for the box
        assert time.monotonic() < give_up_s
        threading.Event().wait(0.02)
    program, *arguments = said.read_text().splitlines()
    assert program == programs[0]
    assert any("nilxcb-cursor.so.0" in argument for argument in arguments)


def test_a_terminal_is_enough(tmp_path, lacking, desktop):
    path, said = desktop("zenity")
    terminal, other = os.openpty()
    result = start(tmp_path, stderr=other, PYTHONPATH=lacking, DISPLAY=SCREEN, PATH=path)
    os.close(other)
    assert result.returncode == 3
    assert "nilxcb-cursor.so.0" in os.read(terminal, 4096).decode()
    os.close(terminal)
    assert not said.exists()
