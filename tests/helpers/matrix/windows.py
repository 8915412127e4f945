"""Tries that go through real window processes, one after the other in the same window."""

import contextlib
import pathlib
from collections.abc import Callable

from app.store.store import Store
from tests.helpers.led_window import LedWindow, Said, WindowDiedError
from tests.helpers.matrix.row import Tally

# What is left of earlier tries is looked at when a window is closed, and by the next one.
_TRIES_PER_WINDOW = 40
_ENDS = ("done", "stopped", "interrupted", "cut")
ANSWER_S = 60.0
# The window ends a worker that does not obey after three seconds.
END_S = 8.0

STORY = "Tell me a very long story about the sea, number {number}."
LONG = "{number}: " + "The wind blows over the plain. " * 400


class Shown:
    """Words that a person saw, by message: they must be on the disk in the end."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def note(self, said: list[Said]) -> None:
        """Remember the newest words of each message."""
        self._texts |= {one["message"]: one["text"] for one in said if one["word"] == "text"}

    def lost(self, home: pathlib.Path) -> list[str]:
        """What is not there of them, in words; the window is closed."""
        with Store(home / "data", reads_only=True) as store:
            kept = {
                message.message_id: message.text
                for info in store.chats.infos()
                for message in store.chats.load(info.chat_id).messages
            }
        return [
            f"message {message_id}: its last {len(text)} characters are not on the disk"
            for message_id, text in self._texts.items()
            if not kept.get(message_id, "").startswith(text)
        ]


Try = Callable[[LedWindow, int], None]


class WrongError(Exception):
    """Something was not as it must be; the text says what."""


def try_in_windows(
    attempt: Try,
    count: int,
    first_seed: int,
    folder: pathlib.Path,
    *,
    open_window: Callable[[pathlib.Path], LedWindow] = LedWindow,
) -> Tally:
    """Make the tries; a window that died or hung is followed by another one.

    Args:
        attempt: Gets a window and a seed; raises `WrongError`, `TimeoutError` where nothing came in
            time, and `WindowDiedError`.
        count: Of tries.
        first_seed: The next ones follow.
        folder: For homes.
        open_window: On a home.
    """
    tally, seeds = Tally(), list(range(first_seed, first_seed + count))
    number = 0
    while seeds:
        home = folder / f"window-{number}"
        number += 1
        shown = Shown()
        window = open_window(home)
        is_well = True
        for _ in range(min(_TRIES_PER_WINDOW, len(seeds))):
            seed = seeds.pop(0)
            tally.tried += 1
            try:
                attempt(window, seed)
            except WrongError as error:
                tally.wrong.append(f"seed {seed}: {error}")
            except TimeoutError as error:
                tally.hangs += 1
                tally.wrong.append(f"seed {seed}: {error}")
                is_well = False
            except WindowDiedError:
                tally.deaths += 1
                tally.wrong.append(f"seed {seed}: the window ended: {window.last_words}")
                is_well = False
            if not is_well:
                break
        shown.note(window.said)
        if not window.close() and is_well:
            tally.wrong.append(f"before seed {first_seed + tally.tried}: it did not close")
        lost = shown.lost(home)
        tally.losses += len(lost)
        tally.wrong += lost
    return tally


def settle(window: LedWindow, begin: int) -> Said:
    """Have whatever is written ended, and wait until the question has its end."""
    if end := next(filter(is_end, window.since(begin)), None):
        return end
    window.do("press", name="stopButton")
    return window.wait(begin, is_end, END_S)


def ask_shortly(window: LedWindow) -> None:
    """The next question works: words come. An engine that died too often is asked for anew."""
    begin = window.order("ask", text="Hi")
    said = window.wait(begin, lambda one: one["word"] == "text" or _gave_up(one), ANSWER_S)
    if said["word"] != "text":
        begin = window.order("press", name="retryButton")
        window.wait(begin, lambda one: one["word"] == "text", ANSWER_S)
    settle(window, begin)


def is_end(said: Said) -> bool:
    """Whether a question has its end."""
    return said["word"] == "unanswered" or (said["word"] == "answer" and said["state"] in _ENDS)


def pause(window: LedWindow, seconds: float) -> None:
    """Let so much time pass, or less if the question has its end before."""
    with contextlib.suppress(TimeoutError):
        window.wait(window.now, is_end, seconds)


def _gave_up(said: Said) -> bool:
    return said["word"] == "engine" and said["error"] == "EngineKeepsCrashing"
