"""Eight hours of use in a few minutes: does what window and engine hold stay as it is?

The real window is played in rounds (`soak_acts`); after each, when it is at rest, its memory and
the engine's, their open files and threads, other processes and temporary files are counted. Growth
is that of the line through all rounds after a third, which fill caches.
"""

import collections
import json
import os
import pathlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing

import msgspec
import psutil
from PIL import Image

from benchmarks.fit import growth
from benchmarks.processes import BareProcess, python_module
from tests.helpers.documents import cells, pdf, word
from tests.helpers.documents import saved as saved_document
from tests.helpers.foreign_chats import own_chat, own_file, write_json
from tests.helpers.pictures import saved
from tests.helpers.tiny_models import (
    EMBEDDING,
    chain,
    write_mistral4,
    write_pixtral_projector,
    write_scripted,
)

MOST_GROWTH = 0.02
_WARM = 1 / 3
_PICTURES = 24
_SCRIPT = chain(
    *("[/INST]", "[THINK]", " It", " is", " from", " far", " away"),
    *("[/THINK]", "So", " all", " must", " come", ".", "</s>"),
)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What a process holds.

    Attributes:
        own_mb: Memory that no file is behind, be it swapped out: what a leak would fill.
        pss_mb: All of it, shared pages by their share; it depends on what else runs on this PC.
    """

    own_mb: float
    pss_mb: float
    files: int
    threads: int


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """What there is after a round.

    Attributes:
        generations: Answers that were asked for so far.
        window: The window's process.
        engine: The engine's.
        processes: Children of both beside the engine.
        temporary: Files in the folder for temporary ones.
        cached: Files in the cache.
    """

    generations: int
    window: Held
    engine: Held
    processes: int
    temporary: int
    cached: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table; `grown` is a share, or a count of what is left over."""

    name: str
    first: float
    last: float
    grown: float
    limit: float

    @property
    def is_kept(self) -> bool:
        """Whether it stayed as it was."""
        return self.grown <= self.limit


class SoakError(Exception):
    """The window did not do what it was to do."""


def soak(seconds: float, seed: int) -> Iterator[Sample]:
    """Play rounds until the time is over, at least three.

    Raises:
        SoakError: Something hung, failed or ended.
    """
    with tempfile.TemporaryDirectory(prefix="cierzo-soak-") as name:
        folder = pathlib.Path(name)
        home, temporary = folder / "home", folder / "temporary"
        _furnish(folder)
        temporary.mkdir()
        os.environ |= {"TMPDIR": str(temporary)}
        module = python_module("benchmarks.soak_window")
        model = folder / "short" / "short.gguf"
        window = BareProcess([*module, str(seed), name, str(home), str(model)])
        with closing(window):
            rounds, end_s = 0, time.monotonic() + seconds
            while rounds < 3 or time.monotonic() < end_s:
                found = _round(window)
                rounds += 1
                yield _sample(window.pid, found, home, temporary)


def judge(samples: list[Sample]) -> list[Outcome]:
    """What grew since it was warm."""
    warm = samples[_first_warm(samples) :]
    outcomes = []
    for process in ("window", "engine"):
        all_of_it = [getattr(sample, process) for sample in warm]
        values = [one.own_mb for one in all_of_it]
        outcomes.append(_outcome(f"{process}: memory, MB", values, growth(values), MOST_GROWTH))
        for name, unit in (("files", "open files"), ("threads", "threads")):
            outcomes.append(_left(f"{process}: {unit}", [getattr(one, name) for one in all_of_it]))
    for name, words in (
        ("processes", "other processes"),
        ("temporary", "temporary files"),
        ("cached", "files in the cache"),
    ):
        outcomes.append(_left(words, [getattr(sample, name) for sample in warm]))
    return outcomes


def in_words(samples: list[Sample], outcomes: list[Outcome], seed: int) -> str:
    """What was done and what came of it, in Markdown."""
    rows = [
        f"{len(samples)} rounds with {samples[-1].generations:,} answers, seed {seed}; from round "
        f"{_first_warm(samples) + 1} on:",
        "",
        "| | at first | at the end | grown | allowed | |",
        "|---|--:|--:|--:|--:|---|",
    ]
    for outcome in outcomes:
        shown = "{:+.2%}" if outcome.limit else "{:+.0f}"
        grown, limit = shown.format(outcome.grown), shown.format(outcome.limit)
        verdict = "kept" if outcome.is_kept else "**missed**"
        first, last = f"{outcome.first:.4g}", f"{outcome.last:.4g}"
        rows.append(f"| {outcome.name} | {first} | {last} | {grown} | {limit} | {verdict} |")
    return "\n".join(rows)


def _first_warm(samples: list[Sample]) -> int:
    return int(len(samples) * _WARM)


def _outcome(name: str, values: list[float], grown: float, limit: float) -> Outcome:
    return Outcome(name=name, first=values[0], last=values[-1], grown=grown, limit=limit)


def _left(name: str, values: list[int]) -> Outcome:
    """What is left over, by the least of each half: what comes and goes is no leak."""
    half = len(values) // 2
    grown = min(values[half:]) - min(values[:half])
    return _outcome(name, [float(value) for value in values], grown, 0)


def _round(window: BareProcess) -> dict[str, object]:
    try:
        found = window.ask(play=1)
    except (json.JSONDecodeError, BrokenPipeError):
        raise SoakError("the window ended") from None
    if "hangs" in found:
        raise SoakError(f"it waited in vain: {found}")
    if found["troubles"]:
        raise SoakError(f"it was told: {found['troubles']}")
    return found


def _sample(
    pid: int, found: dict[str, object], home: pathlib.Path, temporary: pathlib.Path
) -> Sample:
    engine = int(str(found["engine"]))
    children = psutil.Process(pid).children(recursive=True)
    return Sample(
        generations=int(str(found["generations"])),
        window=held(pid),
        engine=held(engine),
        processes=sum(child.pid != engine for child in children),
        temporary=_files_in(temporary),
        cached=_files_in(home / "cache"),
    )


def held(pid: int) -> Held:
    """From Linux's own books; what was swapped out counts as held."""
    place = pathlib.Path(f"/proc/{pid}")
    lines = (place / "smaps_rollup").read_text().splitlines()[1:]
    kb = {name.rstrip(":"): int(count) for name, count, *_ in map(str.split, lines)}
    own_kb = kb["Pss_Anon"] + kb["Pss_Shmem"] + kb["SwapPss"]
    return Held(
        own_mb=own_kb * 1024 / 1e6,
        pss_mb=kb["Pss"] * 1024 / 1e6,
        files=len(list((place / "fd").iterdir())),
        threads=len(list((place / "task").iterdir())),
    )


def open_files(pid: int) -> collections.Counter[str]:
    """What a process has open, for whoever looks for a leak."""
    places = pathlib.Path(f"/proc/{pid}/fd").iterdir()
    return collections.Counter(str(place.readlink()).partition("[")[0] for place in places)


def _files_in(folder: pathlib.Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _furnish(folder: pathlib.Path) -> None:
    """Models, one that sees and one that never ends, and what is attached and imported."""
    places = {name: folder / name for name in ("short", "endless", "pictures", "documents")}
    for place in places.values():
        place.mkdir()
    write_scripted(places["short"] / "short.gguf", _SCRIPT)
    write_pixtral_projector(places["short"] / "mmproj.gguf", embedding=EMBEDDING)
    write_mistral4(places["endless"] / "endless.gguf")
    for number in range(_PICTURES):
        size, kind = (90 + 20 * number, 400 - 9 * number), ("PNG", "JPEG", "WEBP")[number % 3]
        image = Image.new("RGB", size, (10 * number, 255 - 7 * number, 128))
        (places["pictures"] / f"{number}.{kind.lower()}").write_bytes(saved(image, kind))
    documents = places["documents"]
    (documents / "a.pdf").write_bytes(saved_document(pdf("The wind.", "The valley.")))
    (documents / "b.docx").write_bytes(word("It dries out as it descends."))
    (documents / "c.xlsx").write_bytes(cells(["Month", "Days"], ["January", 14]))
    (documents / "d.txt").write_text("A wind that fills your mouth.\n" * 40, encoding="utf-8")
    chats = [own_chat(key=f"{number:032x}", title=f"Brought {number}") for number in range(40)]
    write_json(folder / "chats.json", own_file(*chats))
