"""The process that reads chats, as it is, when it crashes, hangs or lies, and its client."""

import hashlib
import json
import os
import queue
import subprocess
import sys
import zipfile

import msgspec
import pytest

from app.domain import errors
from app.domain.attachments import PictureAttachment
from app.domain.errors import WorkerBug
from app.domain.kept_chat import KeptChat
from app.exchange import reader_client
from app.exchange.reader_client import ChatReader
from app.exchange.reader_protocol import ChatsRead, Why
from app.pipe.waiting import wait_for
from tests.helpers.children import only_mine, workers
from tests.helpers.foreign_chats import (
    PIXEL,
    chatgpt_chat,
    conversation,
    jan_message,
    lm_studio_chat,
    node,
    own_chat,
    own_file,
    tree,
    write_jan,
    write_json,
    write_ollama,
    write_zip,
)
from tests.helpers.posted import Posted

__all__ = ["only_mine"]  # a fixture

# A chat reader in which something is replaced.
_SABOTAGED = """
import os, signal, socket, subprocess, sys
from app.exchange.worker.reading import main
from app.exchange.worker.reading.recognise import Recogniser
{}
raise SystemExit(main.run())
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "attachments"
    made.mkdir()
    return made


@pytest.fixture
def read(folder):
    """Read a file and wait: the chats, and what became of all."""

    def read_all(path) -> tuple[list[KeptChat], ChatsRead]:
        chats: list[KeptChat] = []

        def start(post, on_end) -> ChatReader:
            reader = ChatReader(post=post)
            reader.read(path, folder, on_chat=chats.append, on_end=on_end)
            return reader

        return chats, wait_for(start)

    return read_all


@pytest.fixture
def sabotage(monkeypatch):
    """Have every process run some code before it begins."""

    def replace(code: str) -> None:
        argv = [sys.executable, "-P", "-X", "utf8", "-c", _SABOTAGED.format(code)]
        monkeypatch.setattr(reader_client, "worker_command", lambda role: argv)

    return replace


@pytest.fixture
def plain(tmp_path):
    return write_json(tmp_path / "conversations.json", [chatgpt_chat()])


class Owner(Posted):
    """A reader with an event loop of one queue."""

    def __init__(self, folder) -> None:
        self.folder = folder
        super().__init__()
        self.reader = ChatReader(post=self.post)
        self.chats: list[KeptChat] = []
        self.ends: list[object] = []

    def read(self, path) -> None:
        self.reader.read(path, self.folder, on_chat=self.chats.append, on_end=self.ends.append)


@pytest.fixture
def owner(folder):
    made = Owner(folder)
    yield made
    made.reader.close()


def test_every_program_is_recognised_by_content(tmp_path, read):
    write_ollama(tmp_path / "a")
    write_json(tmp_path / "b", [chatgpt_chat()])
    write_json(tmp_path / "c", lm_studio_chat())
    write_json(tmp_path / "d", own_file(own_chat()))
    write_zip(tmp_path / "e", {"x/conversations.json": [chatgpt_chat()]})
    write_jan(tmp_path / "f" / "threads" / "t", [jan_message("q", "user", "Q")])
    programs = {name: read(tmp_path / name)[1].program for name in "abcdef"}
    assert programs == {
        "a": "Ollama",
        "b": "ChatGPT",
        "c": "LM Studio",
        "d": "Cierzo",
        "e": "ChatGPT",
        "f": "Jan",
    }
    assert not workers()


def test_the_end_says_what_was_left_out(tmp_path, read):
    chats = [own_chat(), own_chat(), {"messages": 1}, {}, own_chat(key="1" * 32)]
    found, end = read(write_json(tmp_path / "file", own_file(*chats)))
    assert [chat.info.key for chat in found] == [own_chat()["key"], "1" * 32]
    assert end.chats == 2
    assert end.skipped == {Why.REPEATED: 1, Why.BROKEN: 1, Why.EMPTY: 1}
    assert tree(found[0])[1][3] == "(Hm) Nice"


def test_large_attachments_become_private_files(tmp_path, folder, read):
    def pointer(name: str) -> dict[str, object]:
        return {"content_type": "image_asset_pointer", "asset_pointer": f"sediment://{name}"}

    large = PIXEL + bytes(3 << 20)
    asked = node("q", None, "user", pointer("file_a"), pointer("file_b"), "Q")
    files = {"conversations.json": [conversation(asked)], "file_a-1.png": PIXEL, "file_b": large}
    found, end = read(write_zip(tmp_path / "export.zip", files))
    small, big = found[0].messages[0].attachments
    assert isinstance(big, PictureAttachment)
    assert (small.source.data, small.source.path) == (PIXEL, "")
    assert big.source.data == b""
    assert big.source.sha256 == hashlib.sha256(large).hexdigest()
    (written,) = folder.iterdir()
    assert str(written) == big.source.path
    assert written.read_bytes() == large
    if os.name == "posix":
        assert written.stat().st_mode & 0o777 == 0o600
    assert end.missing_attachments == 0


def test_a_running_apps_database_is_read_with_its_log(tmp_path, folder, read):
    found, _ = read(write_ollama(tmp_path / "db.sqlite", with_log=True))
    assert [row[3] for row in tree(found[0])] == ["What is it?", "(Small.) A pixel."]
    assert not list(folder.iterdir())


def test_a_file_with_ten_thousand_chats(tmp_path, read):
    chats = [chatgpt_chat(conversation_id=str(number)) for number in range(10_000)]
    found, end = read(write_json(tmp_path / "file", chats))
    assert len(found) == end.chats == 10_000


def test_a_chat_that_is_too_large_for_a_line_is_counted(tmp_path, read):
    huge = conversation(node("q", None, "user", "x" * (65 << 20)), conversation_id="huge")
    found, end = read(write_json(tmp_path / "file", [huge, chatgpt_chat()]))
    assert len(found) == 1
    assert end.skipped == {Why.TOO_LARGE: 1}


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", errors.NoChats, "There is no chat"),
        (b"\0" * 100_000, errors.ImportDamaged, "damaged or incomplete"),
        (b"hello", errors.NotChats, "Choose chats that Cierzo exported"),
        (b'[{"mapping": {"a"', errors.ImportDamaged, "damaged or incomplete"),
        (b'[{"mapping": ' + b"[" * 20_000, errors.ImportDamaged, "damaged"),
        (b"PK\x03\x04", errors.ImportDamaged, "damaged"),
        (b'{"format":"cierzo-chats","version":9,"chats":[]}', errors.ImportTooNew, "newer"),
        (b'{"format":"cierzo-chats","version":1,"chats":[3]}', errors.ImportDamaged, "damaged"),
        (b'[{"mapping": {}}]', errors.NoChats, "There is no chat"),
    ],
    ids=lambda value: repr(value[:14]) if isinstance(value, bytes) else "",
)
def test_what_cannot_be_read_is_one_sentence(tmp_path, read, content, error, words):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(error, match=words):
        read(path)
    assert not workers()


def test_paths_that_lead_to_nothing_readable(tmp_path, read):
    with pytest.raises(errors.ImportNotFound, match="“gone”"):
        read(tmp_path / "gone")
    with pytest.raises(errors.ImportUnreadable, match="its name is invalid"):
        read(tmp_path / "nul\0")
    with pytest.raises(errors.NotChats):
        read(tmp_path / "attachments")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(errors.ImportUnreadable, match="no ordinary file"):
            read(tmp_path / "pipe")


def test_an_archive_with_a_password(tmp_path, read):
    path = write_zip(tmp_path / "export.zip", {"conversations.json": [chatgpt_chat()]})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag, in the entry and in the list of entries
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(errors.ImportEncrypted, match="password"):
        read(path)


def test_an_archive_that_would_fill_the_memory(tmp_path, read):
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("conversations.json", "w", force_zip64=True) as file,
    ):
        file.write(b'[{"mapping": {}}')
        for _ in range(1030):
            file.write(b" " * (1 << 20))
    assert path.stat().st_size < 8 << 20
    with pytest.raises(errors.ImportTooLarge, match="1 GiB"):
        read(path)


def test_a_sparse_file_of_many_gigabytes(tmp_path, read):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(b"[")
        file.truncate(5 << 30)
    with pytest.raises(errors.ImportTooLarge):
        read(path)


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit it")
def test_memory_is_limited(sabotage, plain, read):
    sabotage("Recogniser.outcomes = lambda self: iter([bytearray(4 << 30)])")
    with pytest.raises(errors.ImportTooLarge):
        read(plain)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("how", ["SIGSEGV", "SIGKILL"])
def test_a_crash_costs_one_sentence(sabotage, plain, read, how):
    sabotage(f"Recogniser.outcomes = lambda self: os.kill(os.getpid(), signal.{how})")
    with pytest.raises(errors.ChatReaderCrashed, match="stopped the program part"):
        read(plain)
    assert not workers()


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_computing_for_ever_is_stopped_by_the_system(sabotage, plain, read):
    sabotage(
        "main._CPU_S = 1\ndef forever(self):\n    while True: pass\nRecogniser.outcomes = forever"
    )
    with pytest.raises(errors.ChatReaderTooSlow):
        read(plain)


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_silence_is_ended_by_the_watchdog(sabotage, plain, read, monkeypatch):
    monkeypatch.setattr(reader_client, "_SILENCE_S", 0.5)
    sabotage("Recogniser.outcomes = lambda self: signal.pause()")
    with pytest.raises(errors.ChatReaderTooSlow, match="took too long"):
        read(plain)
    assert not workers()


@pytest.mark.skipif(os.name != "posix", reason="resource limits")
@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "subprocess.run(['true'])",
        "os.system('true')",
        "[os.dup(0) for _ in range(100)]",
    ],
)
def test_while_it_reads_nothing_leaves(sabotage, plain, read, attempt):
    sabotage(
        "def look(self):\n"
        f"    try: {attempt}\n"
        "    except OSError: os._exit(77)\n"
        "Recogniser.outcomes = look"
    )
    with pytest.raises(errors.ChatReaderCrashed, match="exit code 77"):
        read(plain)


def found_line(**more) -> bytes:
    """What a process says that tells of a chat, with something else in it."""
    info = {"chat_id": 0, "key": "0" * 32, "leaf_id": 1, **more.pop("info", {})}
    message = {"message_id": 1, "role": "user", "parts": [], "state": "done", **more}
    chat = {"info": info, "messages": [message]}
    return json.dumps({"type": "ChatFound", "request_id": 1, "chat": chat}).encode()


def attached(**source) -> bytes:
    return found_line(attachments=[{"type": "picture", "source": {"name": "p", **source}}])


@pytest.mark.parametrize(
    "said",
    [
        b"hello",
        b'{"type":"Failed","request_id":1,"code":"import_damaged","facts":{}}',
        found_line(parent_id=1),
        found_line(role="system"),
        found_line(info={"leaf_id": 2}),
        found_line(info={"settings": {"model_path": "/etc/passwd"}}),
        attached(path="/etc/passwd", sha256="a" * 64),
        attached(path="/etc/passwd", sha256="../../etc/passwd"),
    ],
)
def test_a_process_that_was_taken_over_is_not_believed(sabotage, plain, tmp_path, read, said):
    path = tmp_path / "said"
    path.write_bytes(said + b"\n")
    sabotage(f"print(open({str(path)!r}).read(), end='')\nraise SystemExit")
    with pytest.raises(errors.ChatReaderCrashed, match="broke the protocol"):
        read(plain)


def test_a_bug_of_ours_is_a_report_without_values(sabotage, plain, read):
    sabotage("def broken(self): raise KeyError('Secret')\nRecogniser.outcomes = broken")
    with pytest.raises(WorkerBug, match="KeyError") as caught:
        read(plain)
    assert "Secret" not in str(caught.value)


def test_a_broken_installation_is_one_sentence(plain, read, monkeypatch):
    monkeypatch.setattr(reader_client, "worker_command", lambda role: ["/no/such/program"])
    with pytest.raises(errors.ChatReaderMissing, match="Reinstall"):
        read(plain)


def test_a_folder_for_attachments_that_is_gone(tmp_path, read, folder):
    path = write_json(tmp_path / "chats", own_file(own_chat()))
    content = json.loads(path.read_text())
    content["chats"][0]["messages"][0]["attachments"][0]["data"] = "A" * (4 << 20)
    write_json(path, content)
    folder.rmdir()
    with pytest.raises(errors.FolderUnwritable):
        read(path)


def test_files_are_read_one_after_the_other(owner, tmp_path, plain):
    for path in (plain, tmp_path / "gone", plain):
        owner.read(path)
    assert not owner.ends, "nothing is reported before the owner looks"
    assert len(workers()) == 1
    owner.wait(lambda: len(owner.ends) == 3)
    assert [type(end).__name__ for end in owner.ends] == [
        "ChatsRead",
        "ImportNotFound",
        "ChatsRead",
    ]
    assert len(owner.chats) == 2


def test_an_owner_that_takes_nothing_holds_the_process_up(owner, tmp_path):
    chats = [chatgpt_chat(conversation_id=str(number)) for number in range(2_000)]
    owner.read(write_json(tmp_path / "file", chats))
    owner.wait(lambda: owner.chats)
    (worker,) = workers()
    assert owner.posted.qsize() <= reader_client._MOST_UNTAKEN
    assert worker.is_running()
    owner.wait(lambda: owner.ends)
    assert len(owner.chats) == 2_000


def test_an_owner_that_is_not_done_with_a_chat_gets_few_more(owner, tmp_path):
    chats = [chatgpt_chat(conversation_id=str(number)) for number in range(200)]
    owner.read(write_json(tmp_path / "file", chats))
    owner.wait(lambda: owner.chats)
    owner.reader.hold()
    owner.wait(lambda: len(owner.chats) == 1 + reader_client._MOST_UNTAKEN)
    with pytest.raises(queue.Empty):
        owner.posted.get(timeout=0.3)
    owner.reader.go_on()
    owner.wait(lambda: owner.ends)
    assert len(owner.chats) == 200


def test_a_cancelled_reading_ends_at_once(owner, tmp_path, plain):
    chats = [chatgpt_chat(conversation_id=str(number)) for number in range(2_000)]
    owner.read(write_json(tmp_path / "file", chats))
    owner.read(plain)
    owner.wait(lambda: owner.chats)
    owner.reader.hold()
    seen = len(owner.chats)
    owner.reader.cancel()
    owner.wait(lambda: len(owner.ends) == 2)
    assert [type(end) for end in owner.ends] == [errors.Cancelled, errors.Cancelled]
    assert len(owner.chats) == seen
    assert not workers()
    owner.read(plain)
    owner.wait(lambda: len(owner.ends) == 3)
    assert isinstance(owner.ends[2], ChatsRead), "it can read again"


def test_close_ends_the_process_and_reports_nothing(owner, tmp_path):
    chats = [chatgpt_chat(conversation_id=str(number)) for number in range(2_000)]
    owner.read(write_json(tmp_path / "file", chats))
    owner.wait(lambda: owner.chats)
    (worker,) = workers()
    owner.reader.close()
    assert not worker.is_running()
    seen = len(owner.chats)
    owner.run_what_is_posted()
    assert len(owner.chats) == seen
    assert not owner.ends


def test_a_copy_that_a_dead_process_left_is_deleted(sabotage, plain, read, folder):
    sabotage(
        "def die(self):\n"
        "    (self._folder / 'copy.sqlite').write_bytes(b'private')\n"
        "    os._exit(3)\n"
        "Recogniser.outcomes = die"
    )
    with pytest.raises(errors.ChatReaderCrashed):
        read(plain)
    assert not list(folder.iterdir())


def test_the_process_ends_with_its_parent():
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--chat-reader"],
        input=msgspec.json.encode({"type": "ReadChats", "request_id": 1})[:-1],
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert not worker.stdout


def test_the_window_never_loads_what_reads():
    code = "import sys, app.exchange.reader_client; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"sqlite3", "zipfile", "app.exchange.worker"} & set(result.stdout.split())
