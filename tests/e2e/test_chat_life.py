"""The life of a chat in the real window with the real engine, from its first word to another PC."""

import json
import pathlib

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListView, QPushButton

from app.domain.attachments import DocumentAttachment
from app.domain.kept_chat import ChatMessage, KeptChat
from app.exchange.writer_protocol import ExportFormat
from app.services.chat_export import ExportWish
from app.store.store import Store
from app.ui.chat.message_requests import AnswerAgain, Rewrite, ShowVariant
from tests.helpers.command_line import CommandLine
from tests.helpers.exported import words_of
from tests.helpers.person import Person, person

__all__ = ["person"]

NOTES = "# The cierzo\n\nIt blows from the north-west, sometimes for days."


def write(me: Person, tmp_path: pathlib.Path) -> None:
    """Two turns, the second with a document, then a branch of each kind."""
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    me.ask_shortly("What is the cierzo?")
    me.find("messageInput").setPlainText("And what do my notes say?")
    attaching = me.window._page.drafting.attaching
    attaching._take_files([str(tmp_path / "notes.md")])
    me.wait(lambda: me.find("sendButton").isEnabled())
    me.click("sendButton")
    me.wait(lambda: len(me.answers()) == 2 and len(me.answers()[-1]) > 10)
    me.click("stopButton")
    me.wait_for_answer()


def branch(me: Person) -> None:
    """Ask the first question otherwise, have an answer again, and go back to the first path."""
    commands, chat = me.window._page._commands, me.program.chats.chats[0]
    question, first = chat.messages[:2]
    commands.do(Rewrite(question.message_id, "What is the mistral?"))
    me.wait(lambda: len(me.answers()) == 1 and len(me.answers()[0]) > 10)
    me.click("stopButton")
    me.wait_for_answer()
    commands.do(ShowVariant(question.message_id))
    commands.do(AnswerAgain(first.message_id))
    me.wait(lambda: len(chat.variants(first.message_id)) == 2)
    me.wait(lambda: me.answers() and len(me.answers()[0]) > 10)
    me.click("stopButton")
    me.wait_for_answer()
    commands.do(ShowVariant(first.message_id))


def search(me: Person) -> None:
    """Find a word that only the document has, and go there."""
    me.find("searchField").setText("north-west")
    rows = me.find("chatList")
    assert isinstance(rows, QListView)

    def hits() -> list[str]:
        model = rows.model()
        spoken = Qt.ItemDataRole.AccessibleTextRole
        return [str(model.index(row, 0).data(spoken)) for row in range(model.rowCount())]

    me.wait(lambda: any("north-west" in row for row in hits()))
    me.find("searchField").setText("")


def export(me: Person, folder: pathlib.Path) -> pathlib.Path:
    """Write the chat in every format; the answer is the one that can be read again."""
    chat = me.program.chats.chats[0]
    for format_ in ExportFormat:
        target, ends = folder / f"chat{format_.suffix}", []
        wish = ExportWish(chats=(chat,), target=target, format=format_)
        me.program.exchange.exports.write(wish, ends.append, on_progress=lambda done, total: None)
        me.wait(lambda ends=ends: ends)
        assert not isinstance(ends[0], Exception), ends[0]
        said = " ".join(words_of(target).split())
        assert "And what do my notes say?" in said, format_
        assert "notes.md" in said, format_
    return folder / f"chat{ExportFormat.JSON.suffix}"


def content(folder: pathlib.Path) -> list[object]:
    """Everything that is kept, but for the ids and moments that belong to one PC."""
    with Store(folder / "data", reads_only=True) as store:
        chats = [store.chats.load(info.chat_id) for info in store.chats.infos()]
    return sorted((_comparable(chat) for chat in chats), key=str)


def _comparable(chat: KeptChat) -> object:
    places = {m.message_id: place for place, m in enumerate(chat.messages)}

    def plain(message: ChatMessage) -> ChatMessage:
        parent = None if message.parent_id is None else places[message.parent_id]
        return msgspec.structs.replace(
            message,
            message_id=places[message.message_id],
            parent_id=parent,
            attachments=tuple(
                msgspec.structs.replace(a, source=msgspec.structs.replace(a.source, path=""))
                for a in message.attachments
            ),
        )

    info = msgspec.structs.replace(
        chat.info,
        chat_id=0,
        used_order=0,
        leaf_id=places[chat.info.leaf_id],
        reads_after=None,
    )
    return msgspec.to_builtins(KeptChat(info=info, messages=tuple(map(plain, chat.messages))))


def test_a_chat_is_written_branched_found_exported_deleted_restored_and_moved(person, tmp_path):
    me = person()
    write(me, tmp_path)
    branch(me)
    chat = me.program.chats.chats[0]
    me.program.library.rename(chat, "Winds of Aragon")
    me.program.library.set_folders(["Weather"])
    me.program.library.change(chat, folder="Weather", is_pinned=True)
    search(me)
    file = export(me, tmp_path)
    shown = [m.text for m in chat.messages]

    copies: list[object] = []
    me.program.backups.back_up(copies.append)
    me.wait(lambda: copies)
    before = content(tmp_path / "data")
    me.program.library.move_to_trash(chat)
    me.program.library.bring_back(chat)
    kept: list[None] = []
    me.program.library.run(lambda store: None, kept.append)
    me.wait(lambda: kept)
    assert content(tmp_path / "data") == before
    me.program.library.move_to_trash(chat)
    gone: list[bool] = []
    me.program.library.delete([chat], lambda: gone.append(True))
    me.wait(lambda: gone)
    assert content(tmp_path / "data") == []
    assert "north-west" not in everything(tmp_path / "data"), "deleted is deleted, in copies too"

    # The file that was exported has it all.
    ends: list = []
    me.program.exchange.imports.bring_in(file, ends.append)
    me.wait(lambda: ends)
    assert (len(ends[0].chats), ends[0].problem) == (1, None)
    assert content(tmp_path / "data") == before
    (again,) = ends[0].chats
    me.window._page.open_chat(again.chat_id)
    me.wait(lambda: again.is_loaded)
    assert [m.text for m in again.messages] == shown
    me.program.close()

    other = person(home="other")
    ends.clear()
    other.program.exchange.imports.bring_in(file, ends.append)
    other.wait(lambda: ends)
    other.program.close()
    assert content(tmp_path / "other") == before
    document = next(
        a
        for m in other_messages(tmp_path / "other")
        for a in m.attachments
        if isinstance(a, DocumentAttachment)
    )
    assert pathlib.Path(document.source.path).read_text(encoding="utf-8") == NOTES
    assert json.loads(file.read_text(encoding="utf-8"))["format"] == "cierzo-chats"


def other_messages(folder: pathlib.Path) -> list[ChatMessage]:
    with Store(folder / "data", reads_only=True) as store:
        return [m for i in store.chats.infos() for m in store.chats.load(i.chat_id).messages]


def everything(folder: pathlib.Path) -> str:
    files = (path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return "\n".join(data.decode("utf-8", "replace") for data in files)


def test_a_backup_brings_back_what_was_changed(person, tmp_path):
    me = person()
    me.ask_shortly("What is the cierzo?")
    made: list[object] = []
    me.program.backups.back_up(made.append)
    me.wait(lambda: made)
    before = content(tmp_path / "data")
    me.ask_shortly("And the mistral?")
    me.program.library.rename(me.program.chats.chats[0], "Spoilt")
    copy = me.program.backups.copies[0]
    ends: list[object] = []
    me.program.backups.restore(copy, ends.append)
    me.wait(lambda: ends and me.program.library.is_open)
    assert not isinstance(ends[0], Exception)
    assert content(tmp_path / "data") == before
    me.wait(lambda: "And the mistral?" not in me.words())
    assert me.window.findChild(QPushButton, "newChatButton").isEnabled()


@pytest.mark.parametrize("format_", list(ExportFormat))
def test_an_export_beside_an_open_window_by_the_command_line(person, tmp_path, format_):
    me = person()
    me.ask_shortly("What is the cierzo?")
    target = tmp_path / f"out{format_.suffix}"
    result = CommandLine(tmp_path)(
        "chats",
        "export",
        "--all",
        "--format",
        format_.value,
        "--to",
        target,
        "--home",
        tmp_path / "data",
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "What is the cierzo?" in " ".join(words_of(target).split())
