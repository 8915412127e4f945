"""A key everywhere: which combinations there are, and under X11 that it works."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from app.ui.desktop.keys import Keys, read_keys
from app.ui.desktop.windows_key import virtual_key

_HOLDS_IT = """
import sys
from PySide6.QtWidgets import QApplication
from app.ui.desktop.hot_key import HotKey
application = QApplication([])
key = HotKey(application)
key.pressed.connect(lambda: print("pressed", flush=True))
for text in sys.argv[1:]:
    problem = key.use(text)
    print(type(problem).__name__, flush=True)
application.exec()
"""


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Ctrl+Alt+Space", Keys("Space", frozenset({"control", "alt"}))),
        ("ctrl+shift+a", Keys("A", frozenset({"control", "shift"}))),
        ("Meta+7", Keys("7", frozenset({"meta"}))),
        ("F9", Keys("F9", frozenset())),
        ("Shift+F12", Keys("F12", frozenset({"shift"}))),
        ("A", None),
        ("Shift+A", None),
        ("Space", None),
        ("Ctrl+K, Ctrl+X", None),
        ("Ctrl+Ñ", None),
        ("Ctrl++", None),
        ("Ctrl", None),
        ("x" * 5000, None),
        ("", None),
    ],
)
def test_what_can_be_had_from_a_system(text, keys):
    assert read_keys(text) == keys


@pytest.mark.parametrize(
    ("key", "number"), [("A", 0x41), ("9", 0x39), ("F1", 0x70), ("F24", 0x87), ("Space", 0x20)]
)
def test_windows_numbers(key, number):
    assert virtual_key(key) == number


@pytest.fixture
def screen(tmp_path) -> Iterator[dict[str, str]]:
    """An X server of our own."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("needs Xvfb and xdotool")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    server.terminate()
    server.wait(10)


@pytest.fixture
def hold(screen) -> Iterator:
    started: list[subprocess.Popen] = []

    def start(*keys: str) -> subprocess.Popen:
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLDS_IT, *keys],
            env=screen,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(holder)
        return holder

    yield start
    for holder in started:
        holder.kill()
        holder.communicate()


def test_under_x11_the_key_is_heard_and_nobody_else_gets_it(screen, hold):
    first = hold("Ctrl+Alt+Q", "Ctrl+Alt+Space")
    assert [first.stdout.readline() for _ in range(2)] == ["NoneType\n", "NoneType\n"]
    subprocess.run(
        ["xdotool", "key", "ctrl+alt+q", "key", "ctrl+alt+space"], env=screen, check=True
    )
    assert first.stdout.readline() == "pressed\n"
    second = hold("Ctrl+Alt+Space", "Ctrl+Alt+Q")
    assert [second.stdout.readline() for _ in range(2)] == ["HotKeyTaken\n", "NoneType\n"]
    subprocess.run(["xdotool", "key", "Num_Lock", "key", "ctrl+alt+q"], env=screen, check=True)
    assert second.stdout.readline() == "pressed\n", "whatever lock is on"
