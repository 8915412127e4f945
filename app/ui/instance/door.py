"""The first window: hears of further starts."""

import functools
import logging

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.ui.instance.summons import ANSWER, MOST_BYTES, read

log = logging.getLogger(__name__)

_PATIENCE_MS = 2000
_MOST_WAITING = 8


class Door(QObject):
    """Listens where only this user can knock.

    Signals:
        called: A `Summons`.
    """

    called = Signal(object)

    def __init__(self, address: str, parent: QObject) -> None:
        """Listen; whoever holds the folder's `WindowLock` takes over what a killed one left."""
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_WAITING)
        self._server.newConnection.connect(self._welcome)
        QLocalServer.removeServer(address)
        if not self._server.listen(address):
            log.warning("further starts are not heard: %s", self._server.errorString())

    @property
    def is_open(self) -> bool:
        """Whether somebody who knocks is heard."""
        return self._server.isListening()

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()

    @Slot()
    def _welcome(self) -> None:
        while guest := self._server.nextPendingConnection():
            guest.setReadBufferSize(MOST_BYTES)
            guest.readyRead.connect(functools.partial(self._hear, guest))
            guest.disconnected.connect(guest.deleteLater)
            QTimer.singleShot(_PATIENCE_MS, guest, guest.abort)
            self._hear(guest)

    def _hear(self, guest: QLocalSocket) -> None:
        if not guest.canReadLine():
            if guest.bytesAvailable() >= MOST_BYTES:
                guest.abort()
            return
        guest.readyRead.disconnect()
        summons = read(bytes(guest.readLine().data()))
        if summons is None:
            guest.abort()
            return
        guest.write(ANSWER)
        guest.disconnectFromServer()  # when the answer is written
        self.called.emit(summons)
