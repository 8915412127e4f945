"""What the system takes away from a process before it decodes what strangers made."""

import contextlib
import faulthandler
import math
import os
import time

CPU_S = 5
_ADDRESS_SPACE_BYTES = 3 << 29  # 1.5 GiB: the largest picture allowed needs 0.7 of it
_ORPHAN_S = 60.0


def limit_resources() -> None:
    """From here on this process can open no file and no socket, and has little time and memory.

    The parent's watchdog holds everywhere, the system's limits on Linux and, but for the memory,
    on macOS.
    """
    # Without a parent to end it: works in native code that never comes back, too.
    faulthandler.dump_traceback_later(_ORPHAN_S, file=2, exit=True)
    if os.name != "posix":
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE_BYTES, _ADDRESS_SPACE_BYTES))
    # SIGXCPU at the first limit, which the parent can tell from other deaths.
    limit_s = math.ceil(time.process_time()) + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
    # What is open stays open; every new descriptor is refused, a socket as well as a file.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
