"""How the C library keeps the memory that was given back to it.

glibc raises the size from which a block is the system's own with every large block that is freed,
up to 32 MiB, and keeps smaller ones in up to eight heaps per core. What was needed once for a
moment, on whatever thread, then stays taken: in a dozen rounds of `scripts/soak` the window grew by
half, with thread heaps of 10 MB of which a tenth was in use (measured).
"""

import sys

# Of <malloc.h>.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_OWN_BLOCK_BYTES = 1 << 20
_HEAPS = 2


def settle_allocator() -> None:
    """Have large blocks go back to the system when they are freed; before threads are started.

    Nothing happens on another system or C library.
    """
    if sys.platform != "linux":
        return
    import ctypes

    try:
        choose = ctypes.CDLL(None).mallopt
    except AttributeError:
        return
    choose(_M_MMAP_THRESHOLD, _OWN_BLOCK_BYTES)
    choose(_M_ARENA_MAX, _HEAPS)
