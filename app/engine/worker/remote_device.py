"""A second device for tests: another process on this machine that ggml computes in.

The one way in which the engine worker opens a socket, and nothing that a person could use: it has
to be asked for on the command line, is refused in a packaged build, and goes to this machine only.
"""

import ctypes
import socket
import sys

OPTION = "--test-rpc"
# ggml cannot read an IPv6 address with a port.
_LOOPBACK = ("127.0.0.1", "localhost")
_PATIENCE_S = 5.0


def remote_endpoint(arguments: list[str]) -> str | None:
    """The endpoint "host:port" that the command line names; None where it names none.

    Raises:
        SystemExit: It is not allowed.
    """
    if OPTION not in arguments:
        return None
    endpoint = "".join(arguments[arguments.index(OPTION) + 1 :][:1])
    host, _, port = endpoint.partition(":")
    if getattr(sys, "frozen", False) or host not in _LOOPBACK or not port.isdecimal():
        raise SystemExit(f"{OPTION} takes an endpoint of this machine, in a development build")
    return endpoint


def add_remote_device(endpoint: str) -> None:
    """Let ggml compute there; without anybody there, as on a PC without a GPU, nothing is added."""
    host, _, port = endpoint.partition(":")
    try:
        # ggml would abort.
        socket.create_connection((host, int(port)), timeout=_PATIENCE_S).close()
    except OSError:
        sys.stderr.write(f"nobody is at {endpoint}\n")
        return
    from app.engine.worker import ggml  # the pipe comes first: loading a library may print

    find, register = ggml.libggml.ggml_backend_reg_by_name, ggml.libggml.ggml_backend_register
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    register.restype, register.argtypes = None, [ctypes.c_void_p]
    connect = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(
        ggml.backend_function(find(b"RPC"), b"ggml_backend_rpc_add_server")
    )
    register(connect(endpoint.encode()))
