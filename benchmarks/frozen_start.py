"""From process start to a window that can be used: the bundle against the same code in Python.

Both open the window as the self-test does, offscreen, and say when it could be used. Cold: before
each start the system forgets all files of the bundle, or of Python, its packages and the checkout;
libraries of the system stay in its cache for both, as does what another process has mapped just
then. Warm: everything was read before. `CIERZO_BUNDLE` names a bundle elsewhere than in `dist`.
"""

import os
import pathlib
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterable

import msgspec

from app.pipe.command import worker_command
from app.self_test.window_protocol import OpenWindow, Reply, WindowOpened
from benchmarks.figure import BenchmarkError, Figure, Limit, Row, Spec, figures, interleaved

PAIRS = 15
_ROOT = pathlib.Path(__file__).parents[1]
_ROLE = "--self-test-window"
_BUNDLE = pathlib.Path(os.environ.get("CIERZO_BUNDLE", _ROOT / "dist" / "bundle" / "Cierzo"))
_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def run(pairs: int) -> list[Figure]:
    """Measure so many pairs of starts, cold and warm."""
    if not (_BUNDLE / "cierzo").exists():
        raise BenchmarkError(f"there is no bundle in {_BUNDLE}; run packaging/build")
    python = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
    sources = [*map(pathlib.Path, python), _ROOT / "app", _ROOT / "resources", *_libpython()]
    with tempfile.TemporaryDirectory() as folder:

        def ours(_: int) -> Row:
            return (_start_ms([str(_BUNDLE / "cierzo"), _ROLE], f"{folder}/ours"),)

        def base(_: int) -> Row:
            return (_start_ms(worker_command(_ROLE), f"{folder}/base"),)

        def cold_ours(number: int) -> Row:
            _forget([_BUNDLE])
            return ours(number)

        def cold_base(number: int) -> Row:
            _forget(sources)
            return base(number)

        interleaved(1, ours, base)
        cold = interleaved(pairs, cold_ours, cold_base)
        interleaved(1, ours, base)
        warm = interleaved(pairs, ours, base)
    limit = Limit("ratio", "<=", 1.0)
    return [
        *figures(cold, Spec("frozen_start.cold", "ms", limit)),
        *figures(warm, Spec("frozen_start.warm", "ms", limit)),
    ]


def _start_ms(argv: list[str], home: str) -> float:
    question = msgspec.json.encode(OpenWindow(home=os.fsencode(home))) + b"\n"
    kept = {name: value for name, value in os.environ.items() if name != _NO_BYTECODE}
    began_ns = time.monotonic_ns()
    result = subprocess.run(
        argv,
        input=question,
        capture_output=True,
        env={**kept, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    reply = msgspec.json.decode(result.stdout, type=Reply) if result.stdout else None
    if not isinstance(reply, WindowOpened):
        raise BenchmarkError(f"{argv[0]} showed no window: {reply} {result.stderr.decode()}")
    return (reply.usable_ns - began_ns) / 1e6


def _libpython() -> list[pathlib.Path]:
    """Python itself, which may be a program or a library."""
    folder, name = sysconfig.get_config_vars("LIBDIR", "LDLIBRARY")
    found = [pathlib.Path(sys.executable).resolve(), pathlib.Path(folder, name).resolve()]
    return [path for path in found if path.is_file()]


def _forget(roots: Iterable[pathlib.Path]) -> None:
    """Have the system drop what it has of these files in its cache."""
    for root in roots:
        for path in root.rglob("*") if root.is_dir() else [root]:
            if path.is_file() and not path.is_symlink():
                descriptor = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(descriptor)
