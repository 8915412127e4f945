"""Tokens per second with guessing against without, for copying a text and for free chat.

The starter model copies a text that it was given; in free chat it writes a story. Ours guesses, the
base is the same worker without.
"""

from contextlib import closing

from app.domain.chat import Conversation
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved
from benchmarks.processes import OurEngine
from benchmarks.prompts import COPY, SHORT

PAIRS = 11
_TOKENS, _LEAST_TOKENS = 200, 60


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs of each."""
    with closing(OurEngine()) as engine:

        def rates(question: str | Conversation, *, guesses: bool) -> Row:
            request = engine.ask(question, _TOKENS, guesses=guesses)
            end = engine.finish(request)
            if end.usage.completion_tokens < _LEAST_TOKENS:
                raise BenchmarkError("the answer is too short")
            return (end.timings.tokens_per_s,)

        engine.ask(SHORT, 16)
        copying, chatting = (
            interleaved(
                pairs,
                lambda i, q=question: rates(q, guesses=True),  # type: ignore[misc]
                lambda i, q=question: rates(q, guesses=False),  # type: ignore[misc]
            )
            for question in (COPY, SHORT)
        )
    return [
        *figures(copying, Spec("lookup.copy", "tokens/s", Limit("ratio", ">=", 1.3))),
        *figures(chatting, Spec("lookup.chat", "tokens/s", Limit("ratio", ">=", 0.97))),
    ]
