"""Log files that never hold what a person wrote, nor where they live.

Prompts and answers are not logged anywhere; this module makes sure of the rest: home folders become
``~``, files are private (0600), old ones go.
"""

import io
import logging
import logging.handlers
import os
import pathlib
import platform
import sys
import time

from app.domain.version import VERSION

_MAX_FILE_BYTES = 2 * 1024 * 1024
_FILES_KEPT = 5
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

log = logging.getLogger(__name__)


class BadLogLevelError(ValueError):
    """The text after --log names no level."""


def scrub(text: str) -> str:
    """Replace the home folder, which names its owner, by ``~``."""
    home = str(pathlib.Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


class _Formatter(logging.Formatter):
    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class _PrivateFile(logging.handlers.RotatingFileHandler):
    def _open(self) -> io.TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return io.TextIOWrapper(os.fdopen(descriptor, "ab"), encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A full disk costs the line, and nobody is shown a traceback for it."""


def configure_logging(*, folder: pathlib.Path | None, levels: str) -> None:
    """Send log records to a rotating file, or to stderr where `folder` is None.

    Args:
        folder: Made if it is missing; a folder that cannot be written leaves stderr.
        levels: ``LEVEL[,name=LEVEL…]``, e.g. ``warning,app.engine=debug``.

    Raises:
        BadLogLevelError: A level is unknown.
    """
    root = logging.getLogger()
    for part in levels.split(","):
        name, _, level = part.rpartition("=")
        number = logging.getLevelNamesMapping().get(level.strip().upper())
        if number is None:
            raise BadLogLevelError(level)
        logging.getLogger(name.strip() or None).setLevel(number)
    handler = _handler(folder)
    handler.setFormatter(_Formatter(_FORMAT, datefmt="%Y-%m-%dT%H:%M:%SZ"))
    root.addHandler(handler)
    # Not `platform.platform()`, which starts a program on Linux to ask it for the processor.
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    log.info("Cierzo %s, Python %s, %s", VERSION, sys.version.split()[0], system)


def _handler(folder: pathlib.Path | None) -> logging.Handler:
    if folder is None:
        return logging.StreamHandler()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _PrivateFile(
            folder / "cierzo.log",
            maxBytes=_MAX_FILE_BYTES,
            backupCount=_FILES_KEPT - 1,
            encoding="utf-8",
        )
    except OSError:
        return logging.StreamHandler()
