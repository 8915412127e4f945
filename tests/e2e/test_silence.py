"""Workers cannot reach the network, whatever runs in them: not in Python, not in native code."""

import errno
import json
import os
import pathlib
import signal
import subprocess
import sys

import msgspec
import pytest

from app.__main__ import _WORKERS
from app.catalog import header_client
from app.catalog.header_client import read_header
from app.domain.attachments import Source
from app.engine import probing
from app.engine.probing import measure_speed, probe_engine
from app.exchange import reader_client, writer_client
from app.exchange.reader_client import ChatReader
from app.exchange.writer_client import write_chats
from app.exchange.writer_protocol import ExportFormat
from app.media import process_queue
from app.media.client import prepare_picture
from app.pipe.waiting import wait_for
from tests.helpers.exported import ALL, rich_chat
from tests.helpers.foreign_chats import own_chat, own_file, write_json
from tests.helpers.pictures import PIXTRAL, flag, saved
from tests.helpers.socket_trial import END, FAMILIES, trial_of
from tests.helpers.tiny_model import write_tiny_llama

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's way to hold a process")

ROOT = pathlib.Path(__file__).parents[2]
REFUSED = "EACCES"
SENTENCE = "only the download worker opens internet sockets"
# What reaches the network, whoever tries.
WAYS_OUT = {
    **{f"native {family}": REFUSED for family in FAMILIES if family != "AF_UNIX"},
    **dict.fromkeys(("native pair", "old thread", "io_uring", "pidfd_getfd", "ptrace"), REFUSED),
    **dict.fromkeys(("python AF_INET", "python AF_INET6", "look-up"), SENTENCE),
    **({"x32": REFUSED} if os.uname().machine == "x86_64" else {}),
    "NoNewPrivs": "1",
    "Seccomp": "2",
    "Seccomp_filters": "1",
}
LOCAL = dict.fromkeys(("native AF_UNIX", "python AF_UNIX", "program"), "made")
THROW_AWAY = dict.fromkeys(("native AF_UNIX", "python AF_UNIX", "program"), REFUSED)


@pytest.fixture
def report(tmp_path) -> pathlib.Path:
    """What a worker found out; not below a folder whose name could be taken for a moment."""
    return tmp_path / "found.json"


@pytest.fixture
def on_trial(monkeypatch, report):
    """Have a client start its worker as one that tries to get out."""

    def replace(module, moment: str) -> None:
        monkeypatch.setattr(module, "worker_command", lambda role: trial_of(role, report, moment))

    return replace


def ways_out(report: pathlib.Path) -> dict[str, str]:
    return json.loads(report.read_text())


def test_the_engine_worker_is_held_and_answers(run_engine, starter, report):
    engine = run_engine(starter)
    argv = trial_of("--engine-worker", report, starter.path.name)
    engine.client._plan = msgspec.structs.replace(engine.client._plan, argv=argv)
    asked = engine.ask("Hi", max_tokens=60)
    assert "Hello" in asked.text
    assert ways_out(report) == WAYS_OUT | LOCAL


def test_the_probe_is_held(on_trial, report):
    on_trial(probing, END)
    assert probe_engine().devices
    assert ways_out(report) == WAYS_OUT | LOCAL


def test_the_speed_probe_is_held(on_trial, report):
    on_trial(probing, END)
    assert measure_speed().rates["CPU"]
    assert ways_out(report) == WAYS_OUT | LOCAL


def test_the_header_reader_is_held(on_trial, report, tmp_path):
    model = write_tiny_llama(tmp_path / "model.gguf")
    on_trial(header_client, model.name)
    assert read_header(model).tensors
    assert ways_out(report) == WAYS_OUT | THROW_AWAY


def test_the_media_worker_is_held(on_trial, report, tmp_path):
    picture = tmp_path / "flag.png"
    picture.write_bytes(saved(flag(), "PNG"))
    on_trial(process_queue, picture.name)
    source = Source(name=picture.name, path=str(picture))
    assert prepare_picture(source, PIXTRAL, folder=None).format == "PNG"
    assert ways_out(report) == WAYS_OUT | THROW_AWAY


def test_the_chat_reader_is_held(on_trial, report, tmp_path):
    chats = write_json(tmp_path / "chats.json", own_file(own_chat()))
    (tmp_path / "attachments").mkdir()
    on_trial(reader_client, chats.name)
    found: list[object] = []

    def start(post, on_end):
        reader = ChatReader(post=post)
        reader.read(chats, tmp_path / "attachments", on_chat=found.append, on_end=on_end)
        return reader

    assert wait_for(start).program == "Cierzo"
    assert len(found) == 1
    # It gave up more already, in Python.
    python = {"python AF_UNIX": "socket.__new__", "program": "subprocess.Popen"}
    assert ways_out(report) == WAYS_OUT | THROW_AWAY | python


def test_the_chat_writer_is_held(on_trial, report, tmp_path):
    on_trial(writer_client, ".cierzo-")
    written = write_chats([rich_chat()], tmp_path / "out.pdf", ExportFormat.PDF, ALL)
    assert written.target.stat().st_size > 1000
    assert ways_out(report) == WAYS_OUT | THROW_AWAY


def test_every_worker_was_on_trial():
    """But for those that start workers (a window, a probe of probes) and one that draws our SVG."""
    roles = {
        client._ROLE for client in (header_client, process_queue, reader_client, writer_client)
    }
    roles |= {"--engine-worker", "--engine-probe", "--engine-speed"}
    assert set(_WORKERS) - roles == {
        *("--download-worker", "--self-test-window", "--probe", "--picture-drawer")
    }


FOREIGN_CALL = """
import ctypes, mmap
from app.pipe.silence import stay_silent
# push rbx; mov eax, 359 (i386: socket); mov ebx, 2; mov ecx, 1; xor edx, edx; int 0x80; pop; ret
CODE = bytes.fromhex("53b867010000bb02000000b90100000031d2cd805bc3")
room = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
room.write(CODE)
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(room)))
before = call()
assert stay_silent(is_throw_away=False)
print(before >= 0, call())
"""


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="calls of i386 are x86-64's")
def test_calls_of_another_architecture_are_refused():
    run = subprocess.run(
        [sys.executable, "-c", FOREIGN_CALL], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if run.returncode == -signal.SIGSEGV:
        pytest.skip("this kernel has no calls of i386")
    assert (run.stdout, run.stderr) == (f"True {-errno.EACCES}\n", "")


def test_a_kernel_without_such_a_filter_is_no_obstacle():
    """A worker of the same program on another processor goes on, held by Python alone."""
    code = """
import os, socket
names = os.uname()
os.uname = lambda: os.uname_result((*names[:4], "riscv64"))
from app.pipe.silence import stay_silent
print(stay_silent(is_throw_away=True))
try:
    socket.socket()
except PermissionError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines() == ["False", SENTENCE]
