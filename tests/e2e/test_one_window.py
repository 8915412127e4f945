"""Real processes on one data folder: one of them is the window."""

import os
import pathlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PATIENCE_S = 30
_COMMAND = (sys.executable, "-m", "tests.helpers.telling_window")


@pytest.fixture
def start(tmp_path) -> Iterator:
    started: list[subprocess.Popen] = []

    def run(*arguments: object, folder: pathlib.Path = tmp_path) -> subprocess.Popen:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        environment["PYTHONPATH"] = str(pathlib.Path(__file__).parents[2])
        window = subprocess.Popen(
            [*_COMMAND, "--home", str(tmp_path / "h"), *map(str, arguments)],
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
