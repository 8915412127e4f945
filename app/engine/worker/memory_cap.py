"""A limit on the memory that a stranger's program takes, for as long as it runs."""

import contextlib
import pathlib
import sys
from collections.abc import Iterator

_STATM = pathlib.Path("/proc/self/statm")
_DATA = 5  # its field: private pages that can be written, stacks included


@contextlib.contextmanager
def memory_cap(more_bytes: int) -> Iterator[None]:
    """Have Python raise `MemoryError` where it takes more than that beside what it has.

    On Linux only. What is mapped from a file, as weights are, does not count.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    has_bytes = int(_STATM.read_text().split()[_DATA]) * resource.getpagesize()
    bounds = [bound for bound in (soft, hard) if bound != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([has_bytes + more_bytes, *bounds]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
