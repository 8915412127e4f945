"""The process that writes chats when it crashes, hangs or lies, and the disk when it is full."""

import os
import stat
import subprocess
import sys

import msgspec
import pytest

from app.domain import errors
from app.domain.attachments import PictureAttachment, Source
from app.domain.chat import Picture
from app.domain.errors import Cancelled, WorkerBug
from app.exchange import writer_client
from app.exchange.writer_client import ChatWriter, WrittenFiles, write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from tests.helpers.children import only_mine, workers
from tests.helpers.exported import ALL, chat, rich_chat
from tests.helpers.posted import Posted

__all__ = ["only_mine"]  # a fixture

MARKDOWN = ExportFormat.MARKDOWN
_SABOTAGED = """
import os, signal
from app.exchange.worker.writers import main, markdown_file
{}
raise SystemExit(main.run())
"""


@pytest.fixture
def sabotage(monkeypatch):
    """Have every process run some code before it begins."""

    def replace(code: str) -> None:
        argv = [sys.executable, "-c", _SABOTAGED.format(code)]
        monkeypatch.setattr(writer_client, "worker_command", lambda role: argv)

    return replace


class Owner(Posted):
    """A writer with an event loop of one queue."""

    def __init__(self) -> None:
        super().__init__()
        self.writer = ChatWriter(post=self.post)
        self.ends: list[object] = []
        self.progress: list[int] = []

    def write(self, chats, target, format_=MARKDOWN, *, is_folder=False) -> None:
        self.writer.write(
            chats,
            target,
            format_,
            ALL,
            self.ends.append,
            is_folder=is_folder,
            on_progress=self.progress.append,
        )


@pytest.fixture
def owner():
    made = Owner()
    yield made
    made.writer.close()


def endless():
    while True:
        yield chat()


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "home")


@pytest.mark.parametrize("format_", ExportFormat)
def test_a_cancelled_export_leaves_nothing(owner, tmp_path, format_):
    target = tmp_path / "out"
    target.write_text("old")
    owner.write(endless(), target, format_)
    owner.wait(lambda: owner.progress)
    owner.writer.cancel()
    owner.wait(lambda: owner.ends)
    assert isinstance(owner.ends[0], Cancelled)
    assert names(tmp_path) == ["out"]
    assert target.read_text() == "old"
    assert not workers()


def test_a_cancelled_export_to_a_folder_leaves_nothing(owner, tmp_path):
    owner.write(endless(), tmp_path, is_folder=True)
    owner.wait(lambda: owner.progress)
    owner.writer.cancel()
    owner.wait(lambda: owner.ends)
    assert isinstance(owner.ends[0], Cancelled)
    assert names(tmp_path) == []


def test_close_ends_the_process_reports_nothing_and_leaves_nothing(owner, tmp_path):
    owner.write(endless(), tmp_path / "out")
    owner.write(endless(), tmp_path / "next")
    owner.wait(lambda: owner.progress)
    (worker,) = workers()
    owner.writer.close()
    owner.run_what_is_posted()
    assert not owner.ends
    assert not worker.is_running()
    assert names(tmp_path) == []


def test_exports_end_in_the_order_in_which_they_came(owner, tmp_path):
    owner.write([chat()], tmp_path / "a")
    owner.write([chat()], tmp_path / "missing" / "b")
    owner.write([chat()], tmp_path / "c")
    assert not owner.ends
    assert len(workers()) == 1, "one at a time"
    owner.wait(lambda: len(owner.ends) == 3)
    assert [type(end) for end in owner.ends] == [
        WrittenFiles,
        errors.ExportFolderMissing,
        WrittenFiles,
    ]
    assert names(tmp_path) == ["a", "c"]


def test_cancel_ends_what_waits_too(owner, tmp_path):
    owner.write(endless(), tmp_path / "a")
    owner.write([chat()], tmp_path / "b")
    owner.writer.cancel()
    owner.wait(lambda: len(owner.ends) == 2)
    assert all(isinstance(end, Cancelled) for end in owner.ends)
    owner.write([chat()], tmp_path / "c")
    owner.wait(lambda: len(owner.ends) == 3)
    assert names(tmp_path) == ["c"]


def test_chats_are_taken_one_at_a_time(owner, tmp_path):
    """However many there are, the process has to have asked for each of them."""
    asked = []

    def counted():
        for number in range(50):
            asked.append(number)
            yield chat(title=str(number))

    owner.write(counted(), tmp_path / "out")
    (worker,) = workers()
    worker.suspend()
    assert len(asked) <= 2
    worker.resume()
    owner.wait(lambda: owner.ends)
    assert len(asked) == 50


def test_what_the_chats_raise_is_the_end(tmp_path):
    def broken():
        yield chat()
        raise errors.PictureMissing(name="p", path="p")

    with pytest.raises(errors.PictureMissing):
        write_chats(broken(), tmp_path / "out", MARKDOWN, ALL)
    assert names(tmp_path) == []
    assert not workers()


def test_pixels_are_not_sent(tmp_path):
    """They are megabytes, and the process makes its own."""
    made = PictureAttachment(
        source=Source(name="p", data=b"x"),
        thumbnail_png=b"T" * 10_000_000,
        picture=Picture(sha256="", width_px=1, height_px=1, data=b"P" * 10_000_000),
    )
    lean = writer_client._lean(chat(attachments=(made,)))
    assert len(msgspec.json.encode(lean)) < 10_000


@pytest.mark.skipif(os.name != "posix", reason="permissions")
def test_a_file_is_private_and_replaces_the_old_one(tmp_path):
    target = tmp_path / "out.md"
    target.write_text("old")
    write_chats([chat()], target, MARKDOWN, ALL)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert "Ein Titel" in target.read_text(encoding="utf-8")
    assert names(tmp_path) == ["out.md"]


@pytest.mark.parametrize("format_", ExportFormat)
@pytest.mark.skipif(os.name != "posix", reason="resource limits")
def test_a_full_disk_is_one_sentence(sabotage, tmp_path, format_):
    sabotage("import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900))")
    with pytest.raises(errors.ExportDiskFull, match="no room left for “out”"):
        write_chats([rich_chat()] * 3, tmp_path / "out", format_, ALL)
    assert names(tmp_path) == []


def test_a_disk_that_is_full_on_sync_is_one_sentence(sabotage, tmp_path):
    sabotage("def fsync(fd): raise OSError(28, 'No space left on device')\nos.fsync = fsync")
    with pytest.raises(errors.ExportDiskFull):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)
    with pytest.raises(errors.ExportDiskFull):
        write_chats([chat()], tmp_path, MARKDOWN, ALL, is_folder=True)
    assert names(tmp_path) == []


def test_a_folder_that_refuses_is_one_sentence(sabotage, tmp_path):
    sabotage("def refuse(*_): raise PermissionError(13, 'Permission denied')\nos.open = refuse")
    with pytest.raises(errors.ExportRefused, match="Permission denied"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)


@pytest.mark.parametrize("format_", ExportFormat)
def test_a_target_that_is_a_folder_is_one_sentence(tmp_path, format_):
    (tmp_path / "out" / "full").mkdir(parents=True)
    with pytest.raises(errors.ExportRefused):
        write_chats([chat()], tmp_path / "out", format_, ALL)
    assert names(tmp_path) == ["out"]


def test_a_name_that_no_system_knows_is_one_sentence(tmp_path):
    with pytest.raises(errors.ExportRefused, match="name is invalid"):
        write_chats([chat()], tmp_path / "a\0b", MARKDOWN, ALL)
    with pytest.raises(errors.ExportRefused):
        write_chats([chat()], tmp_path / ("x" * 300), MARKDOWN, ALL)


def test_a_folder_that_is_missing_is_one_sentence(tmp_path):
    with pytest.raises(errors.ExportFolderMissing):
        write_chats([chat()], tmp_path / "missing", MARKDOWN, ALL, is_folder=True)


def test_a_name_that_is_taken_meanwhile_is_left_alone(sabotage, tmp_path):
    sabotage(
        "from app.exchange.worker.writers.staging import StagedFolder\n"
        "old = StagedFolder.publish\n"
        f"def publish(folder):\n    open({str(tmp_path / 'Titel.md')!r}, 'w').write('mine')\n"
        "    return old(folder)\n"
        "StagedFolder.publish = publish"
    )
    written = write_chats([chat(title="Titel")], tmp_path, MARKDOWN, ALL, is_folder=True)
    assert written.names == ("Titel (2).md",)
    assert (tmp_path / "Titel.md").read_text() == "mine"


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("how", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_crash_is_one_sentence_and_leaves_nothing(sabotage, tmp_path, how):
    sabotage(f"markdown_file.about = lambda chat, words: os.kill(os.getpid(), signal.{how})")
    with pytest.raises(errors.ExportFailed, match="“out” was not written"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_silence_ends_the_process(sabotage, tmp_path, monkeypatch):
    monkeypatch.setattr(writer_client, "_SILENCE_S", 1.5)
    sabotage("markdown_file.about = lambda chat, words: signal.pause()")
    with pytest.raises(errors.ExportFailed, match="stopped answering"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit it")
def test_memory_is_limited(sabotage, tmp_path):
    sabotage(
        "main._ADDRESS_SPACE_BYTES = 1 << 30\n"
        "markdown_file.about = lambda chat, words: 'x' * (2 << 30)"
    )
    with pytest.raises(errors.ExportFailed, match="too large for the memory"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)


@pytest.mark.parametrize("said", ["hello", "{}", "x" * 2_000_000, '{"type":"Failed"}', ""])
def test_a_process_that_was_taken_over_is_not_believed(sabotage, tmp_path, said):
    (tmp_path / "said").write_text(said + "\n" * bool(said))
    sabotage(f"print(open({str(tmp_path / 'said')!r}).read(), end='')\nraise SystemExit")
    with pytest.raises(errors.ExportFailed):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)


def test_a_bug_of_ours_is_a_report_without_words(sabotage, tmp_path):
    sabotage("def about(chat, words): raise KeyError(chat.info.title)\nmarkdown_file.about = about")
    with pytest.raises(WorkerBug, match="KeyError") as caught:
        write_chats([chat(title="secret")], tmp_path / "out", MARKDOWN, ALL)
    assert "secret" not in str(caught.value)
    assert names(tmp_path) == []


def test_a_broken_installation_is_one_sentence(sabotage, tmp_path, monkeypatch):
    sabotage("import sys\nsys.modules[markdown_file.__name__] = None")
    with pytest.raises(errors.ExporterMissing, match="Reinstall"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)
    monkeypatch.setattr(writer_client, "worker_command", lambda role: ["/no/such/program"])
    with pytest.raises(errors.ExporterMissing, match="Reinstall"):
        write_chats([chat()], tmp_path / "out", MARKDOWN, ALL)


def test_the_process_ends_with_its_parent_and_takes_its_file_along(tmp_path):
    job = {
        "type": "WriteJob",
        "request_id": 1,
        "target": msgspec.to_builtins(os.fsencode(tmp_path / "out")),
        "staging": msgspec.to_builtins(os.fsencode(tmp_path / ".part")),
        "name": "out",
        "format": "md",
        "options": msgspec.to_builtins(WriteOptions()),
        "exported_ms": 1,
    }
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--chat-writer"],
        input=msgspec.json.encode(job) + b"\n",
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert b"NextChat" in worker.stdout
    assert names(tmp_path) == []


def test_the_window_never_loads_the_libraries():
    code = "import sys, app.exchange.writer_client, app.exchange.chat_file; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"PIL", "markdown_it", "reportlab", "fontTools"} & set(result.stdout.split())
