"""Prompt tokens per second for about 4,000 tokens: our worker against the bare loop.

Both are timed from the question to the first token of the answer, so both pay for tokenising and
ours also for the template and the pipe. Every pair has its own text: nothing can be reused.
`prefill.worker_clock` is what the worker itself says.
"""

import time

from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved
from benchmarks.processes import both_engines, must_rest
from benchmarks.prompts import long_prompt

PAIRS = 15
_WORDS = 4000


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs."""
    our_counts: list[tuple[int, int]] = []
    base_counts: list[tuple[int, int]] = []
    with both_engines() as (ours, bare):

        def our_rates(i: int) -> Row:
            with must_rest(bare.pid):
                began_s = time.perf_counter()
                request = ours.begin(long_prompt(_WORDS, i), 1)
                end = ours.finish(request)
            read = end.usage.prompt_tokens - end.usage.reused_tokens
            our_counts.append((end.usage.prompt_tokens, read))
            return read / (request.heard[-1][0] - began_s), read / end.timings.prompt_s

        def base_rates(i: int) -> Row:
            with must_rest(ours.pid):
                answer = bare.ask(prompt=long_prompt(_WORDS, i), max_tokens=1)
            base_counts.append((answer["prompt_tokens"], answer["read_tokens"]))
            rate = answer["read_tokens"] / answer["first_s"]
            return rate, rate

        measured = interleaved(pairs, our_rates, base_rates)
    if our_counts != base_counts:
        raise BenchmarkError("the prompts differ")
    return figures(
        measured,
        Spec("prefill", "tokens/s", Limit("ratio", ">=", 0.95)),
        Spec("prefill.worker_clock", "tokens/s"),
    )
