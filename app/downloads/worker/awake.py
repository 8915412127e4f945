"""Keeping the PC awake while something is downloaded; where that cannot be, it sleeps as ever."""

import contextlib
import os
import shutil
import subprocess
import sys

_ES_CONTINUOUS = 0x80000000
_ES_SYSTEM_REQUIRED = 0x00000001


class Awake:
    """Holds while at least one job says that it works; for one thread.

    On Linux and macOS it is the system's own program that holds, and it ends with this process.
    """

    def __init__(self) -> None:
        self._working: set[str] = set()
        self._keeper: subprocess.Popen[bytes] | None = None

    def note(self, job_id: str, *, is_working: bool) -> None:
        """A job works now, or waits or has ended."""
        was_held = bool(self._working)
        (self._working.add if is_working else self._working.discard)(job_id)
        if self._working and not was_held:
            self._hold()
        elif was_held and not self._working:
            self._release()

    def _hold(self) -> None:
        if sys.platform == "win32":
            _set_windows_state(_ES_CONTINUOUS | _ES_SYSTEM_REQUIRED)
            return
        argv = _keeper_command()
        program = shutil.which(argv[0])
        if program is None:
            return
        with contextlib.suppress(OSError):
            self._keeper = subprocess.Popen(
                [program, *argv[1:]],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _release(self) -> None:
        if sys.platform == "win32":
            _set_windows_state(_ES_CONTINUOUS)
            return
        keeper, self._keeper = self._keeper, None
        if keeper:
            keeper.terminate()
            keeper.communicate()


def _keeper_command() -> list[str]:
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    return [
        "systemd-inhibit",
        "--what=idle:sleep",
        "--mode=block",
        "--who=Cierzo",
        "--why=A model is being downloaded",
        "cat",  # ends when our end of its pipe does, however this process dies
    ]


def _set_windows_state(flags: int) -> None:
    import ctypes

    ctypes.windll.kernel32.SetThreadExecutionState(flags)  # type: ignore[attr-defined,unused-ignore]
