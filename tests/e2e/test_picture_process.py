"""The media process when it crashes, hangs or lies, and the reader that starts one per picture."""

import os
import subprocess
import sys

import msgspec
import pytest

from app.domain import errors
from app.domain.attachments import Source
from app.domain.errors import WorkerBug
from app.media import client, process_queue
from app.media.client import PictureReader, PreparedPicture
from tests.helpers.children import only_mine, workers
from tests.helpers.pictures import PIXTRAL, flag, prepare, sabotaged_worker, saved, write
from tests.helpers.posted import Posted

__all__ = ["only_mine"]  # a fixture

PLAIN = saved(flag(), "PNG")


@pytest.fixture
def sabotage(monkeypatch):
    """Have every media process run some code before it begins."""

    def replace(code: str) -> None:
        monkeypatch.setattr(process_queue, "worker_command", lambda role: sabotaged_worker(code))

    return replace


class Owner(Posted):
    """A reader with an event loop of one queue."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = PictureReader(post=self.post)
        self.ends: list[object] = []

    def start(self, data: bytes, name: str = "p") -> None:
        self.reader.start(
            Source(name=name, data=data), PIXTRAL, folder=None, on_end=self.ends.append
        )


@pytest.fixture
def owner():
    made = Owner()
    yield made
    made.reader.close()


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("how", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_decoder_that_crashes_costs_one_sentence(sabotage, how):
    sabotage(f"picture.decode = lambda data, name: os.kill(os.getpid(), signal.{how})")
    with pytest.raises(errors.PictureCrashed, match="“p” stopped the program part"):
        prepare(PLAIN)
    assert not workers()


@pytest.mark.skipif(os.name != "posix", reason="resource limits")
def test_a_decoder_that_computes_for_ever_is_stopped_by_the_system(sabotage):
    sabotage(
        "main._CPU_S = 1\ndef decode(data, name):\n    while True: pass\npicture.decode = decode"
    )
    with pytest.raises(errors.PictureTooSlow):
        prepare(PLAIN)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_a_process_that_waits_for_ever_is_stopped_by_the_watchdog(sabotage, monkeypatch):
    monkeypatch.setattr(client, "_PICTURE_LIMIT_S", 0.5)
    sabotage("picture.decode = lambda data, name: signal.pause()")
    with pytest.raises(errors.PictureTooSlow):
        prepare(PLAIN)
    assert not workers()


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit it")
def test_memory_is_limited(sabotage):
    sabotage("picture._opaque = lambda image: bytearray(3 << 29)")
    with pytest.raises(errors.PictureTooLarge):
        prepare(PLAIN)


@pytest.mark.skipif(os.name != "posix", reason="resource limits")
@pytest.mark.parametrize(
    "attempt",
    ["open('/etc/passwd')", "open('x', 'w')", "os.dup(0)", "socket.socket()", "os.pipe()"],
)
def test_while_it_decodes_nothing_can_be_opened(sabotage, attempt):
    sabotage(
        "def decode(data, name):\n"
        f"    try: {attempt}\n"
        "    except OSError: os._exit(77)\n"
        "picture.decode = decode"
    )
    with pytest.raises(errors.PictureCrashed, match="exit code 77"):
        prepare(PLAIN)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("hello", "broke the protocol"),
        ('{"type":"Failed","request_id":1,"code":"picture_damaged","facts":{}}', "protocol"),
        ("x" * 20_000_000, "ended by the system"),
        (
            '{"type":"Prepared","request_id":1,"pixels":"AAAA","width_px":1,"height_px":1,'
            '"original_width_px":1,"original_height_px":1,"format":"","thumbnail_png":""}',
            "wrong size",
        ),
        ("", "exit code 0"),
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(sabotage, tmp_path, said, reason):
    path = write(tmp_path, "said", said.encode() + b"\n" * bool(said))
    sabotage(f"print(open({str(path)!r}).read(), end='')\nraise SystemExit")
    with pytest.raises(errors.PictureCrashed, match=reason):
        prepare(PLAIN)


def test_a_bug_of_ours_is_a_report_without_values(sabotage):
    sabotage("def decode(data, name): raise ValueError(data)\npicture.decode = decode")
    with pytest.raises(WorkerBug, match="ValueError") as caught:
        prepare(PLAIN)
    assert "PNG" not in str(caught.value)


def test_a_broken_installation_is_one_sentence(sabotage, monkeypatch):
    sabotage("import sys\nsys.modules['app.media.worker.picture'] = None")
    with pytest.raises(errors.PictureReaderMissing, match="a library is missing"):
        prepare(PLAIN)
    monkeypatch.setattr(process_queue, "worker_command", lambda role: ["/no/such/program"])
    with pytest.raises(errors.PictureReaderMissing, match="Reinstall"):
        prepare(PLAIN)


def test_pictures_end_in_the_order_in_which_they_came(owner):
    for name, data in [("a", PLAIN), ("b", b"text"), ("c", b""), ("d", PLAIN)]:
        owner.start(data, name)
    assert not owner.ends, "nothing is reported before the owner looks"
    assert len(workers()) == 1, "one at a time"
    owner.wait(lambda: len(owner.ends) == 4)
    assert [type(end).__name__ for end in owner.ends] == [
        "PreparedPicture",
        "NotAPicture",
        "PictureEmpty",
        "PreparedPicture",
    ]
    assert not workers()


def test_an_end_may_start_the_next_picture(owner):
    again = Source(name="again", data=PLAIN)
    owner.reader.start(
        Source(name="p", data=PLAIN),
        PIXTRAL,
        folder=None,
        on_end=lambda end: owner.reader.start(
            again, PIXTRAL, folder=None, on_end=owner.ends.append
        ),
    )
    owner.wait(lambda: owner.ends)
    assert isinstance(owner.ends[0], PreparedPicture)


def test_the_picture_after_a_crash_is_opened(owner):
    owner.start(PLAIN)
    owner.start(PLAIN)
    workers()[0].kill()
    owner.wait(lambda: len(owner.ends) == 2)
    assert isinstance(owner.ends[0], errors.PictureCrashed)
    assert isinstance(owner.ends[1], PreparedPicture)


def test_close_ends_the_process_and_reports_nothing(owner, sabotage):
    sabotage("def decode(data, name):\n    while True: pass\npicture.decode = decode")
    owner.start(PLAIN)
    owner.start(PLAIN)
    (worker,) = workers()
    owner.reader.close()
    assert not worker.is_running()
    owner.run_what_is_posted()
    assert not owner.ends
    assert not workers()


def test_the_process_ends_with_its_parent():
    """When the parent is gone before the job is complete, nobody waits for the rest."""
    job = {"type": "PreparePicture", "request_id": 1, "name": "p", "data_bytes": 9}
    job["grid"] = msgspec.to_builtins(PIXTRAL)
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--media-worker"],
        input=msgspec.json.encode(job) + b"\nabc",
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert not worker.stdout


def test_the_window_never_loads_pillow():
    code = "import sys, app.media.client; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"PIL", "pi_heif", "numpy"} & set(result.stdout.split())
