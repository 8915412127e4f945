"""llama.cpp as the rest of the worker sees it: one import, its log, its aborts.

Everything native goes through here, so that the library's import-time habits (a log callback that
prints, a backend that is initialised on first use) are set right once, before any model is touched.
"""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from llama_cpp import llama_cpp as llama

from app.domain.device import Skipped
from app.engine.worker.backends import load_backends
from app.engine.worker.ggml import libggml_base

__all__ = ["captured_log", "features", "hide_path", "initialise", "libggml_base", "llama", "on_log"]

_listeners: list[list[str]] = []
_hidden: dict[str, str] = {}
# enum ggml_log_level; such messages name every tensor and graph input: thousands of lines per load.
_LOG_LEVEL_DEBUG = 1


def initialise() -> tuple[Skipped, ...]:
    """Redirect the native log to stderr and memory, report aborts, start the backends.

    Returns:
        Backends that cannot be used.

    Raises:
        NoBackend: There is nothing to compute on.
    """
    llama.llama_log_set(on_log, ctypes.c_void_p(0))
    libggml_base.ggml_set_abort_callback(_on_abort)
    skipped = load_backends()
    llama.llama_backend_init()
    return skipped


@ctypes.CFUNCTYPE(None, ctypes.c_char_p)  # type: ignore[untyped-decorator]
def _on_abort(message: bytes | None) -> None:
    """Say why ggml is about to abort, while there is still somebody to say it."""
    os.write(2, b"ggml aborts: " + (message or b"?") + b"\n")


@llama.llama_log_callback  # type: ignore[untyped-decorator]
def on_log(level: int, text: bytes | None, _data: object) -> None:
    """Take one message of a native library; for their `…_log_set`."""
    if not text or level == _LOG_LEVEL_DEBUG:
        return
    words = text.decode("utf-8", "replace")
    for path, name in _hidden.items():
        words = words.replace(path, name)
    sys.stderr.write(words)
    for pieces in _listeners:
        pieces.append(words)


def hide_path(path: str, name: str) -> None:
    """Show a model by its name from now on: where it lies is the person's affair."""
    _hidden[path] = name


@contextmanager
def captured_log() -> Iterator[list[str]]:
    """Collect what llama.cpp logs inside the block, in pieces as they come."""
    pieces: list[str] = []
    _listeners.append(pieces)
    try:
        yield pieces
    finally:
        _listeners[:] = [other for other in _listeners if other is not pieces]


def features() -> tuple[str, ...]:
    """Name what the engine was compiled with and this processor has, e.g. ``CPU : AVX2 = 1``."""
    info = (llama.llama_print_system_info() or b"").decode("utf-8", "replace")
    return tuple(part.strip() for part in info.split("|") if part.strip())
