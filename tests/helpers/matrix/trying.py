"""One try of a row, and where it goes in the tally."""

import contextlib
import pathlib
import subprocess
from collections.abc import Iterator

from tests.helpers.errands import WindowDiedError, WindowHungError
from tests.helpers.matrix.row import Tally


class LostError(Exception):
    """Something that was written or answered is gone; the text says what."""


@contextlib.contextmanager
def trying(tally: Tally, what: str) -> Iterator[None]:
    """Count what goes wrong inside; `what` says how to have it again."""
    tally.tried += 1
    try:
        yield
    except WindowHungError as error:
        tally.hangs += 1
        tally.wrong.append(f"{what}: {error}")
    except WindowDiedError as error:
        tally.deaths += 1
        tally.wrong.append(f"{what}: {error}")
    except LostError as error:
        tally.losses += 1
        tally.wrong.append(f"{what}: {error}")
    except Exception as error:  # noqa: BLE001 - the others have to be tried all the same
        tally.wrong.append(f"{what}: {type(error).__name__}: {error}")


class NoDiskError(Exception):
    """Disks cannot be made here."""


@contextlib.contextmanager
def small_disk(folder: pathlib.Path, options: str) -> Iterator[pathlib.Path]:
    """A file system in memory; options as those of mount, e.g. size=2m.

    Raises:
        NoDiskError: Only root on Linux can make one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        raise NoDiskError("disks can only be made by root on Linux") from None
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
