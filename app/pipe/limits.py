"""What the system takes away from a throw-away process before it looks at strangers' bytes."""

import contextlib
import faulthandler
import math
import os
import sys
import time

# What a process does that leaves its own: connects, starts a program, loads native code.
_LEAVING = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
    "ctypes.",
)


def limit_resources(
    *, cpu_s: int, address_space_bytes: int, orphan_s: float, open_files: int = 0
) -> None:
    """From here on this process has little time and memory, and can open no file and no socket.

    The parent's watchdog holds everywhere, the system's limits on Linux and, but for the memory,
    on macOS.

    Args:
        cpu_s: Processor time from now on.
        address_space_bytes: Of everything, the interpreter included.
        orphan_s: From now on, should there be no parent to end it: works in native code that never
            comes back, too.
        open_files: Most descriptors at once, for a process that reads files by and by; it calls
            `stay_inside` as well.
    """
    faulthandler.dump_traceback_later(orphan_s, file=2, exit=True)
    if os.name != "posix":
        return
    import resource

    limit_memory(address_space_bytes)
    # SIGXCPU at the first limit, which the parent can tell from other deaths.
    limit_s = math.ceil(time.process_time()) + cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    # What is open stays open; every further descriptor is refused, a socket as well as a file.
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))


def limit_memory(address_space_bytes: int) -> None:
    """From here on this process can have no more memory, on Linux, the interpreter included."""
    if os.name != "posix":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (address_space_bytes, address_space_bytes))


def stay_inside() -> None:
    """From here on Python code in this process opens no socket and starts no program."""
    sys.addaudithook(_refuse_to_leave)


def _refuse_to_leave(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith(_LEAVING):
        raise PermissionError(event)
