"""What a worker process does to itself before it works."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def become_worker() -> None:
    """Die with the parent, before it when memory runs out, and leave no core file.

    Ctrl-C in a terminal reaches the whole group; what it means is the parent's to decide.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    _prefer_as_victim()


def _die_with_parent() -> None:
    """Have Linux kill this process when the thread that started it ends.

    End of file on stdin does the same everywhere, unless native code or a chat template holds
    Python's lock.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prefer_as_victim() -> None:
    """Let the system end this process first when memory runs out, and write no core file."""
    if os.name != "posix":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:  # noqa: PTH123
            file.write("500")
    except OSError:
        return  # not Linux, or not allowed: the system decides
