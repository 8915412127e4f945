"""From Stop to an idle engine, in the middle of an answer and of reading 7,000 tokens.

Through the service, as the Stop button does it: until the request's end has arrived, after which
the worker must rest. The base is no competitor but the scale: the lateness of an event in an empty
Qt program while the same engine computes, just before each stop.
"""

import random
import time
from contextlib import closing

from app.domain.chat import FinishReason
from app.engine.protocol import Stage, TextDelta
from app.pipe.messages import Progress
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import BareProcess, OurEngine, Request, must_rest, python_module
from benchmarks.prompts import SHORT, long_prompt

PAIRS = 30
_WORDS = 7000
_MOMENTS_SEED = 7


def run(pairs: int) -> list[Figure]:
    """Stop so many times in each case."""
    moments = random.Random(_MOMENTS_SEED)
    events = BareProcess(python_module("benchmarks.bare_events"))
    with closing(events), closing(OurEngine()) as engine:
        engine.finish(engine.begin(SHORT, 1))

        def stop_writing(_: int) -> tuple[Row, Row]:
            request = engine.begin(SHORT, None)
            engine.listen(lambda: isinstance(request.last, TextDelta))
            engine.listen(limit_s=moments.uniform(0.05, 0.8))
            return _stop(engine, events, request)

        def stop_reading(i: int) -> tuple[Row, Row]:
            request = engine.begin(long_prompt(_WORDS, i), None)
            share = moments.uniform(0.05, 0.6)
            engine.listen(lambda: _has_read(request.last, share))
            engine.listen(limit_s=moments.uniform(0.0, 0.5))  # anywhere within a batch
            return _stop(engine, events, request)

        writing = [stop_writing(i) for i in range(pairs)]
        reading = [stop_reading(i) for i in range(pairs)]
    return [
        *figures(writing, Spec("stop.decode", "ms", Limit("ours", "<=", 100))),
        *figures(reading, Spec("stop.prefill", "ms", Limit("ours", "<=", 500))),
    ]


def _stop(engine: OurEngine, events: BareProcess, request: Request) -> tuple[Row, Row]:
    late_ms = float(events.ask()["late_ms"])
    stopped_s = time.perf_counter()
    request.work.stop()
    end = engine.finish(request)
    if end.finish_reason is not FinishReason.CANCELLED:
        raise BenchmarkError("the answer was over before it was stopped")
    with must_rest(engine.pid):
        time.sleep(0.2)
    return ((request.heard[-1][0] - stopped_s) * 1000,), (late_ms,)


def _has_read(event: object, share: float) -> bool:
    if not isinstance(event, Progress) or event.stage != Stage.PROMPT:
        return False
    return event.done >= share * event.total
