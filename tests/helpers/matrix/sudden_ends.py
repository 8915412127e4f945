"""The window is killed while it writes; the power fails while chats are written."""

import collections
import pathlib
import random
import shutil
import signal
import statistics
import sys

from app.domain.kept_chat import ChatMessage
from app.store.store import Store
from tests.helpers.kept_chats import all_of
from tests.helpers.kills import ALLOWED_S, kill_window
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.matrix.trying import LostError, trying
from tests.helpers.preloaded import NoCompilerError, compiled
from tests.helpers.store_writer import StoreWriter

_FILES = ("chats.db", "chats.db-wal")


def _kill(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Kill the window at a random moment; most of them while it writes."""
    tally, phases, lost_s = Tally(), collections.Counter[str](), list[float]()
    for number in range(count):
        seed = first_seed + number
        with trying(tally, f"seed {seed}"):
            # A new home every 25 times: what is left of the earlier ones is looked at every time.
            kill = kill_window(folder / str(number // 25), seed)
            phases[kill.phase] += 1
            if kill.phase == "writing":
                lost_s.append(kill.lost_s)
            if any("lost" in fault for fault in kill.faults):
                raise LostError(f"{kill.phase}: {'; '.join(kill.faults)}")
            assert not kill.faults, f"{kill.phase}: {'; '.join(kill.faults)}"
    while_doing = ", ".join(f"{times} while {phase}" for phase, times in phases.most_common())
    tally.figures.append(f"killed {while_doing}")
    if lost_s:
        tally.figures.append(
            f"words lost of an answer: of its last {statistics.median(lost_s) * 1000:.0f} ms "
            f"(median), {max(lost_s) * 1000:.0f} ms at most; {ALLOWED_S * 1000:.0f} ms may be"
        )
    return tally


def _copy(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Copy the file and its log at random instants of one process that writes."""
    tally, draw = Tally(), random.Random(first_seed)
    data, writer = folder / "data", StoreWriter(folder / "data", -first_seed)
    try:
        for instant in range(count):
            with trying(tally, f"seed {first_seed}, instant {instant}"):
                writer.follow(draw.randrange(1, 12))
                writer.send(signal.SIGSTOP)
                copy = folder / f"copy-{instant}"
                copy.mkdir()
                for name in _FILES:
                    if (data / name).exists():
                        shutil.copyfile(data / name, copy / name)
                writer.send(signal.SIGCONT)
                _compare(copy, writer)
                shutil.rmtree(copy)
    finally:
        writer.end()
    return tally


def _cut_power(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """End a process that writes, and keep of its files only what had been synced."""
    tally = Tally()
    try:
        shim = compiled("synced_disk", folder)
    except NoCompilerError as error:
        tally.unavailable = str(error)
        return tally
    for seed in range(first_seed, first_seed + count):
        disk, synced = folder / f"disk-{seed}", folder / f"synced-{seed}"
        synced.mkdir()
        with trying(tally, f"seed {seed}"):
            writer = StoreWriter(
                disk,
                -seed,
                LD_PRELOAD=str(shim),
                CIERZO_TEST_DISK=str(disk.resolve()),
                CIERZO_TEST_SYNCED=str(synced),
            )
            try:
                writer.follow(random.Random(seed).randrange(1, 120))
            finally:
                writer.end()
            assert (synced / "chats.db").exists(), "nothing was ever synced"
            (synced / ".part").unlink(missing_ok=True)
            _compare(synced, writer)
        shutil.rmtree(disk)
        shutil.rmtree(synced)
    return tally


def _compare(folder: pathlib.Path, writer: StoreWriter) -> None:
    """Everything that was said to be kept is there, and whole."""
    with Store(folder) as store:
        problems = store.problems()
        assert not problems, f"the check finds {problems}"
        kept = {m.message_id: m for chat in all_of(store).values() for m in chat.messages}
    lost = [n for n in writer.chats if n not in kept]
    lost += [n for n in writer.answers if n in kept and not _is_whole(kept[n])]
    if lost:
        raise LostError(f"{len(lost)} messages that were kept")


def _is_whole(answered: ChatMessage) -> bool:
    """Whether it ends as `writing_store` ends an answer."""
    first, *words = answered.text.split()
    asked = answered.message_id - 1
    is_begun = first == f"a{answered.message_id}" and len(words) in (3, 40, 900)
    return is_begun and words[-1] == f"word{asked}x{len(words) - 1}"


ROWS: tuple[Row, ...] = (
    Row(
        number="F7",
        fault="the window killed (signal 9) at random moments, most while an answer is written",
        expected="the chats are sound, no question that the model got is lost, of an answer 0.25 s",
        tries=500,
        tries_in_tests=3,
        run=_kill,
    ),
    *(
        ()
        if sys.platform == "win32"
        else (
            Row(
                number="F8",
                fault="database and log copied at random instants while chats are written",
                expected="the copy opens, and all that was said to be kept is in it",
                tries=200,
                tries_in_tests=20,
                run=_copy,
            ),
        )
    ),
    *(
        (
            Row(
                number="F8",
                fault="power cut while chats are written: only what was synced is left",
                expected="they open, and all that was said to be kept is in them",
                tries=200,
                tries_in_tests=4,
                run=_cut_power,
            ),
        )
        if sys.platform == "linux"
        else ()
    ),
)
