"""Which process is the window of a data folder."""

import pathlib

import filelock

_NAME = "window.lock"


class WindowLock:
    """Held by one process at a time; the system lets go of it when that dies."""

    def __init__(self, data: pathlib.Path) -> None:
        self._folder = data
        self._lock = filelock.FileLock(data / _NAME, blocking=False, thread_local=False)

    def take(self) -> bool:
        """Be that process; False where another one is.

        A folder that holds no lock cannot be written either: then every window shows what can be
        read, so nothing is lost with several.
        """
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
        except filelock.Timeout:
            return False
        except (OSError, NotImplementedError):
            return True
        return True

    def release(self) -> None:
        """Let another process be it."""
        self._lock.release()
