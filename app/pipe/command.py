"""How a role of this program is started: the one place that knows about frozen bundles."""

import subprocess
import sys

HIDE_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def worker_command(role: str) -> list[str]:
    """Return the argv that starts this program as `role`, e.g. ``--engine-worker``.

    In a checkout `-P` keeps the current folder off the import path: a file named like one of
    our modules in the folder that a person happens to be in must never be run.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, role]
    return [sys.executable, "-P", "-X", "utf8", "-m", "app", role]
