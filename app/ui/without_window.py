"""Telling a person who clicked an icon why no window comes, without Qt: by what the desktop has."""

import os
import shutil
import subprocess
import sys

_TITLE = "Cierzo"
_MB_ICONWARNING = 0x30


def tell(words: str) -> None:
    """Say it on stderr, and where nobody reads that, in a box of the system's."""
    sys.stderr.write(f"error: {words}\n")
    sys.stderr.flush()
    # Cierzo.exe has no console: what it writes leads nowhere (app/__main__.py).
    if sys.platform == "win32" and sys.__stderr__ is None:
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, words, _TITLE, _MB_ICONWARNING)
    has_screen = "DISPLAY" in os.environ or "WAYLAND_DISPLAY" in os.environ
    if sys.platform != "linux" or not has_screen or sys.stderr.isatty():
        return
    for command in _commands(words):
        if shutil.which(command[0]) and _starts(command):
            return


def _commands(words: str) -> list[list[str]]:
    """Best first; every desktop has one of them, or nothing can be shown."""
    return [
        ["zenity", "--error", "--no-markup", f"--title={_TITLE}", f"--text={words}"],
        ["kdialog", "--title", _TITLE, "--error", words],
        ["xmessage", "-center", "-title", _TITLE, words],
        ["notify-send", f"--app-name={_TITLE}", _TITLE, words],
    ]


def _starts(command: list[str]) -> bool:
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it stays when we are gone
        )
    except OSError:
        return False
    return True
