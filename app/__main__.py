"""Decides what this process is, before anything heavy is imported."""

import gc
import importlib
import os
import sys

from app.hardware.allocator import settle_allocator
from app.hardware.processor import processor_problem

_WITH_VALUE = ("--home", "--log")
_GLOBAL_FLAGS = ("--json", "--version", "--quick")
_REFUSED = 3
# Each has a function `run`, which answers with an exit code.
_WORKERS = {
    "--engine-worker": "app.engine.worker.main",
    "--engine-probe": "app.engine.worker.probe",
    "--engine-speed": "app.engine.worker.speed_probe",
    "--media-worker": "app.media.worker.main",
    "--download-worker": "app.downloads.worker.main",
    "--header-reader": "app.catalog.header_worker",
    "--chat-reader": "app.exchange.worker.reading.main",
    "--chat-writer": "app.exchange.worker.writers.main",
    "--picture-drawer": "app.ui.picture_drawer",
    "--self-test-window": "app.self_test.window_process",
    "--probe": "app.cli.probe",
}


def main() -> int:
    """Run the role that the command line names and return its exit code."""
    _have_streams()
    settle_allocator()
    arguments = sys.argv[1:]
    role = first_word(arguments)
    is_window = "--version" not in arguments and (not role or role.lower().endswith(".gguf"))
    if problem := processor_problem():
        return _refuse(problem, is_window=is_window)
    if role in _WORKERS:
        return int(importlib.import_module(_WORKERS[role]).run())
    try:
        if role == "--self-test":
            from app.self_test.main import run as run_front_end
        elif is_window:
            gc.disable()  # a 20th of the start; app/ui/garbage.py takes over
            from app.main import run as run_front_end
        else:
            from app.cli.main import run as run_front_end
        return run_front_end(arguments)
    except KeyboardInterrupt:  # while still importing
        return 130


def _have_streams() -> None:
    """Give what is said a place: a program without a console has no streams on Windows.

    The parser of the command line, libraries and we write to them; nobody is there to read it.
    `sys.__stderr__` goes on telling that.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123


def _refuse(problem: str, *, is_window: bool) -> int:
    if is_window:
        from app.ui.without_window import tell

        tell(problem)
    else:
        sys.stderr.write(f"error: {problem}\n")
    return _REFUSED


def first_word(arguments: list[str]) -> str:
    """Return the first argument that is not a global option, empty if there is none."""
    words = iter(arguments)
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif word not in _GLOBAL_FLAGS and not word.startswith(tuple(f"{o}=" for o in _WITH_VALUE)):
            return word
    return ""


if __name__ == "__main__":
    sys.exit(main())
