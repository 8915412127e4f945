"""Loading damaged models in the real worker, one after the other, and what came of each."""

import contextlib
import pathlib
import time
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.errors import AppError
from app.domain.model_file import ModelFile
from tests.helpers.engine_runner import EngineRunner

LIMIT_S = 30.0


class Trial(msgspec.Struct, frozen=True):
    """What one file did.

    Attributes:
        outcome: "answer", the code of the one sentence, or "bug".
        died: The worker did not survive it.
    """

    name: str
    outcome: str
    died: bool
    seconds: float


def try_files(healthy: pathlib.Path, files: Iterable[tuple[str, pathlib.Path]]) -> Iterator[Trial]:
    """Load each in one worker, as long as it lives, and ask it one question; deletes the files.

    Args:
        healthy: A model that is whole.
        files: Name for people and path of each.
    """
    deaths: list[Exception] = []
    with contextlib.closing(EngineRunner(ModelFile(name="healthy", path=healthy))) as runner:
        note_death = runner.client.on_death

        def died(error: Exception, was_idle: bool) -> None:
            deaths.append(error)
            note_death(error, was_idle)

        runner.client.on_death = died
        for name, path in files:
            deaths.clear()
            began_s = time.monotonic()
            runner.service.use(ModelFile(name="mutant", path=path))
            end = runner.ask("Hello", max_tokens=2).end
            seconds = time.monotonic() - began_s
            path.unlink()
            outcome = end.code if isinstance(end, AppError) else "bug"
            if not isinstance(end, Exception):
                outcome = "answer"
            yield Trial(name, outcome, bool(deaths), seconds)
