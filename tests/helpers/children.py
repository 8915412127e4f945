"""Processes that a test started, and not one before it."""

import psutil
import pytest

_earlier: set[psutil.Process] = set()


@pytest.fixture(autouse=True)
def only_mine() -> None:
    """Leave out what other tests left running."""
    _earlier.clear()
    _earlier.update(psutil.Process().children())


def workers() -> list[psutil.Process]:
    """Those that run."""
    return [child for child in psutil.Process().children() if child not in _earlier]
