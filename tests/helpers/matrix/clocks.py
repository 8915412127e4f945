"""Clocks that are set, time that passes while everything sleeps."""

import calendar
import contextlib
import datetime as dt
import pathlib
import signal
import struct
import sys
import threading
from collections.abc import Callable

import msgspec
import psutil

from tests.helpers.errands import ErrandWindow, Seen, has_words, working
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying
from tests.helpers.preloaded import NoCompilerError, compiled

_DAY_S = 86_400
_YEAR_S = 365 * _DAY_S
_SLEEP_S = 60.0
_FIRST, _SECOND, _THIRD, _GONE = "The first chat", "The second chat", "The third one", "Gone"
# Ten seconds before clocks in Berlin go back, and before they go on.
_BACK_S = calendar.timegm((2026, 10, 25, 0, 59, 50))
_ON_S = calendar.timegm((2027, 3, 28, 0, 59, 50))


class _Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A home and a clock.

    Attributes:
        sleep_s: How long everything sleeps.
    """

    home: pathlib.Path
    clock: pathlib.Path
    library: pathlib.Path
    sleep_s: float

    def set(self, offset_s: int) -> None:
        """Move the clock of all that runs and all that will be started."""
        with self.clock.open("r+b") as file:
            file.write(struct.pack("q", offset_s))

    def open(self, zone: str = "UTC") -> ErrandWindow:
        """The window with that clock."""
        preloaded = {
            "LD_PRELOAD": str(self.library),
            "CIERZO_TEST_CLOCK": str(self.clock),
            "TZ": zone,
        }
        return ErrandWindow(self.home, environment=preloaded)


def _ask_in_new(window: ErrandWindow, text: str) -> Seen:
    """It is the first of all chats, and its words come."""
    window.do("new_chat")
    window.until(lambda s: not s["count"], "a new chat")
    seen = window.ask_shortly(text)
    assert seen["titles"][0] == text, f"the order is {seen['titles']}"
    assert [m["role"] for m in seen["messages"]] == ["user", "assistant"]
    return seen


def _throw_one_away(window: ErrandWindow) -> None:
    """Into the trash, which is emptied by the clock."""
    window.opened()
    _ask_in_new(window, _GONE)
    window.do("trash", title=_GONE)


def _while_it_runs(offset_s: int) -> Callable[[_Desk], None]:
    def act(desk: _Desk) -> None:
        with desk.open() as window:
            _throw_one_away(window)
            _ask_in_new(window, _FIRST)
            desk.set(offset_s)
            _ask_in_new(window, _SECOND)
            desk.set(0)
            _ask_in_new(window, _THIRD)
            window.close()
        _look_again(desk, [_THIRD, _SECOND, _FIRST])

    return act


def _between_runs(offset_s: int) -> Callable[[_Desk], None]:
    def act(desk: _Desk) -> None:
        with desk.open() as window:
            _throw_one_away(window)
            _ask_in_new(window, _FIRST)
            window.close()
        desk.set(offset_s)
        with desk.open() as window:
            window.opened()
            _ask_in_new(window, _SECOND)
            window.close()
        _look_again(desk, [_SECOND, _FIRST])
        desk.set(0)
        _look_again(desk, [_SECOND, _FIRST])

    return act


def _across(moment_s: int) -> Callable[[_Desk], None]:
    """Questions before and after an hour comes twice, or not at all."""

    def act(desk: _Desk) -> None:
        desk.set(moment_s - _now_s())
        with desk.open("Europe/Berlin") as window:
            _throw_one_away(window)
            _ask_in_new(window, _FIRST)
            desk.set(moment_s - _now_s() + 20)
            _ask_in_new(window, _SECOND)
            window.close()
        _look_again(desk, [_SECOND, _FIRST], "Europe/Berlin")

    return act


def _now_s() -> int:
    return int(dt.datetime.now(dt.UTC).timestamp())


def _asleep(*, with_engine: bool) -> Callable[[_Desk], None]:
    """While an answer is written; then it goes on."""

    def act(desk: _Desk) -> None:
        with desk.open() as window:
            _throw_one_away(window)
            window.do("new_chat")
            window.do("ask", text=_FIRST)
            window.until(has_words, "words")
            sleepers = [psutil.Process(window.process.pid)]
            if with_engine:
                sleepers += sleepers[0].children(recursive=True)
            for one in sleepers:
                one.send_signal(signal.SIGSTOP)
            threading.Event().wait(desk.sleep_s)
            for one in reversed(sleepers):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGCONT)
            window.do("stop")
            seen = window.until(lambda s: not working(s), "the end of the answer")
            assert not seen["error"], seen["error"]
            _ask_in_new(window, _SECOND)
            window.close()
        _look_again(desk, [_SECOND, _FIRST])

    return act


def _look_again(desk: _Desk, titles: list[str], zone: str = "UTC") -> None:
    """The order is that in which things were asked, and the trash is not emptied too early."""
    with desk.open(zone) as window:
        seen = window.opened()
        if sorted(seen["titles"]) != sorted(titles):
            raise LostError(f"the chats are {seen['titles']}")
        assert seen["titles"] == titles, f"the order is {seen['titles']}"
        if seen["trash"] != [_GONE]:
            raise LostError(f"in the trash is {seen['trash']}")
        window.close()


_TRIES: tuple[tuple[str, Callable[[_Desk], None]], ...] = (
    ("a day back while it runs", _while_it_runs(-_DAY_S)),
    ("a day on while it runs", _while_it_runs(_DAY_S)),
    ("a year back while it runs", _while_it_runs(-_YEAR_S)),
    ("a year on while it runs", _while_it_runs(_YEAR_S)),
    ("a day back between two runs", _between_runs(-_DAY_S)),
    ("a day on between two runs", _between_runs(_DAY_S)),
    ("a year back between two runs", _between_runs(-_YEAR_S)),
    ("a year on between two runs", _between_runs(_YEAR_S)),
    ("an hour that comes twice", _across(_BACK_S)),
    ("an hour that is left out", _across(_ON_S)),
    ("asleep while an answer is written", _asleep(with_engine=True)),
    ("the window alone asleep", _asleep(with_engine=False)),
)


def _try(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    tally = Tally()
    try:
        library = compiled("shifted_clock", folder)
    except NoCompilerError as error:
        tally.unavailable = str(error)
        return tally
    for number in range(first_seed - 1, first_seed - 1 + count):
        name, act = _TRIES[number % len(_TRIES)]
        place = folder / str(number)
        place.mkdir()
        clock = place / "clock"
        clock.write_bytes(struct.pack("q", 0))
        desk = _Desk(home=place / "home", clock=clock, library=library, sleep_s=_SLEEP_S)
        with trying(tally, name):
            act(desk)
    return tally


ROWS: tuple[Row, ...] = ()
if sys.platform == "linux":
    ROWS = (
        Row(
            number="F19",
            fault="the clock a day and a year on and back, summer time, a minute of sleep (STOP)",
            expected="chats stay in the order in which they were asked, the trash is kept, no wait",
            tries=len(_TRIES),
            tries_in_tests=1,
            run=_try,
        ),
    )
