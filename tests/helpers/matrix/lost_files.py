"""F3: the model's file changes or goes while the model is in use."""

import contextlib
import os
import pathlib
import random
import subprocess
import sys
from collections.abc import Callable

from app.domain.model_file import ModelFile
from app.domain.placement.values import Placement
from app.engine.protocol import Loaded
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.led_window import LedWindow, Said
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.windows import (
    ANSWER_S,
    WrongError,
    is_end,
    settle,
    try_in_windows,
)
from tests.helpers.tiny_model import write_tiny_llama

_NAME = "tiny.gguf"
_COPIED = Placement(context_tokens=1024, is_mapped=False)


class Drive:
    """A folder with a model in it, a file system of its own where that can be mounted."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.model = folder / _NAME
        folder.mkdir()
        self._mount()

    def _mount(self) -> None:
        words = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", self.folder]
        self._is_mounted = sys.platform == "linux" and not _fails(words)
        write_tiny_llama(self.model)

    def _put(self, layers: int = 2) -> None:
        """Beside it, then in its place: what is mapped stays whole."""
        write_tiny_llama(self.folder / "other", layers=layers).replace(self.model)

    def delete(self, _draw: random.Random) -> None:
        self.model.unlink()

    def replace(self, draw: random.Random) -> None:
        """By another model, as a download does it."""
        self._put(layers=draw.randint(1, 3))

    def truncate(self, draw: random.Random) -> None:
        os.truncate(self.model, int(self.model.stat().st_size * draw.random()))

    def unplug(self, _draw: random.Random) -> None:
        if self._is_mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)
            self._is_mounted = False
        else:
            self.folder.rename(self.folder.with_suffix(".gone"))
            self.folder.mkdir()

    def repair(self) -> None:
        """The drive with the model is there again."""
        if self._is_mounted:
            self._put()
        else:
            self._mount()

    def close(self) -> None:
        if self._is_mounted:
            subprocess.run(["umount", "-l", self.folder], check=True)


_Damage = Callable[[Drive, random.Random], None]
_DAMAGES: tuple[_Damage, ...] = (Drive.delete, Drive.replace, Drive.truncate, Drive.unplug)


def _fails(words: list[object]) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode != 0
    except OSError:
        return True


def _attempt(window: LedWindow, seed: int, folder: pathlib.Path) -> None:
    draw, damage = random.Random(seed), _DAMAGES[seed % len(_DAMAGES)]
    with contextlib.closing(Drive(folder / f"drive-{seed}")) as drive:
        window.do("use", path=str(drive.model))
        _ask(window, must_answer=True)
        damage(drive, draw)
        _ask(window, must_answer=False)
        window.do("unload")
        answered = _ask(window, must_answer=False)["word"] == "text"
        if answered and damage is not Drive.replace:
            raise WrongError("a file that is not there, or not whole, was loaded")
        if not answered and not window.do("look")["banner"]:
            raise WrongError("nothing was said")
        drive.repair()
        _ask(window, must_answer=True)


def _ask(window: LedWindow, *, must_answer: bool) -> Said:
    """Ask in a chat of its own, for words may fill the context; words or an end come."""
    window.do("press", name="newChatButton")
    begin = window.order("ask", text="Hi")
    said = window.wait(begin, lambda one: one["word"] == "text" or is_end(one), ANSWER_S)
    if must_answer and said["word"] != "text":
        raise WrongError(f"no answer, but: {window.do('look')['banner']}")
    settle(window, begin)
    return said


def _try_mapped(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    return try_in_windows(
        lambda window, seed: _attempt(window, seed, folder), count, first_seed, folder
    )


def _try_copied(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally = Tally()
    for seed in range(first_seed, first_seed + count):
        tally.tried += 1
        draw, damage = random.Random(seed), _DAMAGES[seed % len(_DAMAGES)]
        drive = Drive(folder / f"copied-{seed}")
        runner = EngineRunner(ModelFile(name="tiny", path=drive.model))
        with contextlib.closing(drive), contextlib.closing(runner):
            texts = [_loaded_text(runner)]
            damage(drive, draw)
            if runner.generate("Hi").text != texts[0]:
                tally.wrong.append(f"seed {seed}: what is in memory no longer answers alike")
            again = runner.load(_COPIED).end
            if isinstance(again, Loaded) != (damage is Drive.replace):
                tally.wrong.append(f"seed {seed}: loading again ended in {type(again).__name__}")
            drive.repair()
            if _loaded_text(runner) != texts[0]:
                tally.wrong.append(f"seed {seed}: repaired, it does not answer as before")
    return tally


def _loaded_text(runner: EngineRunner) -> str:
    runner.load(_COPIED)
    return runner.generate("Hi").text


_EXPECTED = "a sentence or the answer; with the file back it works again; the chat is kept"
ROWS = (
    Row(
        number="F3",
        fault="the mapped file of a loaded model is deleted, replaced, cut off, or its drive goes",
        expected=_EXPECTED,
        tries=40,
        tries_in_tests=2,
        run=_try_mapped,
    ),
    Row(
        number="F3",
        fault="the same with a model that was copied into memory",
        expected="it goes on answering alike; until the file is back, loading it is a sentence",
        tries=40,
        tries_in_tests=2,
        run=_try_copied,
    ),
)
