"""The one way from any thread to the GUI thread.

Nothing below `app.ui` knows Qt: it is given `Bridge.post`, a plain callable.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Bridge(QObject):
    """Runs functions on the thread it was made on, the GUI thread.

    An exception inside a function reaches `sys.excepthook`, like that of any slot.
    """

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        # Queued even from the GUI thread: a caller is never interrupted by its own callback.
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)
        self._is_closed = False

    def post(self, action: Callable[[], None]) -> None:
        """Have it run soon, in order; callable from any thread."""
        self._posted.emit(action)

    def close(self) -> None:
        """Run nothing any more: the widgets that it would speak to are about to go."""
        self._is_closed = True

    @Slot(object)
    def _run(self, action: Callable[[], None]) -> None:
        if not self._is_closed:
            action()
