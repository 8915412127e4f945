"""A key everywhere under Windows, which tells it to the thread that registered it."""

import ctypes
import sys

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal

from app.ui.desktop.keys import Keys

_MASKS = {"alt": 1, "control": 2, "shift": 4, "meta": 8}
_NO_REPEAT = 0x4000
_WM_HOTKEY = 0x0312
_ID = 1
_F1 = 0x70


class WindowsKey(QObject):
    """Holds at most one.

    Signals:
        pressed: It was pressed, whatever window is in front.
    """

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._filter = _Filter(self)
        self._is_held = False

    def take(self, keys: Keys) -> bool:
        """Register it in place of the one before; False where another program has it."""
        self.release()
        if sys.platform == "win32":
            mask = _NO_REPEAT | sum(_MASKS[held] for held in keys.held)
            user = ctypes.windll.user32
            self._is_held = bool(user.RegisterHotKey(None, _ID, mask, virtual_key(keys.key)))
        application = QCoreApplication.instance()
        if self._is_held and application:
            application.installNativeEventFilter(self._filter)
        return self._is_held

    def release(self) -> None:
        """Let go of it."""
        application = QCoreApplication.instance()
        if self._is_held and application:
            application.removeNativeEventFilter(self._filter)
        if self._is_held and sys.platform == "win32":
            ctypes.windll.user32.UnregisterHotKey(None, _ID)
        self._is_held = False


class _Filter(QAbstractNativeEventFilter):
    def __init__(self, owner: WindowsKey) -> None:
        super().__init__()
        self._owner = owner

    def nativeEventFilter(
        self, kind: QByteArray | bytes | bytearray | memoryview, message: int
    ) -> tuple[bool, int]:
        """Notice the key; the thread's own messages come from the dispatcher, not to a window."""
        name = kind.data() if isinstance(kind, QByteArray) else kind
        if bytes(name) in (b"windows_generic_MSG", b"windows_dispatcher_MSG"):
            number = ctypes.c_uint.from_address(int(message) + ctypes.sizeof(ctypes.c_void_p)).value
            if number == _WM_HOTKEY:
                self._owner.pressed.emit()
                return True, 0
        return False, 0


def virtual_key(key: str) -> int:
    """Windows' number of a key."""
    if key == "Space":
        return 0x20
    return ord(key) if len(key) == 1 else _F1 + int(key[1:]) - 1
