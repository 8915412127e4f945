"""Chats out to files and in again: the services over a real store and real processes."""

import msgspec
import pytest

from app.domain import errors
from app.domain.attachments import PictureAttachment, Source
from app.domain.errors import Cancelled, ChatsDiskFull, ChatsInUse
from app.domain.file_names import check_file_names
from app.domain.kept_chat import KeptChat, MessageState
from app.exchange.reader_protocol import Why
from app.exchange.writer_client import WrittenFiles
from app.exchange.writer_protocol import ExportFormat
from app.services import chat_import
from app.services.chat_exchange import ChatExchange
from app.services.chat_export import ExportWish
from app.services.chat_import import Imported
from app.services.chats import ChatsAdded, ChatsRemoved, Trouble
from tests.helpers.exported import rich_chat, words_of
from tests.helpers.foreign_chats import (
    chatgpt_chat,
    own_chat,
    own_file,
    write_json,
)
from tests.helpers.keeping import KeptStage, comparable

NOT_LONG_AGO_MS = 1_795_000_000_000


class Exchange:
    """Kept chats and what brings them out and in."""

    def __init__(self, folder) -> None:
        self.stage = KeptStage(folder / "data")
        self.cache = folder / "cache"
        self.progress: list = []
        self.service = ChatExchange(self.stage.library, self.cache, post=self.stage.post)

    def open(self) -> "Exchange":
        self.stage.open()
        return self

    def begin_import(self, path, **options) -> list[Imported]:
        ends: list[Imported] = []
        self.service.imports.bring_in(
            path, ends.append, on_progress=self.progress.append, **options
        )
        return ends

    def bring_in(self, path) -> Imported:
        ends = self.begin_import(path)
        self.stage.wait(lambda: ends)
        self.stage.settle()
        return ends[0]

    def write(self, target, format_=ExportFormat.JSON, chats=None, **options):
        ends: list = []
        wish = ExportWish(chats=chats, target=target, format=format_, **options)
        self.service.exports.write(
            wish, ends.append, on_progress=lambda *done: self.progress.append(done)
        )
        self.stage.wait(lambda: ends)
        return ends[0]

    def kept(self) -> list[KeptChat]:
        """All chats on the disk as they can be compared: without what is this PC's."""
        with self.stage.on_disk() as disk:
            return [comparable(disk.chats.load(info.chat_id)) for info in disk.chats.infos()]

    def close(self) -> None:
        self.service.close()
        self.stage.close()


@pytest.fixture
def home(tmp_path):
    """Open as many homes as wanted."""
    made: list[Exchange] = []

    def open_one(name: str = "one") -> Exchange:
        made.append(Exchange(tmp_path / name))
        return made[-1].open()

    yield open_one
    for each in made:
        each.close()


def many(count: int) -> dict[str, object]:
    messages = [
        {
            "id": number + 1,
            "parent": number or None,
            "role": ("user", "assistant")[number % 2],
            "parts": [{"type": "text", "text": f"word {number} " * 40}],
        }
        for number in range(6)
    ]
    keys = (f"{number:032x}" for number in range(count))
    return own_file(*(own_chat(key=key, messages=messages, leaf=6) for key in keys))


def rich(number: int = 9, **info) -> KeptChat:
    chat = rich_chat()
    facts = {"key": f"{number:032x}", "folder": "Arbeit", "used_ms": NOT_LONG_AGO_MS, **info}
    last = msgspec.structs.replace(chat.messages[-1], state=MessageState.UNANSWERED)
    return KeptChat(
        info=msgspec.structs.replace(chat.info, **facts), messages=(*chat.messages[:-1], last)
    )


def fill(home: Exchange, *chats: KeptChat, folders: list[str] | None = None) -> None:
    done: list = []
    home.stage.library.set_folders(folders or [])
    home.stage.library.add(chats, done.append)
    home.stage.wait(lambda: done)
    home.stage.settle()


def test_what_was_exported_comes_back_equal(home, tmp_path):
    first, second = home("one"), home("two")
    chats = [
        rich(1, title="Eins", used_ms=1_795_000_300_000),
        rich(2, title="Zwei", folder="Privat", is_pinned=False, used_ms=1_795_000_200_000),
        rich(3, title="", is_named=False, folder="", used_ms=1_795_000_100_000),
    ]
    fill(first, *chats, folders=["Leer", "Privat", "Arbeit", "Auch leer"])
    written = first.write(tmp_path / "all.json")
    assert written == WrittenFiles(target=tmp_path / "all.json", files=1, names=())
    assert first.progress == [(0, 3), (1, 3), (2, 3)]
    imported = second.bring_in(tmp_path / "all.json")
    assert (imported.program, len(imported.chats)) == ("Cierzo", 3)
    assert (imported.already_here, imported.skipped, imported.missing_attachments) == (0, {}, 0)
    assert imported.problem is None
    assert second.kept() == first.kept()
    assert second.kept()[0].messages[0].attachments[0].source.data, "not only the words"
    assert second.stage.library.folders == ["Leer", "Privat", "Arbeit", "Auch leer"]
    assert [c.title for c in second.stage.library.chats] == ["Eins", "Zwei", ""]
    assert not any(second.cache.rglob("*")), "nothing is left on the way"


def test_importing_twice_adds_nothing(home, tmp_path):
    me = home()
    path = write_json(tmp_path / "file", many(3))
    assert len(me.bring_in(path).chats) == 3
    before = me.kept()
    me.stage.library.move_to_trash(me.stage.library.chats[0])
    again = me.bring_in(path)
    assert (again.chats, again.already_here, again.folders) == ((), 3, ())
    me.stage.library.bring_back(me.stage.library.trash[0])
    me.stage.settle()
    assert me.kept() == before


@pytest.mark.parametrize("format_", ExportFormat)
def test_every_format_from_the_store(home, tmp_path, format_):
    me = home()
    fill(me, rich(1), rich(2, title="Anders"), folders=["Arbeit"])
    written = me.write(tmp_path / f"out.{format_}", format_)
    assert isinstance(written, WrittenFiles)
    words = words_of(tmp_path / f"out.{format_}")
    for word in ("Reich", "Anders", "denke", "report.pdf"):
        assert word in words
    if format_ is not ExportFormat.JSON:
        assert "Die andere Antwort" not in words, "what is open, and no more"
    me.write(tmp_path / f"bare.{format_}", format_, thoughts=False, pictures=False)
    assert "denke" not in words_of(tmp_path / f"bare.{format_}")


def test_a_file_for_every_chat(home, tmp_path):
    me = home()
    fill(me, rich(1, title="A/B"), rich(2, title="A/B"), folders=["Arbeit"])
    target = tmp_path / "folder"
    target.mkdir()
    written = me.write(target, ExportFormat.MARKDOWN, is_each=True)
    assert (written.files, sorted(written.names)) == (2, ["A B (2).md", "A B.md"])


def test_what_is_exported_and_what_is_not(home, tmp_path):
    me = home()
    fill(me, rich(1, title="Kept"), rich(2, title="Trashed"), folders=["Arbeit", "Other"])
    library = me.stage.library
    library.move_to_trash(next(c for c in library.chats if c.title == "Trashed"))
    me.stage.load()
    private = library.new_chat(is_private=True)
    me.stage.answered(private, "Secret question", "Secret answer")
    library.new_chat()
    assert [c.title for c in me.service.exports.chats] == ["Secret question", "Kept"]
    me.write(tmp_path / "all.md", ExportFormat.MARKDOWN)
    words = words_of(tmp_path / "all.md")
    assert "Secret answer" in words
    assert "Trashed" not in words
    me.write(tmp_path / "one.json", chats=(private,))
    assert "Other" not in (tmp_path / "one.json").read_text(encoding="utf-8")


def test_a_chat_that_is_deleted_meanwhile_is_left_out(home, tmp_path):
    me = home()
    fill(me, rich(1, title="Stays"), rich(2, title="Goes"), folders=["Arbeit"])
    chats = tuple(me.stage.library.chats)
    me.stage.library.take_away([c for c in chats if c.title == "Goes"], lambda _: None)
    me.write(tmp_path / "out.md", ExportFormat.MARKDOWN, chats=chats)
    assert "Goes" not in words_of(tmp_path / "out.md")


@pytest.mark.parametrize(
    ("place", "error"),
    [("no/folder/out.md", errors.ExportFolderMissing), ("file/out.md", errors.ExportFolderMissing)],
)
def test_a_place_that_takes_no_file(home, tmp_path, place, error):
    (tmp_path / "file").touch()
    me = home()
    fill(me, rich(1))
    assert isinstance(me.write(tmp_path / place, ExportFormat.MARKDOWN), error)


def test_a_store_that_fails_ends_the_export_with_its_sentence(home, tmp_path):
    me = home()
    fill(me, rich(1))

    def spoil(store) -> None:
        def load(chat_id):
            raise errors.ChatsDamaged

        store.chats.load = load

    me.stage.keeper.run(spoil)
    assert isinstance(me.write(tmp_path / "out.md", ExportFormat.MARKDOWN), errors.ChatsDamaged)
    assert not list(tmp_path.glob("*.md")) + list(tmp_path.glob(".cierzo*"))


def test_a_cancelled_export_leaves_nothing(home, tmp_path):
    me = home()
    fill(me, *(rich(number) for number in range(1, 40)), folders=["Arbeit"])
    ends: list = []
    wish = ExportWish(chats=None, target=tmp_path / "out.pdf", format=ExportFormat.PDF)
    me.service.exports.write(
        wish, ends.append, on_progress=lambda done, _: me.progress.append(done)
    )
    me.stage.wait(lambda: len(me.progress) > 2)
    me.service.exports.cancel()
    me.stage.wait(lambda: ends)
    assert isinstance(ends[0], Cancelled)
    assert not list(tmp_path.glob("*.pdf")) + list(tmp_path.glob(".cierzo*"))


def test_two_thousand_chats_come_in_without_a_pause(home, tmp_path):
    me = home()
    imported = me.bring_in(write_json(tmp_path / "file", many(2000)))
    assert len(imported.chats) == 2000
    assert me.stage.longest_s < 0.05
    assert len(me.stage.told(ChatsAdded)) <= 2000 / chat_import._MOST_AT_ONCE + 1
    assert me.progress[-1] == 2000
    orders = [chat.info.used_order for chat in me.stage.library.chats]
    assert orders == sorted(orders, reverse=True)


def test_few_chats_wait_for_a_store_that_is_busy(home, tmp_path):
    me = home()
    ends = me.begin_import(write_json(tmp_path / "file", many(200)))
    most = 0

    def is_done() -> bool:
        nonlocal most
        work = me.service.imports._work
        most = max(most, len(work.waiting) if work else 0)
        return bool(ends)

    me.stage.wait(is_done)
    assert most <= chat_import._MOST_AT_ONCE


def test_a_cancelled_import_keeps_what_came(home, tmp_path):
    me = home()
    ends = me.begin_import(write_json(tmp_path / "file", many(2000)))
    me.stage.wait(lambda: me.stage.told(ChatsAdded))
    me.service.imports.cancel()
    me.stage.wait(lambda: ends)
    me.stage.settle()
    assert isinstance(ends[0].problem, Cancelled)
    assert 0 < len(ends[0].chats) < 2000
    assert len(me.kept()) == len(ends[0].chats) == len(me.stage.library.chats)
    assert not any(me.cache.rglob("*"))
    assert len(me.bring_in(tmp_path / "file").chats) == 2000 - len(ends[0].chats)


def test_what_came_can_be_taken_back(home, tmp_path):
    me = home()
    fill(me, rich(1), folders=["Arbeit"])
    before = me.kept()
    imported = me.bring_in(write_json(tmp_path / "file", many(100)))
    assert imported.folders == ("Work",)
    done: list = []
    me.service.imports.take_back(imported, done.append)
    me.stage.wait(lambda: done)
    me.stage.settle()
    assert done == [None]
    assert me.stage.told(ChatsRemoved)[-1].chats == imported.chats
    assert me.kept() == before
    assert me.stage.library.folders == ["Arbeit"]


HOSTILE = [
    "../../etc/passwd",
    "CON",
    "evil\u202egnp.exe",
    "<script>alert(1)</script> & [x](file:///etc)",
    "a\0b\x1b[31m",
    "x" * 10_000,
    "\ud800 half",
]


def test_hostile_chats_come_in_and_go_out_as_words(home, tmp_path):
    me = home()
    message = {"id": 1, "role": "user"}
    chats = [
        own_chat(
            key=f"{number:032x}",
            title=words,
            folder=words,
            leaf=1,
            messages=[{**message, "parts": [{"type": "text", "text": words}]}],
        )
        for number, words in enumerate(HOSTILE)
    ]
    imported = me.bring_in(write_json(tmp_path / "file", own_file(*chats, folders=HOSTILE)))
    assert len(imported.chats) == len(HOSTILE)
    for format_ in ExportFormat:
        target = tmp_path / f"out-{format_}"
        target.mkdir()
        written = me.write(target, format_, is_each=True)
        check_file_names(written.names)
        assert sorted(path.name for path in target.iterdir()) == sorted(written.names)
    for path in (tmp_path / "out-html").iterdir():
        assert "<script" not in path.read_text(encoding="utf-8")
    again = home("again").bring_in(tmp_path / "out-json")
    assert len(again.chats) == len(HOSTILE)


def test_what_could_not_be_read_is_counted(home, tmp_path):
    me = home()
    lost = {"type": "picture", "name": "gone.png"}
    message = {"id": 1, "role": "user", "parts": [{"type": "text", "text": "Q"}]}
    chats = [
        own_chat(),
        own_chat(),
        {"messages": 1},
        {},
        own_chat(key="1" * 32, messages=[{**message, "attachments": [lost]}]),
    ]
    imported = me.bring_in(write_json(tmp_path / "file", own_file(*chats)))
    assert len(imported.chats) == 2
    assert imported.skipped == {Why.REPEATED: 1, Why.BROKEN: 1, Why.EMPTY: 1}
    assert imported.missing_attachments == 1


def test_another_programs_chats(home, tmp_path):
    me = home()
    imported = me.bring_in(write_json(tmp_path / "conversations.json", [chatgpt_chat()]))
    assert imported.program == "ChatGPT"
    assert [c.title for c in me.stage.library.chats] == ["Weather"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"nothing", errors.NotChats),
        (b'{"format":"cierzo-chats","version":9,"chats":[]}', errors.ImportTooNew),
    ],
)
def test_a_file_that_is_none_is_one_sentence(home, tmp_path, content, error):
    me = home()
    (tmp_path / "file").write_bytes(content)
    imported = me.bring_in(tmp_path / "file")
    assert isinstance(imported.problem, error)
    assert not imported.chats


def test_a_full_disk_ends_an_import_and_keeps_what_came(home, tmp_path, monkeypatch):
    monkeypatch.setattr(chat_import, "_MOST_AT_ONCE", 4)
    me = home()

    def spoil(store) -> None:
        add, calls = store.chats.add, []

        def limited(chats):
            calls.append(1)
            if len(calls) > 2:
                raise ChatsDiskFull
            add(chats)

        store.chats.add = limited
        store.free_ballast = lambda: False

    me.stage.keeper.run(spoil)
    imported = me.bring_in(write_json(tmp_path / "file", many(50)))
    assert isinstance(imported.problem, ChatsDiskFull)
    assert len(imported.chats) == len(me.kept()) == 8
    assert not me.stage.told(Trouble), "who asked for it says it"


def test_chats_that_are_not_ours_to_change(home, tmp_path):
    home("one")
    second = home("one")
    ends = second.begin_import(write_json(tmp_path / "file", many(2)))
    second.stage.wait(lambda: ends)
    assert isinstance(ends[0].problem, ChatsInUse)


def test_a_large_picture_comes_and_nothing_is_left(home, tmp_path):
    first, second = home("one"), home("two")
    chat = rich(1)
    question = chat.messages[0]
    big = PictureAttachment(
        source=Source(name="big.png", data=b"\x89PNG\r\n\x1a\n" + bytes(3 << 20))
    )
    changed = msgspec.structs.replace(question, attachments=(big,))
    fill(first, KeptChat(info=chat.info, messages=(changed, *chat.messages[1:])))
    first.write(tmp_path / "out.json")
    second.bring_in(tmp_path / "out.json")
    assert second.kept() == first.kept()
    assert not any(second.cache.rglob("*"))


def test_what_a_crash_left_is_deleted_when_it_is_known_to_be_nobodys(home):
    me = home()
    left = me.cache / "imports" / "x" / "f"
    left.parent.mkdir(parents=True)
    left.touch()
    me.service.imports.clear_leftovers()
    me.stage.settle()
    assert not left.exists()
