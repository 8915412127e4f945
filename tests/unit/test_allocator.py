"""Memory that is needed for a moment goes back to the system, whichever thread needed it."""

import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
# Eight threads, each with a heap of its own, hold blocks for a moment; the first one frees some of
# the size that glibc keeps from then on. Above each lies a small block that stays.
BRIEFLY = """
import ctypes, sys, threading
sys.argv = ["cierzo", "--version"]
try:
    __import__("app.__main__").__main__.main()
except SystemExit:
    pass
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
def taken_kb():
    lines = open("/proc/self/smaps_rollup").read().split("\\n")
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon"))
turn = threading.Barrier(8)
def work():
    for _ in range(3):
        blocks = [libc.malloc(4 << 20) for _ in range(3)]
        for block in blocks:
            ctypes.memset(block, 1, 4 << 20)
        libc.malloc(1 << 16)
        turn.wait()
        for block in blocks:
            libc.free(block)
        turn.wait()
before = taken_kb()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(taken_kb() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux is meant")
def test_what_threads_held_for_a_moment_is_given_back():
    result = subprocess.run(
        [sys.executable, "-c", BRIEFLY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(result.stdout.split()[-1]) < 8_000, "kB are still taken"
