"""Everything of Cierzo on the desktop beside its window, wired to it."""

import pathlib

from PySide6.QtCore import QObject, Slot

from app.ui.instance.door import Door
from app.ui.instance.summons import Summons, address
from app.ui.main_window import MainWindow
from app.ui.raising import bring_to_front


class Presence(QObject):
    """Belongs to a window."""

    def __init__(self, window: MainWindow, data: pathlib.Path) -> None:
        """Begin.

        Args:
            window: The one window.
            data: The folder whose window it is.
        """
        super().__init__(window)
        self._window = window
        self._door = Door(address(data), self)
        self._door.called.connect(self._come)

    def close(self) -> None:
        """Take all of it off the desktop."""
        self._door.close()

    @Slot(object)
    def _come(self, summons: Summons) -> None:
        bring_to_front(self._window, summons.activation_token)
        if path := summons.model_path:
            self._window.open_model(path)
