"""How many threads compute."""

import os

import psutil


def physical_cores() -> int:
    """How many cores this process may use; the second thread of a core only gets in the way."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return min(cores, allowed)
