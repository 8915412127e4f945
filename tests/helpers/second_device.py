"""A second device without a GPU: a child process in which ggml computes, behind loopback.

`python -m tests.helpers.second_device COUNT` prints "host:port" when it can be reached and lives
until its stdin is closed. For llama.cpp it is a device of type GPU with memory of its own.
"""

import ctypes
import os
import pathlib
import subprocess
import sys
from typing import Self

# Every buffer comes from the system and goes back to it: then a limit is exact.
_EXACT_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_ARENA_MAX": "1"}


class SecondDevice:
    """A running device; a context manager that ends it in every case.

    Attributes:
        endpoint: For the worker's hidden option.
    """

    def __init__(self, *, count: int = 1, spare_bytes: int | None = None) -> None:
        """Start it.

        Args:
            count: As how many devices it appears: RPC0, RPC1 …
            spare_bytes: All that it can allocate, whatever it claims to have free.
        """
        arguments = [str(count)] if spare_bytes is None else [str(count), str(spare_bytes)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.second_device", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | (_EXACT_MEMORY if spare_bytes is not None else {}),
            text=True,
        )
        self.endpoint = self._process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Pull the plug."""
        with self._process:
            self._process.kill()


def _run() -> None:
    out = os.dup(1)
    os.dup2(2, 1)  # the server prints
    from app.engine.worker.native import initialise
    from app.pipe.sandbox import become_worker

    become_worker()  # dies with the test
    initialise()
    count, *spare_bytes = map(int, sys.argv[1:])
    endpoint = _serve(count)
    if spare_bytes:
        _limit_memory(*spare_bytes)
    os.write(out, endpoint.encode() + b"\n")
    sys.stdin.read()
    os._exit(0)


def _serve(count: int) -> str:
    """Serve on a thread, at a port that is free; return the endpoint when somebody answers."""
    import socket
    import threading

    from app.engine.worker import ggml

    find = ggml.libggml.ggml_backend_reg_by_name
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    signature = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t)
    start = ctypes.CFUNCTYPE(None, *signature, ctypes.c_void_p)(
        ggml.backend_function(find(b"RPC"), b"ggml_backend_rpc_start_server")
    )
    devices = (ctypes.c_void_p * count)(*[ggml.device_at(0)] * count)
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        endpoint = f"127.0.0.1:{port}"
        arguments = (endpoint.encode(), None, 1, count, ctypes.addressof(devices))
        server = threading.Thread(target=start, args=arguments, daemon=True)
        server.start()
        while server.is_alive():  # else somebody else took the port
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except ConnectionRefusedError:
                server.join(0.01)
            else:
                return endpoint


def _limit_memory(spare_bytes: int) -> None:
    import resource

    pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[0])
    limit_bytes = pages * resource.getpagesize() + spare_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))


if __name__ == "__main__":
    _run()
