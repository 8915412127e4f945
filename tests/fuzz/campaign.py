"""Runs targets for a while, each in a process of its own, and keeps what is found."""

import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import msgspec

from tests.fuzz.target import CORPORA, Target

_ROOT = pathlib.Path(__file__).parents[2]
_MOST_INPUT_BYTES = 20_000
_SLOW_S = 20
_EXECUTIONS = re.compile(r"stat::number_of_executed_units: +(\d+)")
# Beyond its seconds: to import, to run the corpus and to end.
_PATIENCE_S = 120


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a target.

    Attributes:
        executions: Inputs that were tried.
        crashes: Files that broke the promise, or took more than twenty seconds.
    """

    target: Target
    seconds: int
    executions: int
    crashes: tuple[pathlib.Path, ...]
    is_guided: bool


def has_atheris() -> bool:
    """Whether inputs can follow the branches that they reach."""
    return importlib.util.find_spec("atheris") is not None


class Campaign:
    """Several runs over one place for corpora.

    Args:
        corpus: Outside of the repository; gets a folder per target.
        seconds: For each target.
    """

    def __init__(self, corpus: pathlib.Path, *, seconds: int) -> None:
        self._corpus = corpus
        self._seconds = seconds

    def run(self, target: Target) -> Run:
        """Try one; waits for it."""
        folder = self._corpus / target.name
        folder.mkdir(parents=True, exist_ok=True)
        before = set(folder.glob("*-*"))
        is_guided = has_atheris()
        # libFuzzer ends its process without a word to Python, which would leave its files.
        with tempfile.TemporaryDirectory(prefix="cierzo-fuzz-") as scratch:
            process = self._start(target, folder, scratch, is_guided=is_guided)
        found = _EXECUTIONS.search(process.stderr)
        (folder / "last.log").write_text(process.stderr[-100_000:], encoding="utf-8")
        crashes = tuple(sorted(set(folder.glob("*-*")) - before))
        if process.returncode and not crashes:
            raise RuntimeError(process.stderr[-3000:])
        return Run(
            target=target,
            seconds=self._seconds,
            executions=int(found[1]) if found else 0,
            crashes=crashes,
            is_guided=is_guided,
        )

    def _start(
        self, target: Target, folder: pathlib.Path, scratch: str, *, is_guided: bool
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *self._command(target, folder, is_guided=is_guided)],
            cwd=_ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": scratch},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=self._seconds + _PATIENCE_S,
            check=False,
        )

    def _command(self, target: Target, folder: pathlib.Path, *, is_guided: bool) -> list[str]:
        if not is_guided:
            return ["tests.fuzz.run_blind", target.name, str(folder), str(self._seconds)]
        inputs = folder / "inputs"
        inputs.mkdir(exist_ok=True)
        return [
            *("tests.fuzz.run_atheris", target.name, str(inputs), str(CORPORA / target.name)),
            *(f"-max_total_time={self._seconds}", f"-max_len={_MOST_INPUT_BYTES}"),
            *(f"-timeout={_SLOW_S}", "-print_final_stats=1", "-rss_limit_mb=2048"),
            f"-artifact_prefix={folder}/",
        ]
