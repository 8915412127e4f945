"""The window with a person's chats of many years: 100,000 messages in 1,000 chats.

Until the chat used last is on the screen, until another one is, until a search has its answer; and
by how much the window's memory exceeds that of a window with an empty home: with the newest chat
open and a search done, and after 20 other chats.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from app.store.store import Store
from benchmarks.chat_store import Language, large_store
from benchmarks.figure import Figure, Limit, Row, Spec, figures

PAIRS = 5
_ROOT = pathlib.Path(__file__).parent.parent
_MOST_MB = 30.0


def run(pairs: int) -> list[Figure]:
    """Measure so many starts of each; making the store takes half a minute."""
    language = Language()
    rows: list[tuple[Row, Row]] = []
    with tempfile.TemporaryDirectory() as name:
        large, empty = pathlib.Path(name, "large"), pathlib.Path(name, "empty")
        with Store(large / "data") as store:
            large_store(store, language)
        _start(empty)
        for _ in range(pairs):
            ours, base = _start(large, language.queries()["common"]), _start(empty)
            grown_mb = ours["rss_mb"] - base["rss_mb"]
            after_mb = ours["rss_after_others_mb"] - base["rss_mb"]
            row = (ours["newest_s"], ours["other_s"], ours["search_s"], grown_mb, after_mb)
            rows.append((row, (0.0,) * len(row)))
    quick = Limit("ours", "<=", 0.3)
    return figures(
        rows,
        Spec("chat_window.newest", "s", quick),
        Spec("chat_window.other", "s", quick),
        Spec("chat_window.search", "s", quick),
        Spec("chat_window.memory_grown", "MB", Limit("ours", "<=", _MOST_MB)),
        Spec("chat_window.memory_grown_after_others", "MB"),
    )


def _start(home: pathlib.Path, *words: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.many_chats_window", home, *words],
        cwd=_ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
