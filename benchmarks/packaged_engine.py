"""Tokens per second of an answer: the packages' engine against the one compiled for this machine.

The first has a library per generation of processors and takes the best at run time; the second, of
the development environment, was compiled for this very processor. Both run behind our worker, and
are counted from the first to the last text that arrives in the parent.
`packaged_engine.prefill` is the same for the tokens of a prompt, by the worker's clock.

Wants `uv run packaging/build-engine --backends cpu` to have been run: else it compiles for long.
"""

import pathlib
import subprocess
import sys
from contextlib import closing

from app.engine.packs import environment_for
from app.engine.protocol import TextDelta
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved
from benchmarks.processes import OurEngine, must_rest
from benchmarks.prompts import SHORT, long_prompt

PAIRS = 15
_TOKENS = 200
_WORDS = 1000
_BUILD = pathlib.Path(__file__).parents[1] / "packaging" / "build-engine"


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs."""
    environment = environment_for(_packaged_engine(), None)
    with closing(OurEngine(environment=environment)) as ours, closing(OurEngine()) as base:
        for engine in (ours, base):
            engine.ask("", 1)
        interleaved(1, lambda i: _rates(ours, base, -1), lambda i: _rates(base, ours, -1))
        measured = interleaved(
            pairs, lambda i: _rates(ours, base, i), lambda i: _rates(base, ours, i)
        )
    return figures(
        measured,
        Spec("packaged_engine", "tokens/s", Limit("ratio", ">=", 0.95)),
        Spec("packaged_engine.prefill", "tokens/s"),
    )


def _packaged_engine() -> pathlib.Path:
    command = [sys.executable, str(_BUILD), "--backends", "cpu"]
    made = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return pathlib.Path(made.stdout.splitlines()[-1])


def _rates(engine: OurEngine, other: OurEngine, i: int) -> Row:
    """Tokens per second of an answer, and of a prompt that nobody has read."""
    with must_rest(other.pid):
        request = engine.begin(SHORT, _TOKENS)
        end = engine.finish(request)
        read = engine.finish(engine.begin(long_prompt(_WORDS, i), 1))
    if end.usage.completion_tokens != _TOKENS:
        raise BenchmarkError("the answer is too short")
    heard = [(at_s, e) for at_s, e in request.heard if isinstance(e, TextDelta)]
    (first_s, first), (last_s, last) = heard[0], heard[-1]
    tokens = last.completion_tokens - first.completion_tokens
    read_tokens = read.usage.prompt_tokens - read.usage.reused_tokens
    return tokens / (last_s - first_s), read_tokens / read.timings.prompt_s
