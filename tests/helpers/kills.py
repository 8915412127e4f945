"""Kill the real window at a random moment, and see what is left of its chats."""

import contextlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import threading
import time

import msgspec

from app.domain.kept_chat import MessageState
from app.store.store import Store

_ROOT = pathlib.Path(__file__).parents[2]
_START_S = 60.0
_WHILE_WRITING = 0.8
# What a crash may cost of an answer.
ALLOWED_S = 0.25


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """What one kill left.

    Attributes:
        phase: What the window was doing.
        faults: What must not be, in words; empty is well.
        lost_s: Age of the newest words on the screen that are not on the disk; 0 where all are.
    """

    phase: str
    faults: tuple[str, ...]
    lost_s: float


def kill_window(home: pathlib.Path, seed: int) -> Kill:
    """Start the window on a home, kill it at a moment that the seed decides, and look."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    window = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.streaming_window", home],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert window.stdout
    told: list[dict] = []
    opened, writes = threading.Event(), threading.Event()

    def listen() -> None:
        for line in window.stdout:
            if line.endswith(b"}\n"):  # the last one may be cut
                told.append(json.loads(line))
                opened.set()
                if told[-1]["word"] == "text":
                    writes.set()
        writes.set()  # it has ended

    reader = threading.Thread(target=listen)
    reader.start()
    assert opened.wait(_START_S)
    moment = random.Random(seed)
    # Most of them while it writes, however slow this PC is; the others while it loads or reads.
    if moment.random() < _WHILE_WRITING:
        writes.wait(_START_S)
    with contextlib.suppress(subprocess.TimeoutExpired):
        window.wait(moment.uniform(0.0, 2.0))
    killed_at = time.monotonic()
    window.send_signal(signal.SIGKILL)
    reader.join()
    window.stdout.close()
    window.wait()
    return _look(home, told, killed_at)


def _look(home: pathlib.Path, told: list[dict], killed_at: float) -> Kill:
    faults = []
    with Store(home / "data") as store:
        faults += store.problems()
        kept = {
            message.message_id: message
            for info in store.chats.infos()
            for message in store.chats.load(info.chat_id).messages
        }
    for message in kept.values():
        if message.state in (MessageState.QUEUED, MessageState.WORKING):
            faults.append(f"still {message.state.value}")
    acknowledged = {one["message"]: one["text"] for one in told if one["word"] == "working"}
    for message_id, text in acknowledged.items():
        if message_id not in kept or kept[message_id].text != text:
            faults.append("a question that the model got is lost")
    lost_s = 0.0
    for one in (one for one in told if one["word"] == "text"):
        on_disk = kept[one["message"]].text if one["message"] in kept else ""
        if not on_disk.startswith(one["text"]):
            lost_s = max(lost_s, killed_at - one["at"])
    if lost_s > ALLOWED_S:
        faults.append(f"words of {lost_s:.3f} s ago are lost")
    words = [one["word"] for one in told]
    phase = "writing" if "text" in words else "asked" if "working" in words else "opening"
    return Kill(phase=phase, faults=tuple(faults), lost_s=lost_s)
