"""A flag that native code polls without touching Python."""

import ctypes
import os


class AbortFlag:
    """Set from any thread, read by ggml's CPU backend between the nodes of a graph.

    The abort callback is the C library's own `strlen` on a two-byte buffer: 0 (false) while it is
    empty, 1 (true) once a byte is set. A Python callback would take the interpreter lock about a
    thousand times per token. Other backends ignore it; there the unit of a cancel is one batch.

    Attributes:
        function: The callback's code, to be cast to the binding's callback type.
        data: The callback's argument.
    """

    def __init__(self) -> None:
        self._buffer = ctypes.create_string_buffer(2)
        library = ctypes.CDLL(None) if os.name == "posix" else ctypes.CDLL("msvcrt")
        self.function = library.strlen
        self.data = ctypes.cast(self._buffer, ctypes.c_void_p)

    def set(self) -> None:
        """Abort the running computation soon."""
        self._buffer[0] = b"\1"

    def clear(self) -> None:
        """Allow computation."""
        self._buffer[0] = b"\0"

    @property
    def is_set(self) -> bool:
        """Whether an abort was asked for."""
        return self._buffer[0] != b"\0"
