"""Collects reference cycles between two turns of the event loop, and nowhere else.

CPython collects in the middle of whatever allocates, on whatever thread that runs. A widget in a
cycle then dies while Qt goes through its list of widgets (each is told of a new style sheet or
palette): a crash inside `setStyleSheet`, reproduced on PySide6 6.11.3. On a reader thread it would
be deleted off the GUI thread.
"""

import gc

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Slot


class Garbage(QObject):
    """Takes over from the automatic collection; made on the GUI thread, for the process's life."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        if dispatcher := QAbstractEventDispatcher.instance():
            dispatcher.aboutToBlock.connect(self._collect)

    def spare_what_is_there(self) -> None:
        """Never look again at what the start made: it stays, and looking takes 30 ms."""
        gc.freeze()

    @Slot()
    def _collect(self) -> None:
        collect_if_due()


def collect_if_due() -> None:
    """Collect the oldest generation whose threshold is exceeded, as CPython would have."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
