"""F1: model files that are damaged."""

import collections
import itertools
import pathlib
from collections.abc import Iterable

from tests.helpers.handmade_gguf import HANDMADE
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.mutant_trial import LIMIT_S, Trial, try_files
from tests.helpers.mutations import MUTATORS, write_mutant
from tests.helpers.tiny_model import write_tiny_llama
from tests.helpers.tiny_models import write_mistral4


def _try_mutants(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    healthy = write_tiny_llama(folder / "healthy.gguf")
    sources = [healthy, write_mistral4(folder / "mistral4.gguf")]

    def files() -> Iterable[tuple[str, pathlib.Path]]:
        for seed in range(first_seed, first_seed + count):
            path = folder / f"seed-{seed}.gguf"
            mutator = write_mutant(sources[seed // len(MUTATORS) % 2], path, seed)
            yield f"seed {seed}: {mutator}", path

    return _tally(try_files(healthy, files()))


def _try_handmade(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """One after the other, whatever the seed."""
    healthy = write_tiny_llama(folder / "healthy.gguf")

    def files() -> Iterable[tuple[str, pathlib.Path]]:
        kinds = itertools.cycle(HANDMADE.items())
        for kind, make in itertools.islice(kinds, first_seed - 1, first_seed - 1 + count):
            path = folder / "handmade.gguf"
            path.write_bytes(make())
            yield kind, path

    return _tally(try_files(healthy, files()))


def _tally(trials: Iterable[Trial]) -> Tally:
    tally = Tally()
    outcomes: collections.Counter[str] = collections.Counter()
    ended, slowest_s = 0, 0.0
    for trial in trials:
        tally.tried += 1
        outcomes["answer" if trial.outcome == "answer" else "sentence"] += 1
        ended += trial.died
        slowest_s = max(slowest_s, trial.seconds)
        if trial.seconds > LIMIT_S:
            tally.hangs += 1
            tally.wrong.append(f"{trial.name}: {trial.seconds:.0f} s")
        if trial.outcome == "bug":
            tally.wrong.append(f"{trial.name}: no sentence for people")
    tally.figures = [
        f"{outcomes['sentence']} refused in a sentence, {outcomes['answer']} answered all the same",
        f"the engine ended {ended} times; slowest {slowest_s:.1f} s",
    ]
    return tally


_EXPECTED = "an answer or one sentence, within 30 s"
ROWS = (
    Row(
        number="F1",
        fault="a model file is damaged: bits, bytes, numbers, pieces that lack or come twice",
        expected=_EXPECTED,
        tries=1500,
        tries_in_tests=12,
        run=_try_mutants,
    ),
    Row(
        number="F1",
        fault="a model file is wrong in one of the ways that llama.cpp's own tests know",
        expected=_EXPECTED,
        tries=len(HANDMADE),
        tries_in_tests=8,
        run=_try_handmade,
    ),
)
