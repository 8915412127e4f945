"""Real processes on one data folder: one of them is the window."""

import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PATIENCE_S = 30

# The real program, which says what it does.
_TELLING = (
    "import sys, app.main, app.ui.main_window as m, app.ui.desktop.presence as p\n"
    "open_model, door = m.MainWindow.open_model, p.Door\n"
    "def opened(self, path):\n"
    "    print(path, flush=True)\n"
    "    open_model(self, path)\n"
    "def listening(*parts):\n"
    "    made = door(*parts)\n"
    "    print('here', flush=True)\n"
    "    return made\n"
    "m.MainWindow.open_model, p.Door = opened, listening\n"
    "sys.exit(app.main.run(sys.argv[1:]))\n"
)


@pytest.fixture
def start(tmp_path) -> Iterator:
    started: list[subprocess.Popen] = []

    def run(*arguments: object, folder: pathlib.Path = tmp_path) -> subprocess.Popen:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        environment["PYTHONPATH"] = str(pathlib.Path(__file__).parents[2])
        window = subprocess.Popen(
            [sys.executable, "-c", _TELLING, "--home", str(tmp_path / "h"), *map(str, arguments)],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(window)
        return window

    yield run
    for window in started:
        window.kill()
        window.communicate()


def test_a_second_start_raises_the_first_and_hands_its_file_over(start, tmp_path, starter):
    """A start for a quick question is heard, too; how it looks is tested in tests/gui."""
    model = tmp_path / "mine.gguf"
    model.symlink_to(starter.path)
    first = start()
    assert first.stdout.readline() == "here\n"
    assert start().wait(PATIENCE_S) == 0
    assert start("--quick").wait(PATIENCE_S) == 0
    assert start("mine.gguf", folder=tmp_path).wait(PATIENCE_S) == 0
    assert first.stdout.readline() == f"{model}\n"
    assert first.poll() is None


def test_of_two_starts_at_the_same_moment_one_becomes_the_window(start):
    said = {window: window.stdout.readline() for window in (start(), start())}
    assert sorted(said.values()) == ["", "here\n"]
    (other,) = (window for window, line in said.items() if not line)
    assert other.wait(PATIENCE_S) == 0


@pytest.mark.skipif(os.name == "nt", reason="processes cannot be held there")
def test_a_window_that_hangs_is_a_sentence_and_a_killed_one_leaves_nothing_in_the_way(start):
    first = start()
    assert first.stdout.readline() == "here\n"
    first.send_signal(signal.SIGSTOP)
    second = start()
    assert "open already, but its window does not answer" in second.stderr.readline()
    second.kill()
    first.kill()
    first.wait(PATIENCE_S)
    third = start()
    assert third.stdout.readline() == "here\n"
    assert start().wait(PATIENCE_S) == 0
