"""When and on what a run is made."""

import datetime as dt
import os
import pathlib
import platform
import subprocess
import sys

import msgspec
import psutil

_ROOT = pathlib.Path(__file__).parents[3]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Of one run, in words.

    Attributes:
        date: YYYY-MM-DD.
        commit: Of the program, with "+" where files other than documents were changed since.
        machine: In general words.
    """

    date: str
    commit: str
    machine: str


def here() -> Place:
    """This run's.

    Raises:
        OSError: There is no git.
        subprocess.CalledProcessError: This is no checkout.
    """
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ":!*.md")
    commit = _git("rev-parse", "--short=9", "HEAD")
    gib = round(psutil.virtual_memory().total / (1 << 30))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Place(
        date=dt.datetime.now(dt.UTC).date().isoformat(),
        commit=commit + ("+" if changed else ""),
        machine=f"{sys.platform} {platform.machine()}, {cores} cores, {gib} GiB",
    )


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
