"""F10: too little context, too little memory, a graphics card that goes."""

import pathlib
import random
import resource

import psutil

from tests.helpers.led_window import LedWindow
from tests.helpers.matrix.deaths import bring_to
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.windows import (
    ANSWER_S,
    WrongError,
    ask_shortly,
    is_end,
    settle,
    try_in_windows,
)
from tests.helpers.second_device import SecondDevice

# Tokens of the starter model, one for each word.
_WORDS = "the wind blows over the wide plain and "
_CONTEXT_TOKENS = 1024
_PHASES = ("loading", "reading", "writing", "idle")


def _overflow(window: LedWindow, seed: int) -> None:
    """More than fits is refused as a whole, never cut; a shorter question works."""
    draw = random.Random(seed)
    window.do("press", name="newChatButton")
    if seed % 2:
        _choose_context(window, draw.randrange(20_000, 10_000_000), works=False)
    _choose_context(window, _CONTEXT_TOKENS, works=True)
    words = (_WORDS * 2000).split()[: draw.randint(_CONTEXT_TOKENS + 1, 12_000)]
    begin = window.order("ask", text=" ".join(words))
    said = window.wait(begin, lambda one: one["word"] == "text" or is_end(one), ANSWER_S)
    if said["word"] != "unanswered":
        raise WrongError("more than the model can keep in mind was answered")
    if str(_CONTEXT_TOKENS) not in window.do("look")["banner"].replace(",", ""):
        raise WrongError("it was not said how much fits")
    window.do("press", name="newChatButton")
    ask_shortly(window)


def _choose_context(window: LedWindow, tokens: int, *, works: bool) -> None:
    begin = window.order("context", context_tokens=tokens)
    phase = "ready" if works else "failed"
    window.wait(begin, lambda one: one["word"] == "engine" and one["phase"] == phase, ANSWER_S)
    if not works and not window.do("look")["banner"]:
        raise WrongError("nothing was said of a context that is too large")


def _short_memory(window: LedWindow, seed: int) -> None:
    """The engine gets less address space than the model needs, or just enough."""
    window.do("press", name="newChatButton")
    ask_shortly(window)
    window.do("unload")
    engine = psutil.Process(window.do("look")["pid"])
    spare_bytes = int(random.Random(seed).uniform(0, 300e6))
    limit_bytes = engine.memory_info().vms + spare_bytes
    engine.rlimit(psutil.RLIMIT_AS, (limit_bytes, resource.RLIM_INFINITY))
    begin = window.order("ask", text="Hi")
    said = window.wait(begin, lambda one: one["word"] == "text" or is_end(one), ANSWER_S)
    if said["word"] != "text" and not window.do("look")["banner"]:
        raise WrongError("nothing was said")
    settle(window, begin)
    if engine.is_running():
        engine.rlimit(psutil.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ask_shortly(window)


def _try_overflows(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    return try_in_windows(_overflow, count, first_seed, folder)


def _try_short_memory(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    return try_in_windows(_short_memory, count, first_seed, folder)


def _try_lost_devices(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Each in a window of its own: a device comes back only with another engine."""
    devices: list[SecondDevice] = []

    def open_window(home: pathlib.Path) -> LedWindow:
        devices.append(SecondDevice())
        return LedWindow(home, endpoint=devices[-1].endpoint)

    def attempt(window: LedWindow, seed: int) -> None:
        ask_shortly(window)
        if not window.do("look")["gpu_layers"]:
            raise WrongError("the device was not used")
        begin = bring_to(window, _PHASES[seed % 4], seed)
        devices[-1].kill()
        if _PHASES[seed % 4] == "idle":
            begin = window.order("ask", text="Hi")
        window.wait(begin, is_end, ANSWER_S)
        ask_shortly(window)
        if window.do("look")["gpu_layers"]:
            raise WrongError("the device that is gone is still used")

    try:
        return try_in_windows(
            attempt, count, first_seed, folder, open_window=open_window, per_window=1
        )
    finally:
        for device in devices:
            device.kill()


ROWS = (
    Row(
        number="F10",
        fault="more text than the context holds; a larger context than the model was made for",
        expected="a sentence with the number, nothing is cut; a short question works",
        tries=20,
        tries_in_tests=1,
        run=_try_overflows,
    ),
    Row(
        number="F10",
        fault="the engine has 0 to 300 MB of address space left when it loads the model",
        expected="an answer or a sentence; with more room it works",
        tries=20,
        tries_in_tests=1,
        run=_try_short_memory,
    ),
    Row(
        number="F10",
        fault="the device that computes goes while the model loads, reads, writes, rests",
        expected="the words that were there stay, the next question is answered by the processor",
        tries=12,
        tries_in_tests=1,
        run=_try_lost_devices,
    ),
)
