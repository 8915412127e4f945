"""F4: model files that were made to do harm, in the real window with the real engine."""

import itertools
import pathlib
from collections.abc import Callable, Iterator, Mapping

from tests.helpers import hostile_headers, hostile_templates
from tests.helpers.hostile_desk import HostileDesk
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.tiny_model import write_tiny_llama

_MOST_S = 10.0
_MOST_WORKER_BYTES = 1 << 30  # a tiny model, its template's half gigabyte, the prompt made of it

Write = Callable[[pathlib.Path], object]


def templates() -> dict[str, Write]:
    """What writes each model, by what its template does."""

    def writer(source: str) -> Write:
        return lambda path: write_tiny_llama(path, template=source)

    # In turns, so that a few tries have one of each kind.
    kinds = (
        hostile_templates.HUNGRY,
        hostile_templates.BROKEN,
        hostile_templates.BREAKING_OUT,
        hostile_templates.ENDLESS,
        hostile_templates.ODD,
    )
    turns = itertools.zip_longest(*(kind.items() for kind in kinds))
    return {named[0]: writer(named[1]) for turn in turns for named in turn if named}


def headers() -> dict[str, Write]:
    """What writes each model, by what is wrong in its metadata or vocabulary."""
    return dict(hostile_headers.ALL)


def _run(cases: Mapping[str, Write], count: int, folder: pathlib.Path) -> Tally:
    model = write_tiny_llama(folder / "healthy.gguf")
    slowest_s, largest_bytes, answers = 0.0, 0, 0
    with HostileDesk(folder / "home", model) as desk:
        for number, (name, write) in enumerate(itertools.islice(cases.items(), count)):
            path = folder / f"hostile-{number}.gguf"  # of the same path it would be loaded already
            write(path)
            answer = desk.order(
                "ask", name, path=str(path), name=hostile_headers.NAME, question="Hi <b>you</b>"
            )
            path.unlink()
            desk.tally.tried += 1
            if answer is None:
                continue
            slowest_s = max(slowest_s, answer["seconds"])
            largest_bytes = max(largest_bytes, answer["worker_bytes"])
            answers += answer["text"] is not None
            desk.tally.wrong += [f"{name}: {fault}" for fault in _faults(answer)]
        healthy = desk.order("ask", "the end", path=str(model), name="Healthy", question="Hi")
        if healthy and healthy["text"] is None:
            desk.tally.wrong.append(f"after all of them: {healthy['says']}")
        desk.tally.figures += [
            f"{answers} answered, {desk.tally.tried - answers} with one sentence",
            f"slowest {slowest_s:.1f} s, worker at most {largest_bytes >> 20} MiB, "
            f"longest turn of the window {desk.longest_turn_ms:.0f} ms of processor time",
        ]
    return desk.tally


def _faults(answer: dict) -> Iterator[str]:
    if answer["seconds"] > _MOST_S:
        yield f"{answer['seconds']:.1f} s"
    if answer["worker_bytes"] > _MOST_WORKER_BYTES:
        yield f"the worker took {answer['worker_bytes'] >> 20} MiB"
    says = answer.get("says", "")
    if answer["text"] is None and not says:
        yield "no sentence"
    if "\u202e" in says or "\n" in says:
        yield f"its sentence is turned or broken: {says!r}"


def run_templates(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Ask models whose templates are hostile."""
    return _run(templates(), count, folder)


def run_headers(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Ask models whose metadata or vocabularies are hostile."""
    return _run(headers(), count, folder)


ROWS = (
    Row(
        number="F4",
        fault="chat templates that loop, eat memory, break out, cannot be compiled",
        expected="an answer or one sentence in 10 s, no turn of the window over 100 ms, the "
        "engine's memory below 1 GiB, a sound model answers then",
        tries=len(templates()),
        tries_in_tests=3,
        run=run_templates,
    ),
    Row(
        number="F4",
        fault="model files whose metadata and vocabularies lie",
        expected="an answer or one sentence in 10 s, no turn of the window over 100 ms, a sound "
        "model answers then",
        tries=len(headers()),
        tries_in_tests=4,
        run=run_headers,
    ),
)
