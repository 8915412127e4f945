"""Tokens per second beside other ways to run the same file; there are no limits, only the record.

`peers.high_level` is llama-cpp-python's own generator. `peers.node` is node-llama-cpp; it is left
out where the variable NODE_LLAMA_CPP names no folder in which npm installed it, by
`npm install --omit=optional node-llama-cpp @node-llama-cpp/linux-x64`.
"""

import os
import pathlib
from contextlib import closing

from app.catalog.catalog import load_catalog
from benchmarks.figure import BenchmarkError, Figure, Row, Spec, figures, interleaved
from benchmarks.processes import CONTEXT_TOKENS, THREADS, BareProcess, OurEngine, python_module
from benchmarks.prompts import SHORT

PAIRS = 7
_TOKENS = 200


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs beside each."""
    arguments = (str(load_catalog().starter.path()), str(CONTEXT_TOKENS), str(THREADS))
    found = _beside(
        "peers.high_level", [*python_module("benchmarks.high_level_loop"), *arguments], pairs
    )
    if folder := os.environ.get("NODE_LLAMA_CPP"):
        script = str(pathlib.Path(__file__).with_name("node_loop.mjs"))
        found += _beside("peers.node", ["node", script, *arguments], pairs, folder)
    return found


def _beside(name: str, argv: list[str], pairs: int, folder: str | None = None) -> list[Figure]:
    with closing(BareProcess(argv, folder)) as peer, closing(OurEngine()) as ours:

        def our_rate(_: int) -> Row:
            return (ours.finish(ours.begin(SHORT, _TOKENS)).timings.tokens_per_s,)

        def peer_rate(_: int) -> Row:
            answer = peer.ask(prompt=SHORT, max_tokens=_TOKENS)
            if answer["tokens"] < _TOKENS // 2:
                raise BenchmarkError("the answer is too short")
            return ((answer["tokens"] - 1) / answer["decode_s"],)

        interleaved(1, our_rate, peer_rate)  # loads the models
        return figures(interleaved(pairs, our_rate, peer_rate), Spec(name, "tokens/s"))
