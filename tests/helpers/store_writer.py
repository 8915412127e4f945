"""A process that writes chats, as seen by who started it, to be stopped or killed at any moment."""

import os
import pathlib
import signal
import subprocess
import sys

_ROOT = pathlib.Path(__file__).parents[2]


class StoreWriter:
    """Runs `tests.helpers.writing_store`.

    Attributes:
        chats: The chat of every message that was said to be kept.
        answers: Those of them that are whole answers.
        deleting: Chats that it had begun to delete.
        deleted: Chats that were said to be gone.
    """

    def __init__(self, folder: pathlib.Path, seed: int, **environment: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.writing_store", folder, str(seed)],
            cwd=_ROOT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.chats: dict[int, int] = {}
        self.answers: set[int] = set()
        self.deleting: set[int] = set()
        self.deleted: set[int] = set()

    def follow(self, lines: int) -> None:
        """Wait until it has done so much more."""
        assert self._child.stdout
        for _ in range(lines):
            self._note(self._child.stdout.readline())

    def send(self, number: int) -> None:
        """Send a signal; when it is to stop it has stopped on return."""
        self._child.send_signal(number)
        if number == signal.SIGSTOP:
            os.waitpid(self._child.pid, os.WUNTRACED)

    def end(self) -> None:
        """Kill it; what it had said before is known then."""
        assert self._child.stdout
        self._child.kill()
        for line in self._child.stdout:
            self._note(line)
        self._child.stdout.close()
        self._child.wait()

    def _note(self, line: str) -> None:
        if not line.endswith("\n"):
            return  # cut by the kill
        what, first, *chat = line.split()
        if chat:
            self.chats[int(first)] = int(chat[0])
        if what == "answered":
            self.answers.add(int(first))
        elif what in ("deleting", "deleted"):
            getattr(self, what).add(int(first))
