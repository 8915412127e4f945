"""F13: words that try to reach out of the window, on every surface that shows words of others."""

import itertools
import pathlib
import re
import shutil
import socket
import sys
from collections.abc import Iterator

from tests.helpers.hostile_desk import HostileDesk
from tests.helpers.hostile_payloads import PAYLOADS
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.tiny_model import write_tiny_llama

# Message, title, sidebar and its search, labels, tooltips, message box, notification, export.
_SURFACES = 7
_FORMATS = ("html", "pdf", "docx", "md")
_CALLS = "trace=open,openat,openat2,stat,statx,newfstatat,access,readlink,connect,execve,execveat"
_STARTED = re.compile(r'execve\("([^"]+)", \[([^\]]*)\]')


def run(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    """Show the payloads, export them, and look at what all processes asked of the system."""
    if not shutil.which("strace"):
        return Tally(unavailable="strace is not installed")
    canary = folder / "canary-of-nobody.png"
    canary.write_bytes(b"\x89PNG\r\n\x1a\n")
    trace, exported = folder / "trace", folder / "exported"
    exported.mkdir()
    prefix = ("strace", "-f", "-qq", "-s", "300", "-e", _CALLS, "-o", str(trace))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        model = write_tiny_llama(folder / "m.gguf")
        with HostileDesk(folder / "home", model, prefix=prefix) as desk:
            for payload in PAYLOADS[: max(1, count // _SURFACES)]:
                words = payload.format(canary=canary, port=port)
                # Under strace every call costs, so how long a turn takes says nothing.
                desk.order("surfaces", payload, words=words, is_timed=False, limit_s=120)
                desk.tally.tried += _SURFACES
            for kind in _FORMATS:
                end = desk.order(
                    "export", kind, folder=str(exported), format=kind, is_timed=False, limit_s=120
                )
                if end and end["exported"] != "WrittenFiles":
                    desk.tally.wrong.append(f"{kind}: {end['exported']}")
    lines = trace.read_text(errors="replace").splitlines()
    desk.tally.wrong += itertools.islice(_reaches(lines, canary), 20)
    if list(folder.glob("*.ran")):
        desk.tally.wrong.append("a program of a payload ran")
    started = [line for line in lines if " execve(" in line]
    desk.tally.figures.append(
        f"{len(lines)} calls of all processes looked at, {len(started)} programs started, all ours"
    )
    return desk.tally


def _reaches(lines: list[str], canary: pathlib.Path) -> Iterator[str]:
    """Whatever no process of ours has a reason to do."""
    for line in lines:
        if "connect(" in line and "AF_INET" in line:
            yield f"connected: {line}"
        elif canary.name in line and "execve(" not in line:
            yield f"looked at the file: {line}"
        elif match := _STARTED.search(line):
            is_ours = match[1] == sys.executable and (
                '"app"' in match[2] or '"tests.helpers.hostile_window"' in match[2]
            )
            if not is_ours and "= -1" not in line:
                yield f"started: {line}"


ROWS = (
    Row(
        number="F13",
        fault="words that name files, addresses and programs, on seven surfaces and in four "
        "formats of exports",
        expected="the file is never looked at, nothing is connected to, no program is started",
        tries=len(PAYLOADS) * _SURFACES,
        tries_in_tests=0,
        run=run,
    ),
)
