"""Collects reference cycles between two turns of the event loop, and nowhere else.

CPython collects in the middle of whatever allocates, on whatever thread that runs. A widget in a
cycle then dies while Qt goes through its list of widgets (each is told of a new style sheet or
palette): a crash inside `setStyleSheet`, reproduced on PySide6 6.11.3. On a reader thread it would
be deleted off the GUI thread.
"""

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Slot

_OLDEST = 2


class Garbage(QObject):
    """Takes over from the automatic collection; made on the GUI thread, for the process's life."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        if dispatcher := QAbstractEventDispatcher.instance():
            dispatcher.aboutToBlock.connect(self._collect)

    def spare_what_is_there(self) -> None:
        """Leave alone what the start made: it stays, and looking takes 30 ms."""
        gc.freeze()

    def take_all(self) -> None:
        """Look at everything; takes a tenth of a second or more, so while nobody is there."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()

    @Slot()
    def _collect(self) -> None:
        if collect_if_due() == _OLDEST:
            # What has survived stays for now: the next time takes as long as what came since.
            gc.freeze()


def collect_if_due() -> int | None:
    """Collect the oldest generation whose threshold is exceeded, as CPython would have.

    Returns:
        Which one that was.
    """
    for generation in (_OLDEST, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return generation
    return None
