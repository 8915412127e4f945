"""Tokens per second of an answer: our worker as its parent sees it, against the bare loop.

Ours is counted from the first to the last text that arrives in the parent, so it pays for the
pipe, the events and their decoding; the bare loop counts itself. Both must write the same text.
`decode.worker_clock` is what the worker itself says.
"""

from app.engine.protocol import TextDelta
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved
from benchmarks.processes import both_engines, must_rest
from benchmarks.prompts import SHORT

PAIRS = 15
_TOKENS = 200


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs."""
    texts: set[str] = set()
    with both_engines() as (ours, bare):

        def our_rates(_: int) -> Row:
            with must_rest(bare.pid):
                request = ours.begin(SHORT, _TOKENS)
                end = ours.finish(request)
            heard = [(at_s, e) for at_s, e in request.heard if isinstance(e, TextDelta)]
            texts.add("".join(event.text for _, event in heard))
            (first_s, first), (last_s, last) = heard[0], heard[-1]
            tokens = last.completion_tokens - first.completion_tokens
            return tokens / (last_s - first_s), end.timings.tokens_per_s

        def base_rates(_: int) -> Row:
            with must_rest(ours.pid):
                answer = bare.ask(prompt=SHORT, max_tokens=_TOKENS)
            texts.add(answer["text"])
            if answer["tokens"] != _TOKENS:
                raise BenchmarkError("the answer is too short")
            rate = (_TOKENS - 1) / answer["decode_s"]
            return rate, rate

        interleaved(1, our_rates, base_rates)  # fills the caches
        measured = interleaved(pairs, our_rates, base_rates)
    if len(texts) != 1:
        raise BenchmarkError("greedy answers differ")
    return figures(
        measured,
        Spec("decode", "tokens/s", Limit("ratio", ">=", 0.95)),
        Spec("decode.worker_clock", "tokens/s"),
    )
