"""Decides what this process is, before anything heavy is imported."""

import importlib
import sys

from app.hardware.processor import require_processor

_WITH_VALUE = ("--home", "--log")
_GLOBAL_FLAGS = ("--json", "--version", "--quick")
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
    "--probe": "app.cli.probe",
}


def main() -> int:
    """Run the role that the command line names and return its exit code."""
    require_processor()
    arguments = sys.argv[1:]
    role = first_word(arguments)
    if role in _WORKERS:
        return int(importlib.import_module(_WORKERS[role]).run())
    is_window = not role or role.lower().endswith(".gguf")
    try:
        if is_window and "--version" not in arguments:
            from app.main import run as run_front_end
        else:
            from app.cli.main import run as run_front_end
        return run_front_end(arguments)
    except KeyboardInterrupt:  # while still importing
        return 130


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
