"""Chats and texts that are larger than anybody has them."""

import functools
import pathlib
import random
import shutil

from app.store.store import Store
from tests.helpers.errands import ErrandWindow, Seen
from tests.helpers.kept_chats import chat_of
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying

_MESSAGES = 100_000
_TITLE = "Everything"
_QUESTION = "What was all of that?"


def _many(home: pathlib.Path, seed: int, shelf: pathlib.Path) -> float:
    """A chat of a hundred thousand messages opens; a question that cannot go with it comes back."""
    if not shelf.exists():
        texts = [f"Message {n}: " + "words " * (n % 40) for n in range(_MESSAGES)]
        with Store(shelf) as store:
            store.chats.add([chat_of(1, 1, *texts, title=_TITLE)])
    shutil.copytree(shelf, home / "data")
    with ErrandWindow(home) as window:
        _loaded(window)
        window.do("ask", text=_QUESTION)
        window.until(lambda s: s["error"], "what is too much")
        window.close()
    with ErrandWindow(home) as window:
        seen = _loaded(window)
        # Back in the field; or, where the engine gave up before it could say so, unanswered.
        wholes = ((_MESSAGES, len(_QUESTION)), (_MESSAGES + 1, 0))
        if (seen["count"], seen["typed"]) not in wholes:
            raise LostError(f"{seen['count']} messages, {seen['typed']} characters in the field")
        window.close()
    return window.slowest_s


def _line(home: pathlib.Path, seed: int, shelf: pathlib.Path) -> float:
    """An answer that is one line of a megabyte is shown, and kept."""
    text = "".join(random.Random(seed).choices("abcdefghij/+", k=1_000_000))
    with Store(home / "data") as store:
        store.chats.add([chat_of(1, 1, "Q", text, title=_TITLE)])
    for _ in range(2):
        with ErrandWindow(home) as window:
            seen = _loaded(window)
            if [m["text"] for m in seen["messages"]] != ["Q", text]:
                raise LostError("the line")
            window.close()
    return window.slowest_s


def _paste(home: pathlib.Path, seed: int, shelf: pathlib.Path, *, size: int, line: int) -> float:
    """It goes beside the draft, and is there after a restart."""
    draw = random.Random(seed)
    letters = "".join(draw.choices("abcdefghijk ", k=line - 1))
    text = (letters + "\n") * (size // line)
    home.mkdir()
    path = home / "pasted.txt"
    path.write_text(text, encoding="utf-8")
    for is_first in (True, False):
        with ErrandWindow(home) as window:
            window.opened()
            if is_first:
                window.do("paste", path=str(path))
            seen = window.until(lambda s: s["draft"] and s["draft"][0]["is_ready"], "the text")
            if seen["draft"][0]["characters"] != len(text):
                raise LostError(f"of {len(text)} there are {seen['draft'][0]['characters']}")
            window.close()
    return window.slowest_s


def _loaded(window: ErrandWindow) -> Seen:
    window.opened()
    window.do("show_chat", title=_TITLE)
    return window.until(lambda s: s["is_loaded"] and s["count"], "the chat")


_TRIES = (
    ("100,000 messages", _many),
    ("a line of 1 MB in an answer", _line),
    ("10 MB pasted", functools.partial(_paste, size=10_000_000, line=80)),
    ("a line of 1 MB pasted", functools.partial(_paste, size=1_000_000, line=1_000_000)),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally, slowest_s = Tally(), 0.0
    for seed in range(first_seed, first_seed + count):
        name, act = _TRIES[seed % len(_TRIES)]
        with trying(tally, f"seed {seed}, {name}"):
            slowest_s = max(slowest_s, act(folder / str(seed), seed, folder / "shelf"))
    tally.figures.append(f"the window answered within {slowest_s:.1f} s, whatever it was doing")
    return tally


ROWS = (
    Row(
        number="F17",
        fault="100,000 messages, 10 MB pasted, a line of 1 MB pasted and in an answer",
        expected="no wait that a person would notice as a hang, and nothing of it is lost",
        tries=40,
        tries_in_tests=1,
        run=_try,
    ),
)
