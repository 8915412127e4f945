"""Telling a person who clicked an icon why no window comes, without Qt: by what the desktop has."""

import os
import shutil
import subprocess
import sys

_TITLE = "Cierzo"


def tell(words: str) -> None:
    """Say it on stderr, and where nobody reads that, in a box of the system's; waits for nobody."""
    sys.stderr.write(f"error: {words}\n")
    sys.stderr.flush()
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
