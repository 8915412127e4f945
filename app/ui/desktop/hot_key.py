"""The key that asks a quick question from anywhere, where the system lets a program have one."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.domain.errors import HotKeyTaken, HotKeyUnsupported, HotKeyUnusable
from app.ui.desktop.keys import read_keys
from app.ui.desktop.windows_key import WindowsKey
from app.ui.desktop.x11_key import X11Key


class HotKey(QObject):
    """Holds the key that the settings name.

    Signals:
        pressed: Wherever the person is.
    """

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._text = ""
        self._key = self._make()
        if self._key:
            self._key.pressed.connect(self.pressed)

    def use(self, text: str) -> HotKeyTaken | HotKeyUnsupported | HotKeyUnusable | None:
        """Have this one, as "Ctrl+Alt+Space", and none where it is empty; what is in the way."""
        if text == self._text:
            return None
        self._text = text
        if self._key:
            self._key.release()
        if not text:
            return None
        keys = read_keys(text)
        if keys is None:
            return HotKeyUnusable(keys=text)
        if self._key is None:
            return HotKeyUnsupported(keys=text)
        return None if self._key.take(keys) else HotKeyTaken(keys=text)

    def release(self) -> None:
        """Have none any more."""
        self._text = ""
        if self._key:
            self._key.release()

    def _make(self) -> X11Key | WindowsKey | None:
        """Wayland and macOS give a program no key without asking, or without further rights."""
        if sys.platform == "win32":
            return WindowsKey(self)
        return X11Key(self) if QGuiApplication.platformName() == "xcb" else None
