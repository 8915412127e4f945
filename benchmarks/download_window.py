"""The window while a download runs at full speed: how late its event loop comes round.

Ours is the real window on its Models page, which shows the download; the base is an empty Qt window
while the same worker, started by the command line, downloads the same file. Both are offscreen.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from contextlib import closing

from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures
from benchmarks.processes import BareProcess, python_module

PAIRS = 7
REPOSITORY, PATH = "acme/large-GGUF", "large-Q4_K_M.gguf"
_SIZE_BYTES = 300_000_000
_OWN = f"""\
[[models]]
id = "large"
name = "Large"
architecture = "llama"
parameters = 1_000_000
context_limit_tokens = 4096
license = "Apache-2.0"
released = "2026"
about = "A file of the benchmark."

[[models.repositories]]
repo = "{REPOSITORY}"
files = [{{ path = "{PATH}", bytes = %d }}]
"""


def own_models(size_bytes: int) -> str:
    """A catalogue of one file."""
    return _OWN % size_bytes


def run(pairs: int) -> list[Figure]:
    """Download by turns, and see how late the windows were at worst and at most times."""
    hub = BareProcess(python_module("tests.helpers.hub"))
    with closing(hub):
        urls = hub.listen()
        hub.ask(add=REPOSITORY, files={PATH: [_SIZE_BYTES, 0]})
        rows = [(_late("ours", urls["hub"]), _late("base", urls["hub"])) for _ in range(pairs)]
    return figures(
        rows,
        Spec("download_window.worst", "ms", Limit("ours", "<=", 50)),
        Spec("download_window.p99", "ms"),
    )


def _late(kind: str, endpoint: str) -> Row:
    """Worst and 99th percentile of the lateness of a timer, in ms."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="cierzo-bench-", dir="/dev/shm"))
    (home / "config").mkdir()
    (home / "config" / "models.toml").write_text(own_models(_SIZE_BYTES), encoding="utf-8")
    try:
        ended = subprocess.run(
            [*python_module("benchmarks.downloading_window"), kind, home],
            env={**os.environ, "HF_ENDPOINT": endpoint, "NO_PROXY": "127.0.0.1"},
            stdout=subprocess.PIPE,
            check=False,
            timeout=120,
        )
        if ended.returncode:
            raise BenchmarkError(f"the {kind} window failed")
        found = json.loads(ended.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(home)
    return found["worst_ms"], found["p99_ms"]
