"""How often the window stalls for over 100 ms while it is used as busily as a person can.

A minute is a pair: `scripts/bench stalls --pairs 2` plays the script for two minutes. Ours is the
real window with a tiny model that answers all the time and a download from a hub on this PC; the
base is an empty Qt window beside it, at the same time, so under the same load. Both count by the
app's own watchdog; where ours stalled is said on stderr. The processor time of the longest turn of
the event loop tells a window that works too long from a PC that is busy with something else.
"""

import os
import pathlib
import sys
import tempfile
from contextlib import closing

from app.settings.file import SettingsFile
from app.settings.folders import folders_for
from app.store.store import Store
from benchmarks.busy_window import CHATS
from benchmarks.chat_store import Language, large_store
from benchmarks.download_window import PATH, REPOSITORY, own_models
from benchmarks.figure import Figure, Limit, Spec, figures
from benchmarks.processes import BareProcess, python_module
from tests.helpers.tiny_models import write_mistral4

PAIRS = 10
_RATE_BYTES_PER_S = 1_000_000


def run(pairs: int) -> list[Figure]:
    """Play for so many minutes."""
    seconds = 60 * pairs
    size_bytes = seconds * _RATE_BYTES_PER_S
    hub = BareProcess(python_module("tests.helpers.hub"))
    with tempfile.TemporaryDirectory() as name, closing(hub):
        os.environ |= {"HF_ENDPOINT": hub.listen()["hub"], "NO_PROXY": "127.0.0.1"}
        hub.ask(add=REPOSITORY, files={PATH: [size_bytes, 0]})
        home = pathlib.Path(name, "home")
        _furnish(home, size_bytes)
        model = write_mistral4(pathlib.Path(name, "tiny.gguf"))
        window = python_module("benchmarks.busy_window")
        ours = BareProcess([*window, "ours", str(home), str(model)])
        base = BareProcess([*window, "base"])
        with closing(ours), closing(base):
            base.ask(seconds=seconds)
            found = ours.ask(seconds=seconds)
            beside = base.ask(seconds=0)
    print(*found["where"], sep="\n", file=sys.stderr)
    columns = ("stalls", "stalled_ms", "worst_ms", "p99_ms", "turn_cpu_ms")
    row, other = (tuple(float(kind[c]) for c in columns) for kind in (found, beside))
    return figures(
        [(row, other)],
        Spec("stalls.count", "stalls", Limit("ours", "<=", other[0])),
        Spec("stalls.sum", "ms"),
        Spec("stalls.worst", "ms late"),
        Spec("stalls.p99", "ms late"),
        Spec("stalls.longest_turn", "ms of processor time"),
    )


def _furnish(home: pathlib.Path, size_bytes: int) -> None:
    """A home with chats to go through and a catalogue with a file to download."""
    folders = folders_for(home)
    with Store(folders.data) as store:
        large_store(store, Language(), chats=CHATS)
    settings = SettingsFile(folders.config)
    settings.change(download_bytes_per_s=_RATE_BYTES_PER_S)
    settings.write_if_possible()
    (folders.config / "models.toml").write_text(own_models(size_bytes), encoding="utf-8")
