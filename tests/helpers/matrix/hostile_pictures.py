"""F15: picture files that were made to do harm, dropped on the real window."""

import itertools
import pathlib
from collections.abc import Iterator

from tests.helpers import tiny_models
from tests.helpers.hostile_desk import HostileDesk
from tests.helpers.hostile_pictures import BOMBS, Mutants
from tests.helpers.matrix.row import Row, Tally

_MOST_S = 20.0  # five of processor time, on a PC that has much else to do
_MOST_GROWTH_BYTES = 100 << 20
_PER_FORMAT = 110


def run(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Drop one after the other; every one is opened or refused by name."""
    model = tiny_models.write_mistral3(folder / "model.gguf")
    tiny_models.write_pixtral_projector(
        folder / "mmproj-model.gguf", embedding=tiny_models.EMBEDDING
    )
    opened, slowest_s = 0, 0.0
    with HostileDesk(folder / "home", model) as desk:
        desk.order("load", "loading", is_timed=False)
        before = desk.order("state", "the beginning", is_timed=False)
        for name, data in itertools.islice(_files(first_seed), count):
            path = folder / "picture.png"
            path.write_bytes(data)
            answer = desk.order("attach", name, path=str(path))
            desk.tally.tried += 1
            if answer is None:
                continue
            opened += answer["attached"]
            slowest_s = max(slowest_s, answer["seconds"])
            if not answer["attached"] and "picture.png" not in answer.get("says", ""):
                desk.tally.wrong.append(f"{name}: neither opened nor refused by name: {answer}")
            if answer["seconds"] > _MOST_S:
                desk.tally.wrong.append(f"{name}: {answer['seconds']:.1f} s")
        after = desk.order("state", "the end", is_timed=False)
        if before and after and not desk.tally.deaths:
            desk.tally.wrong += _grown(before, after)
        desk.tally.figures.append(
            f"{opened} opened, {desk.tally.tried - opened} refused, slowest {slowest_s:.1f} s, "
            f"longest turn of the window {desk.longest_turn_ms:.0f} ms of processor time"
        )
    return desk.tally


def _files(first_seed: int) -> Iterator[tuple[str, bytes]]:
    yield from ((name, make()) for name, make in BOMBS.items())
    mutants = Mutants()
    for seed in itertools.count(first_seed):
        name, data = mutants.make(seed)
        yield f"seed {seed}: {name}", data


def _grown(before: dict, after: dict) -> Iterator[str]:
    if after["memory_bytes"] > before["memory_bytes"] + _MOST_GROWTH_BYTES:
        yield f"the window grew from {before['memory_bytes']} to {after['memory_bytes']} bytes"
    if after["decoders"]:
        yield f"the window itself loaded {after['decoders']}"
    if after["children"] > before["children"]:
        yield "a process was left behind"


ROWS = (
    Row(
        number="F15",
        fault="pictures: bombs, and damaged files of every format",
        expected="decoded in a process of their own, in five seconds of its time; opened or "
        "refused by name; no turn of the window over 100 ms",
        tries=len(BOMBS) + _PER_FORMAT * 9,
        tries_in_tests=5,
        run=run,
    ),
)
