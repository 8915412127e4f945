"""A window with a download, for `download_window`: `ours HOME` or `base HOME`.

A timer is due every 5 ms from the beginning of the download to its end; prints how late it was.
"""

import itertools
import json
import os
import pathlib
import subprocess
import sys
import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

_PERIOD_MS = 5


class Lateness(QObject):
    """Notes when each turn of a timer came."""

    def __init__(self) -> None:
        super().__init__()
        self._turns_s: list[float] = []
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)

    def start(self) -> None:
        """From now on."""
        self._turns_s.clear()
        self._timer.start(_PERIOD_MS)

    def stop(self) -> dict[str, float]:
        """How late it was until now."""
        self._timer.stop()
        gaps_ms = [(after - before) * 1000 for before, after in itertools.pairwise(self._turns_s)]
        late_ms = sorted(max(0.0, gap - _PERIOD_MS) for gap in gaps_ms)
        return {"worst_ms": late_ms[-1], "p99_ms": late_ms[int(len(late_ms) * 0.99)]}

    @Slot()
    def _note(self) -> None:
        self._turns_s.append(time.perf_counter())


def ours(application: QApplication, home: pathlib.Path) -> None:
    """The real window, on the page that shows the download."""
    from app.domain.downloads.jobs import State
    from app.program import Program
    from app.settings.folders import folders_for
    from app.ui.chat.page_links import Page
    from app.ui.garbage import Garbage

    Garbage(application)
    program = Program(application, folders_for(home), None)
    program.window.show()
    program.window.make_pages()
    program.window.go_to(Page.MODELS)
    models, lateness, watch = program.models, Lateness(), QTimer()
    cards = program.window.findChildren

    def look() -> None:
        if not models.downloads.downloads:
            offers = models.offers.offers
            if offers and len(cards(QWidget, "modelCard")) == len(offers):  # the page is complete
                lateness.start()
                models.downloads.add(models.job_of("large", "Q4_K_M"))
        elif models.downloads.downloads[0].state is State.INSTALLED:
            print(json.dumps(lateness.stop()), flush=True)
            application.quit()

    watch.timeout.connect(look)
    watch.start(200)
    application.exec()
    program.close()


def base(application: QApplication, home: pathlib.Path) -> None:
    """An empty window beside the command line."""
    window, lateness, watch = QWidget(), Lateness(), QTimer()
    window.resize(1080, 740)
    window.show()
    command = [
        sys.executable,
        "-m",
        "app",
        "--home",
        home,
        "models",
        "download",
        "large",
        "--build",
        "Q4_K_M",
    ]
    download = subprocess.Popen([*command, "--json"], stdout=subprocess.DEVNULL)

    def look() -> None:
        if download.poll() is not None:
            print(json.dumps(lateness.stop()), flush=True)
            application.quit()

    watch.timeout.connect(look)
    watch.start(200)
    lateness.start()
    application.exec()


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    {"ours": ours, "base": base}[sys.argv[1]](QApplication(["window"]), pathlib.Path(sys.argv[2]))
