"""A real worker that tries to reach the network at the moment when it has strangers' bytes.

`python -m tests.helpers.socket_trial ROLE REPORT MOMENT …` is the worker of that role. When it
opens a file whose path contains MOMENT (or ends, for "the end"), it makes sockets in all
ways that there are, writes what came of each to REPORT as JSON, and goes on with its work.
"""

import contextlib
import ctypes
import errno
import json
import os
import pathlib
import platform
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

END = "the end"
_SYSCALLS = {
    "x86_64": {"io_uring": 425, "pidfd_getfd": 438, "ptrace": 101},
    "aarch64": {"io_uring": 425, "pidfd_getfd": 438, "ptrace": 117},
}
_PTRACE_ATTACH = 16
_NOBODY = 1 << 30  # no process has such a number
# x86-64's calls for short pointers.
_X32_SOCKET = 0x40000000 + 41
FAMILIES = ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_UNIX", "AF_VSOCK")


def trial_of(role: str, report: pathlib.Path, moment: str) -> list[str]:
    """The command line of such a worker."""
    trial = ["-m", "tests.helpers.socket_trial", role, str(report), moment]
    return [sys.executable, *trial]


class _Trial:
    """Holds everything that it needs from before the worker gave anything up."""

    def __init__(self, report: str) -> None:
        self._report = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        libc = ctypes.CDLL(None)
        self._socket, self._pair, self._syscall = libc.socket, libc.socketpair, libc.syscall
        # Not `ctypes.get_errno`, which is an event that workers refuse.
        self._errno = libc["__errno_location"]
        self._errno.restype = ctypes.POINTER(ctypes.c_int)
        self._room = ctypes.create_string_buffer(256)
        self._ends = (ctypes.c_int * 2)()
        self._begin, self._done = threading.Event(), threading.Event()
        self._from_before: dict[str, str] = {}
        threading.Thread(target=self._try_in_an_old_thread, daemon=True).start()

    def make(self) -> None:
        """Try everything and write what came of it."""
        status = pathlib.Path("/proc/self/status")
        found = {f"native {name}": self._native(getattr(socket, name)) for name in FAMILIES}
        found["native pair"] = self._said(
            self._pair(socket.AF_INET, socket.SOCK_STREAM, 0, self._ends)
        )
        calls = _SYSCALLS[platform.machine()]
        found["io_uring"] = self._said(self._syscall(calls["io_uring"], 4, self._room))
        found["pidfd_getfd"] = self._said(self._syscall(calls["pidfd_getfd"], 99, 0, 0))
        found["ptrace"] = self._said(self._syscall(calls["ptrace"], _PTRACE_ATTACH, _NOBODY, 0, 0))
        if platform.machine() == "x86_64":
            found["x32"] = self._said(
                self._syscall(_X32_SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0)
            )
        for name in ("AF_INET", "AF_INET6", "AF_UNIX"):
            found[f"python {name}"] = _python(lambda n=name: socket.socket(getattr(socket, n)))
        found["look-up"] = _python(lambda: socket.getaddrinfo("localhost", 80))
        found["program"] = _python(lambda: subprocess.run(["true"], check=True))
        self._begin.set()
        self._done.wait()
        found |= self._from_before
        with contextlib.suppress(OSError):
            lines = status.read_text("ascii").splitlines()
            found |= dict(line.split(":\t") for line in lines if line.startswith(("Sec", "NoNew")))
        os.write(self._report, json.dumps(found).encode())
        os.close(self._report)

    def _try_in_an_old_thread(self) -> None:
        self._begin.wait()
        self._from_before["old thread"] = self._native(socket.AF_INET)
        self._done.set()

    def _native(self, family: int) -> str:
        return self._said(self._socket(family, socket.SOCK_DGRAM, 0))

    def _said(self, answer: int) -> str:
        if answer < 0:
            return errno.errorcode[self._errno().contents.value]
        with contextlib.suppress(OSError):
            os.close(answer)
        return "made"


def _python(work: Callable[[], object]) -> str:
    try:
        made = work()
    except OSError as error:
        return errno.errorcode[error.errno] if error.errno else str(error)
    if isinstance(made, socket.socket):
        made.close()
    return "made"


def _main(role: str, report: str, moment: str, *arguments: str) -> int:
    trial, real_exit = _Trial(report), os._exit
    is_made = False

    def make() -> None:
        nonlocal is_made
        if not is_made:
            is_made = True
            trial.make()

    def look(event: str, details: tuple[object, ...]) -> None:
        is_file = event == "open" and isinstance(details[0], str | bytes | os.PathLike)
        if is_file and moment in os.fsdecode(details[0]):
            make()

    def end(code: int) -> None:
        if moment == END:
            make()
        real_exit(code)

    sys.addaudithook(look)
    os._exit = end
    sys.argv = ["app", role, *arguments]
    from app.__main__ import main

    return main()


if __name__ == "__main__":
    raise SystemExit(_main(*sys.argv[1:]))
