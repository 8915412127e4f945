"""The real window for `soak`: `SEED FOLDER HOME MODEL`; plays a round for every line on stdin.

After a round it says in JSON what was asked and what went wrong, and does nothing until the next.
"""

import json
import os
import pathlib
import random
import sys
import threading
from collections.abc import Callable, Iterator

import psutil
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from app import program
from app.__main__ import main
from app.services.chats import ChatEvent, Trouble
from benchmarks.busy_window import Orders
from benchmarks.soak_acts import Acts, Condition

_LOOK_MS = 5
_PATIENCE_MS = 120_000


class Session(QObject):
    """Plays rounds on the GUI thread, an act after the other."""

    def __init__(self, played: "SoakedProgram", seed: int, folder: pathlib.Path) -> None:
        super().__init__()
        self._program = played
        self._draw = random.Random(seed)
        self._acts = Acts(played, folder, self._draw)
        self._steps: Iterator[tuple[str, Condition]] = iter(())
        self._waits_for: tuple[str, Condition] = "", lambda: True
        self._troubles: list[str] = []
        self._pass_on = played.chats.on_event
        played.chats.on_event = self._on_event
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._go_on)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._give_up)
        self._orders = Orders()
        self._orders.came.connect(self._begin)
        self._orders.ended.connect(played.window.quit)
        threading.Thread(target=self._orders.listen, daemon=True).start()

    def _begin(self) -> None:
        self._steps = self._round()
        self._waits_for = "the chats", lambda: self._program.library.is_open
        self._look.start()
        self._patience.start()

    def _round(self) -> Iterator[tuple[str, Condition]]:
        for act in self._acts.round():
            for condition in act():
                yield act.__name__, condition
        yield "other processes", self._is_alone

    def _go_on(self) -> None:
        if not self._waits_for[1]():
            return
        if (step := next(self._steps, None)) is None:
            self._end()
            return
        self._waits_for = step
        self._patience.start()

    def _end(self) -> None:
        self._look.stop()
        self._patience.stop()
        # As after a minute of rest. What happens to be due is no growth.
        self._program.rest()
        self._say(generations=self._acts.generations, troubles=self._troubles)

    def _give_up(self) -> None:
        self._say(hangs=self._waits_for[0], troubles=self._troubles)

    def _say(self, **found: object) -> None:
        print(json.dumps(found | {"engine": self._program.engine.pid}), flush=True)

    def _is_alone(self) -> bool:
        """Beside the engine no process is left; one that hangs on is what is looked for."""
        pids = {child.pid for child in psutil.Process().children(recursive=True)}
        return pids == {self._program.engine.pid}

    def _on_event(self, event: ChatEvent) -> None:
        self._pass_on(event)
        if isinstance(event, Trouble):
            self._troubles.append(str(event.error))


class SoakedProgram(program.Program):
    """The program, with hands that play it.

    Attributes:
        rest: What it does after a minute in which nothing was done.
    """

    rest: Callable[[], None]

    def __init__(self, application: QApplication, folders: object, model: pathlib.Path) -> None:
        super().__init__(application, folders, model)
        self._session = Session(self, int(seed), pathlib.Path(folder))

    def at_rest(self, act: Callable[[], None]) -> None:
        """Have it done, now and then also by the session."""
        super().at_rest(act)
        self.rest = act


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    program.Program = SoakedProgram
    seed, folder, home, first_model = sys.argv[1:]
    sys.argv[1:] = ["--home", home, first_model]
    sys.exit(main())
