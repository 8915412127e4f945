"""A window whose stalls are counted, for `stalls`: `ours HOME MODEL` or `base`.

Reads orders as lines of JSON. `{"seconds": N}` begins to count: ours plays its script for so long
and then says what was counted; the base answers at once and says it at `{"seconds": 0}`. The script
asks, scrolls, searches, drags the window and goes from page to page while a file downloads.
"""

import itertools
import json
import logging
import os
import pathlib
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.program import Program
from app.settings.folders import folders_for
from app.ui.garbage import Garbage
from app.ui.watchdog import Watchdog
from benchmarks.downloading_window import Lateness
from benchmarks.hands import Hands

# How many chats the home has, with numbers from 1 on.
CHATS = 100
_ACT_MS = 250
_QUESTION = "Tell me about the wind"

Act = Callable[[], object]


class Stalls(logging.Handler):
    """Counts what the app's own watchdog logs, and keeps where it was."""

    def __init__(self) -> None:
        super().__init__()
        self._where: list[str] = []
        # Its timer turns the event loop, so that the watchdog looks every 50 ms in both windows.
        self._lateness = Lateness()
        self._processor_s = self._longest_s = 0.0
        logging.getLogger("app.ui.watchdog").addHandler(self)
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher
        dispatcher.awake.connect(self._turned)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self._where.append(record.getMessage())

    def begin(self) -> None:
        """Count from now on."""
        self._where.clear()
        self._lateness.start()
        self._processor_s, self._longest_s = time.thread_time(), 0.0

    def found(self) -> dict[str, object]:
        """What there was since then."""
        longest = [int(ms) for words in self._where for ms in re.findall(r"for (\d+) ms", words)]
        counted = {"stalls": len(self._where), "stalled_ms": sum(longest), "where": self._where}
        return counted | self._lateness.stop() | {"turn_cpu_ms": 1000 * self._longest_s}

    def _turned(self) -> None:
        processor_s = time.thread_time()
        self._longest_s = max(self._longest_s, processor_s - self._processor_s)
        self._processor_s = processor_s


class Orders(QObject):
    """What the parent wants, on the GUI thread."""

    came = Signal(dict)
    ended = Signal()

    def listen(self) -> None:
        """Read until the parent closes the pipe; on a thread of its own."""
        for line in sys.stdin:
            self.came.emit(json.loads(line))
        self.ended.emit()


class Script:
    """Uses the real window as busily as a person can, by what is on it."""

    def __init__(self, program: Program) -> None:
        self._program, self._hands = program, Hands(program.window)
        self._acts = itertools.chain.from_iterable(map(self._round, itertools.count()))
        self._timer = QTimer(interval=_ACT_MS)
        self._timer.timeout.connect(self._act)
        self.start, self.stop = self._timer.start, self._timer.stop

    def _act(self) -> None:
        next(self._acts)()

    def _round(self, number: int) -> Iterator[Act]:
        yield from [self._press("newChatButton"), self._type("messageInput", _QUESTION)]
        yield lambda: self._hands.key("messageInput", Qt.Key.Key_Return)
        yield from self._scroll("transcript", 12)
        yield from [self._type("searchField", letter) for letter in "ba"]
        yield from self._scroll("chatList", 6)
        yield lambda: self._hands.widget("searchField").clear()
        yield from [self._press("modelsButton"), *self._scroll("modelsPage", 8)]
        yield from [self._press("settingsButton"), *self._scroll("settingsPage", 6)]
        for step in range(4):
            yield self._open(lambda step=step: (4 * number + step) % CHATS + 1)
            yield from self._scroll("transcript", 4)
        yield self._open(lambda: self._program.chats.chats[0].chat_id)
        for width_px in (900, 700, 520, 700, 1080):
            yield lambda width_px=width_px: self._program.window.resize(width_px, 740)
        yield from [*self._scroll("transcript", 12), self._stop_answer]

    def _stop_answer(self) -> None:
        if (chat_id := self._program.chats.working_chat_id) is not None:
            self._program.chats.stop(chat_id)

    def _open(self, chat_id: Callable[[], int]) -> Act:
        return lambda: self._hands.widget("chatPage").open_chat(chat_id())

    def _press(self, name: str) -> Act:
        return lambda: self._hands.press(name)

    def _type(self, name: str, words: str) -> Act:
        return lambda: self._hands.type(name, words)

    def _scroll(self, name: str, steps: int) -> list[Act]:
        return [lambda step=step: self._hands.scroll(name, step / steps) for step in range(steps)]


def main() -> None:
    """Obey until the parent closes the pipe."""
    kind, *places = sys.argv[1:]
    application = QApplication([kind])
    garbage = Garbage(application)
    program = _program(application, *map(pathlib.Path, places)) if kind == "ours" else None
    window = program.window if program else QWidget()
    window.resize(1080, 740)
    window.show()
    if program:
        program.warm_pages()
    garbage.spare_what_is_there()
    watchdog, stalls, script = Watchdog(), Stalls(), program and Script(program)

    def end() -> None:
        if script:
            script.stop()
        print(json.dumps(stalls.found()), flush=True)

    def obey(order: dict[str, int]) -> None:
        if not order["seconds"]:
            end()
            return
        stalls.begin()
        if program and script:
            program.models.downloads.add(program.models.job_of("large", "Q4_K_M"))
            script.start()
            QTimer.singleShot(order["seconds"] * 1000, end)
        else:
            print("{}", flush=True)

    orders = Orders()
    orders.came.connect(obey)
    orders.ended.connect(application.quit)
    threading.Thread(target=orders.listen).start()
    application.exec()
    watchdog.close()
    if program:
        program.close()


def _program(application: QApplication, home: pathlib.Path, model: pathlib.Path) -> Program:
    return Program(application, folders_for(home), model)


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    main()
