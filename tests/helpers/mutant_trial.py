"""Loading damaged models in the real worker, one after the other, and what came of each."""

import collections
import contextlib
import pathlib
import tempfile
import time
from collections.abc import Iterator

import msgspec

from app.domain.errors import AppError
from app.domain.model_file import ModelFile
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.mutations import write_mutant

LIMIT_S = 30.0


class Trial(msgspec.Struct, frozen=True):
    """What one mutant did.

    Attributes:
        outcome: "answer", the code of the one sentence, or "bug".
        died: The worker did not survive it.
    """

    seed: int
    mutator: str
    outcome: str
    died: bool
    seconds: float


def try_mutants(sources: list[pathlib.Path], seeds: range) -> Iterator[Trial]:
    """Load each mutant in one worker, as long as it lives, and ask it one question."""
    deaths: list[Exception] = []
    healthy = ModelFile(name="healthy", path=sources[0])
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(EngineRunner(healthy)) as runner,
    ):
        note_death = runner.client.on_death

        def died(error: Exception, was_idle: bool) -> None:
            deaths.append(error)
            note_death(error, was_idle)

        runner.client.on_death = died
        for seed in seeds:
            path = pathlib.Path(folder, f"{seed}.gguf")
            mutator = write_mutant(sources[seed % len(sources)], path, seed)
            deaths.clear()
            began_s = time.monotonic()
            runner.service.use(ModelFile(name="mutant", path=path))
            end = runner.ask("Hello", max_tokens=2).end
            seconds = time.monotonic() - began_s
            path.unlink()
            outcome = end.code if isinstance(end, AppError) else "bug"
            if not isinstance(end, Exception):
                outcome = "answer"
            yield Trial(seed, mutator, outcome, bool(deaths), seconds)


def summary(trials: list[Trial]) -> str:
    """The counts, as a table in plain text."""
    outcomes = collections.Counter(trial.outcome for trial in trials)
    lines = [f"{count:6d}  {outcome}" for outcome, count in outcomes.most_common()]
    deaths = sum(trial.died for trial in trials)
    slowest = max(trials, key=lambda trial: trial.seconds)
    lines.append(f"{len(trials):6d}  in all; {deaths} ended the worker")
    lines.append(f"slowest: {slowest.seconds:.1f} s (seed {slowest.seed}, {slowest.mutator})")
    return "\n".join(lines)
