"""Runs the session: as it is under strace, and where there is no network at all."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import time

import msgspec

from app.settings.folders import folders_for
from tests.helpers.day import ANSWER, QUESTION
from tests.helpers.day_model import REPOSITORY, own_catalogue, write_model
from tests.helpers.exported import words_of
from tests.helpers.silence.session import SECRET

_ROOT = pathlib.Path(__file__).parents[3]
_LIMIT_S = 900.0
# Every call that makes or uses a socket, and those that tell which process it was.
_CALLS = "network,io_uring_setup,execve,execveat,clone,clone3,fork,vfork"
_WORDS_LENGTH = 200


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """How a session went.

    Attributes:
        steps: What came of each, in their order.
        exit_code: Of the window.
        last_words: The end of what it said on stderr.
        files: What it left in its home: name within, and permission bits.
        secret_in: Files with a word that was said in a private chat only.
        question_in: Files with a question of another chat: that words can be found.
        exported: Whether the answer is in each exported file, by its ending.
    """

    steps: dict[str, object]
    exit_code: int
    last_words: str
    files: dict[str, int]
    secret_in: tuple[str, ...]
    question_in: tuple[str, ...]
    exported: dict[str, bool]
    wall_s: float


def strace_to(log: pathlib.Path) -> list[str]:
    """What watches a program and all that it starts.

    Without `--seccomp-bpf`, with which it would not see a call that a worker's own filter refuses.
    """
    return [
        "strace",
        "-f",
        "-qq",
        "-s",
        str(_WORDS_LENGTH),
        "-e",
        f"trace={_CALLS}",
        "-o",
        str(log),
    ]


def without_network() -> list[str]:
    """What starts a program in a network namespace of its own, in which not even loopback is up."""
    return ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]


def obstacle() -> str:
    """Why this machine cannot watch; empty where it can."""
    for command in (
        ["strace", "-f", "-qq", "-o", os.devnull, "true"],
        [*without_network(), "true"],
    ):
        try:
            run = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            return f"there is no {command[0]}"
        if run.returncode:
            return f"{command[0]} may not work here: {run.stderr.strip()}"
    return ""


def run_session(
    folder: pathlib.Path,
    wrapper: list[str],
    environment: dict[str, str],
    *,
    with_idle: bool,
) -> Session:
    """Have a person who has a model of the tests use the window.

    Args:
        folder: A new one.
        wrapper: A command that starts the window.
        environment: With a screen.
        with_idle: Wait for what is done after a minute in which nobody does anything.
    """
    home, files = folder / "home", folder / "files"
    files.mkdir(parents=True)
    folders = folders_for(home)
    folders.config.mkdir(parents=True)
    models = folders.data / "models" / REPOSITORY
    models.mkdir(parents=True)
    (folders.config / "models.toml").write_text(own_catalogue(write_model(models)), "utf-8")
    begun_s = time.monotonic()
    session = [sys.executable, "-m", "tests.helpers.silence.session", str(home), str(files)]
    run = subprocess.run(
        [*wrapper, *session, "idle" if with_idle else "short"],
        cwd=_ROOT,
        env={**environment, "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    wall_s = time.monotonic() - begun_s
    left = {str(p.relative_to(home)): p for p in sorted(home.rglob("*")) if p.is_file()}
    return Session(
        steps=dict(json.loads(line) for line in run.stdout.splitlines()),
        exit_code=run.returncode,
        last_words=run.stderr[-2000:],
        files={name: stat.S_IMODE(path.stat().st_mode) for name, path in left.items()},
        secret_in=_with(folder, SECRET),
        question_in=_with(folder, QUESTION),
        exported={path.suffix: ANSWER in words_of(path) for path in sorted(files.glob("out.*"))},
        wall_s=wall_s,
    )


def _with(folder: pathlib.Path, words: str) -> tuple[str, ...]:
    """Names of files there that have these words, in whatever encoding a program would use."""
    wanted = [words.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = (path for path in paths if any(each in path.read_bytes() for each in wanted))
    return tuple(str(path.relative_to(folder)) for path in found)
