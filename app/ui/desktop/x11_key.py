"""A key everywhere under X11: a connection of our own that grabs it from the root window."""

import ctypes
import ctypes.util

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from app.ui.desktop.keys import Keys

_MASKS = {"shift": 1, "control": 4, "alt": 8, "meta": 64}
# Caps Lock and Num Lock count as held keys: the grab is made with and without them.
_LOCKS = (0, 2, 16, 2 | 16)
_ASYNC = 1
_KEY_PRESS = 2
_EVENT_LONGS = 24
_OnError = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class X11Key(QObject):
    """Holds at most one.

    Signals:
        pressed: It was pressed, whatever window is in front.
    """

    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._library: ctypes.CDLL | None = None
        self._display: int | None = None
        self._notifier: QSocketNotifier | None = None
        self._was_refused = False
        self._on_error = _OnError(self._refused)

    def take(self, keys: Keys) -> bool:
        """Grab it in place of the one before; False where another program has it."""
        self.release()
        library = _libx11()
        display = library.XOpenDisplay(None) if library else None
        if library is None or not display:
            return False
        self._library, self._display = library, display
        name = "space" if keys.key == "Space" else keys.key
        symbol = library.XStringToKeysym((name if len(name) > 1 else name.lower()).encode())
        code = library.XKeysymToKeycode(display, symbol)
        mask = sum(_MASKS[held] for held in keys.held)
        root = library.XDefaultRootWindow(display)
        self._was_refused = not code
        earlier = library.XSetErrorHandler(self._on_error)
        for locks in _LOCKS if code else ():
            library.XGrabKey(display, code, mask | locks, root, 0, _ASYNC, _ASYNC)
        library.XSync(display, 0)
        library.XSetErrorHandler(earlier)
        if self._was_refused:
            self.release()
            return False
        self._notifier = QSocketNotifier(
            library.XConnectionNumber(display), QSocketNotifier.Type.Read, self
        )
        self._notifier.activated.connect(self._read)
        return True

    def release(self) -> None:
        """Let go of it: what a connection grabbed ends with it."""
        if self._notifier:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._library and self._display:
            self._library.XCloseDisplay(self._display)
        self._display = None

    @Slot()
    def _read(self) -> None:
        event = (ctypes.c_long * _EVENT_LONGS)()
        while self._library and self._display and self._library.XPending(self._display):
            self._library.XNextEvent(self._display, event)
            if ctypes.c_int.from_buffer(event).value == _KEY_PRESS:
                self.pressed.emit()

    def _refused(self, _display: int, _event: int) -> int:
        """Xlib would end the process otherwise."""
        self._was_refused = True
        return 0


def _libx11() -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    display, number, symbol = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    signatures: dict[str, tuple[object, list[object]]] = {
        "XOpenDisplay": (display, [ctypes.c_char_p]),
        "XCloseDisplay": (number, [display]),
        "XDefaultRootWindow": (ctypes.c_ulong, [display]),
        "XConnectionNumber": (number, [display]),
        "XStringToKeysym": (symbol, [ctypes.c_char_p]),
        "XKeysymToKeycode": (ctypes.c_ubyte, [display, symbol]),
        "XGrabKey": (
            number,
            [display, number, ctypes.c_uint, ctypes.c_ulong, number, number, number],
        ),
        "XSync": (number, [display, number]),
        "XPending": (number, [display]),
        "XNextEvent": (number, [display, ctypes.c_void_p]),
        "XSetErrorHandler": (ctypes.c_void_p, [ctypes.c_void_p]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
