"""A second start: asks the window that is there to come, and waits for its answer."""

import enum
import os
import pathlib
import sys
import tempfile

from PySide6.QtNetwork import QLocalSocket

from app.ui.instance.summons import ANSWER, Summons, written

_PATIENCE_MS = 2000
_ANY_PROCESS = -1


class Reply(enum.Enum):
    """How it went."""

    COMES = enum.auto()
    SILENT = enum.auto()
    NOBODY = enum.auto()


def call(address: str, model: pathlib.Path | None, *, is_quick: bool = False) -> Reply:
    """Ask the window at that address for what a `Summons` says."""
    if not _is_ours(address):
        return Reply.NOBODY
    if sys.platform == "win32":
        import ctypes

        # Only who is in front may hand that on; this process was just started by the person.
        ctypes.windll.user32.AllowSetForegroundWindow(_ANY_PROCESS)
    socket = QLocalSocket()
    socket.connectToServer(address)
    if not socket.waitForConnected(_PATIENCE_MS):
        return Reply.NOBODY
    summons = Summons(
        model=os.fsencode(model.absolute()) if model else b"",
        is_quick=is_quick,
        activation_token=os.environ.get("XDG_ACTIVATION_TOKEN", ""),
    )
    socket.write(written(summons))
    while not socket.canReadLine():
        if not socket.waitForReadyRead(_PATIENCE_MS):
            is_gone = socket.state() is not QLocalSocket.LocalSocketState.ConnectedState
            return Reply.NOBODY if is_gone else Reply.SILENT
    return Reply.COMES if socket.readLine().data() == ANSWER else Reply.SILENT


def _is_ours(address: str) -> bool:
    """Whether nobody else lies in wait there: the folder for temporary files belongs to all."""
    if not hasattr(os, "getuid"):
        return True
    path = pathlib.Path(address)
    place = path if path.is_absolute() else pathlib.Path(tempfile.gettempdir()) / path
    try:
        return place.lstat().st_uid == os.getuid()
    except OSError:
        return False
