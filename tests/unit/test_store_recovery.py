"""Damage: every use of a damaged file ends in an error of ours, and what can be read is saved."""

import contextlib
import datetime as dt
import random
import sqlite3

import msgspec
import pytest

from app.domain.chat import Role
from app.domain.errors import ChatsDamaged, ChatsError, ChatsInUse, ChatsTooNew, ChatsUnreadable
from app.domain.kept_chat import Draft, MessageState, Preset, SavedPrompt
from app.domain.message_tree import MessageTree
from app.store.rows import MESSAGE_COLUMNS, message_of
from app.store.store import Store, recover_chats
from tests.helpers.damage import DATABASE_OUT_OF_MEMORY
from tests.helpers.kept_chats import all_of, chat_of, document, found, info_of, question

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
PAGE = 4096


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A folder of 40 chats with 240 messages, some of them long."""
    folder = tmp_path_factory.mktemp("original")
    draw = random.Random(1)
    with Store(folder) as store:
        for chat_id in range(1, 41):
            texts = [
                f"word{chat_id}x{i} " + "filling " * draw.choice((1, 20, 900)) for i in range(6)
            ]
            kept = chat_of(chat_id, chat_id * 6 - 5, *texts, title=f"Title {chat_id}", folder="f")
            store.chats.add([kept])
        attached = document(store, "a.txt", "page")
        store.chats.put(
            info_of(1, title="Title 1"), question(1, "word1x0", attachments=(attached,))
        )
        store.chats.put_draft(info_of(2, title="Title 2"), Draft(text="draft"))
        store.presets.put_folders(["f"])
        store.presets.put_prompts([SavedPrompt(name="n", text="t")])
        store.presets.put_presets([Preset(name="p", settings=info_of().settings)])
    return (folder / "chats.db").read_bytes()


@pytest.fixture
def damaged(tmp_path):
    """A function that makes a folder of damaged chats."""

    def make(content):
        tmp_path.joinpath("data").mkdir(exist_ok=True)
        tmp_path.joinpath("data", "chats.db").write_bytes(content)
        return tmp_path / "data"

    return make


def zeroed(content, seed):
    draw, changed = random.Random(seed), bytearray(content)
    for _ in range(draw.choice((1, 1, 3, 10))):
        page = draw.randrange(len(content) // PAGE)
        changed[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return bytes(changed)


def scattered(content, seed):
    draw, changed = random.Random(seed), bytearray(content)
    for _ in range(draw.choice((1, 20, 400))):
        changed[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def headed(content, seed):
    """Damage where SQLite keeps how each page is built."""
    draw, changed = random.Random(seed), bytearray(content)
    for _ in range(draw.choice((1, 5, 40))):
        place = draw.randrange(len(content) // PAGE) * PAGE + draw.randrange(40)
        changed[place] = draw.randrange(256)
    return bytes(changed)


def cut(content, seed):
    return content[: random.Random(seed).randrange(len(content))]


def use(folder):
    """Everything that can be done with chats."""
    with Store(folder) as store:
        for info in store.chats.infos():
            with contextlib.suppress(ChatsError):
                kept = store.chats.load(info.chat_id)
                MessageTree(kept.messages, kept.info.leaf_id).path()
        for step in (
            lambda: store.chats.find("word1x1"),
            lambda: store.chats.find("f"),
            store.chats.drafts,
            store.chats.last_ids,
            store.presets.presets,
            store.presets.prompts,
            store.presets.folders,
            store.problems,
            store.chats.index_more,
            lambda: store.back_up(NOON),
            lambda: store.chats.put(info_of(), question(2, "new", 1)),
            lambda: store.delete_chats([info_of(3)]),
            store.sweep_files,
        ):
            with contextlib.suppress(ChatsError):
                step()


def readable(folder):
    """The messages that SQLite gives one by one, and of which the words are still words."""
    found = set()
    with contextlib.closing(sqlite3.connect(folder / "chats.db")) as connection:
        connection.execute("PRAGMA cell_size_check=ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for message_id in range(1, 241):
            with contextlib.suppress(sqlite3.Error, UnicodeDecodeError, msgspec.DecodeError):
                for row in connection.execute(
                    f"SELECT {MESSAGE_COLUMNS} FROM message WHERE message_id = ?", (message_id,)
                ):
                    found.add(message_of((*row[:-1], "{}")).message_id)
    return found


@pytest.mark.parametrize("damage", [zeroed, scattered, headed, cut])
@pytest.mark.parametrize("seed", range(10))
def test_damage_ends_in_errors_of_ours_and_what_can_be_read_is_saved(
    damaged, original, damage, seed, expected_log
):
    content = damage(original, seed)
    folder = damaged(content)
    with contextlib.suppress(ChatsError):
        use(folder)
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
    folder = damaged(content)
    expected = readable(folder)
    try:
        recovered = recover_chats(folder, NOON)
    except ChatsTooNew:
        return
    with Store(folder) as store:
        kept = all_of(store)
        messages = [m for chat in kept.values() for m in chat.messages]
        assert (recovered.chats, recovered.messages) == (len(kept), len(messages))
        assert expected <= {m.message_id for m in messages}
        assert store.problems() == []
        for chat in kept.values():
            path = MessageTree(chat.messages, chat.info.leaf_id).path()
            assert len(path) == len(chat.messages) or damage in (scattered, headed)
        for message in messages[:20]:
            if message.text.startswith("word"):
                assert message.message_id in found(store, message.text.split()[0])
        use_again = [info for info in store.chats.infos() if info.leaf_id]
        store.delete_chats(use_again[:3])


def test_nothing_is_lost_of_a_sound_one(damaged, original):
    folder = damaged(original)
    with Store(folder) as store:
        before, drafts = all_of(store), store.chats.drafts()
        ids = store.chats.last_ids()
        presets = (store.presets.folders(), store.presets.prompts(), store.presets.presets())
    recovered = recover_chats(folder, NOON)
    assert (recovered.chats, recovered.messages) == (40, 240)
    assert recovered.damaged.read_bytes()[:16] == original[:16]
    with Store(folder) as store:
        assert all_of(store) == before
        assert store.chats.drafts() == drafts
        assert store.chats.last_ids() == ids
        assert presets == (
            store.presets.folders(),
            store.presets.prompts(),
            store.presets.presets(),
        )


def change(folder, *statements):
    with contextlib.closing(sqlite3.connect(folder / "chats.db", isolation_level=None)) as open_:
        for statement in statements:
            open_.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE message SET parts = '{' WHERE message_id = 3",
        "UPDATE message SET parts = 5 WHERE message_id = 3",
        "UPDATE message SET parts = CAST(x'5bff5d' AS TEXT) WHERE message_id = 3",
        "UPDATE message SET parts = x'00' WHERE message_id = 3",
        "UPDATE message SET facts = '[]' WHERE message_id = 3",
        "UPDATE message SET role = 'nobody' WHERE message_id = 3",
        "UPDATE message SET state = 7 WHERE message_id = 3",
        "UPDATE message SET created_ms = 'x' WHERE message_id = 3",
        "UPDATE chat SET settings = 'x' WHERE chat_id = 1",
        "UPDATE chat SET title = x'ff' WHERE chat_id = 1",
        "UPDATE chat SET used_ms = 'never' WHERE chat_id = 1",
        "UPDATE attachment SET facts = '{}' WHERE message_id = 1",
        "DELETE FROM chat WHERE chat_id = 1",
    ],
)
def test_a_row_with_something_else_in_it(damaged, original, statement):
    folder = damaged(original)
    change(folder, statement)
    with Store(folder) as store, pytest.raises(ChatsDamaged) as caught:
        store.chats.load(1)
    assert "word1" not in caught.value.detail
    recover_chats(folder, NOON)
    with Store(folder) as store:
        first = store.chats.load(1)
        assert len(first.messages) >= 5
        assert len(store.chats.infos()) == 40
        assert first.info.title
        assert len(MessageTree(first.messages).path()) >= 5


@pytest.mark.parametrize("table", ["preset SET settings = 'x'", "draft SET effort = 'much'"])
def test_something_else_beside_the_chats(damaged, original, table):
    folder = damaged(original)
    change(folder, f"UPDATE {table}")
    with Store(folder) as store, pytest.raises(ChatsDamaged):
        (store.presets.presets(), store.chats.drafts())
    recover_chats(folder, NOON)
    with Store(folder) as store:
        assert len(store.presets.presets()) + len(store.chats.drafts()) == 1


def test_messages_of_a_lost_chat_get_another_one(damaged, original):
    folder = damaged(original)
    change(folder, "DELETE FROM chat WHERE chat_id = 7")
    recover_chats(folder, NOON)
    with Store(folder) as store:
        (info,) = (info for info in store.chats.infos() if info.chat_id == 7)
        assert info.title.startswith("word7x0 filling")
        assert len(info.title) <= 60
        assert info.key != "key-7"
        assert len(store.chats.load(7).messages) == 6


def test_what_followed_a_lost_message_follows_who_spoke_before(damaged, original):
    folder = damaged(original)
    change(
        folder,
        "DELETE FROM message WHERE message_id IN (3, 4)",
        "UPDATE message SET parent_id = 200 WHERE message_id = 10",
        "UPDATE chat SET leaf_id = 3, reads_after = 200 WHERE chat_id = 1",
    )
    with Store(folder) as store:
        assert [m.parent_id for m in store.chats.load(1).messages] == [None, 1, None, 5]
    recover_chats(folder, NOON)
    with Store(folder) as store:
        kept = store.chats.load(1)
        assert [m.parent_id for m in kept.messages] == [None, 1, 2, 5]
        assert (kept.info.leaf_id, kept.info.reads_after) == (None, None)
        roles = [m.role for m in store.chats.load(2).messages]
        assert roles == [Role.USER, Role.ASSISTANT] * 3
        assert [m.parent_id for m in store.chats.load(2).messages] == [None, 7, 8, 9, 10, 11]


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"\0" * 9000, b"SQLite format 3\0" * 500, DATABASE_OUT_OF_MEMORY.read_bytes()],
    ids=("empty", "short", "zeros", "begins well", "asks for all memory"),
)
def test_what_is_no_database_at_all(damaged, content):
    folder = damaged(content)
    with contextlib.suppress(ChatsDamaged):
        Store(folder).close()
    recovered = recover_chats(folder, NOON)
    assert (recovered.chats, recovered.messages) == (0, 0)
    with Store(folder) as store:
        assert store.chats.infos() == []


def test_another_program_s_database_stays_as_it_is(tmp_path):
    (tmp_path / "data").mkdir()
    change(tmp_path / "data", "CREATE TABLE theirs (a)", "INSERT INTO theirs VALUES (1)")
    before = (tmp_path / "data" / "chats.db").read_bytes()
    for reads_only in (False, True):
        with pytest.raises(ChatsDamaged):
            Store(tmp_path / "data", reads_only=reads_only)
    assert (tmp_path / "data" / "chats.db").read_bytes() == before


def test_a_newer_one_is_not_recovered(damaged, original):
    folder = damaged(original)
    change(folder, "PRAGMA user_version=99")
    for open_ in (lambda: Store(folder), lambda: recover_chats(folder, NOON)):
        with pytest.raises(ChatsTooNew):
            open_()
    assert not list(folder.glob(".*"))


def test_where_there_is_none(tmp_path):
    with pytest.raises(ChatsUnreadable):
        recover_chats(tmp_path, NOON)


def test_somebody_has_it_open(damaged, original):
    folder = damaged(original)
    with Store(folder) as store:
        with pytest.raises(ChatsInUse):
            recover_chats(folder, NOON)
        assert len(store.chats.infos()) == 40


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_crash_in_the_middle_leaves_the_damaged_one(damaged, original, monkeypatch, is_killed):
    content = zeroed(original, 3)
    folder = damaged(content)

    def crash(*_):
        if is_killed:
            monkeypatch.setattr("app.store.copies.delete_database", lambda _: None)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.store.recovery.take_place", crash)
        with pytest.raises(KeyboardInterrupt):
            recover_chats(folder, NOON)
    monkeypatch.undo()
    assert (folder / "chats.db").read_bytes() == content
    assert bool(list((folder / "backups").iterdir())) is is_killed
    with contextlib.suppress(ChatsError):
        Store(folder).close()
    assert list((folder / "backups").iterdir()) == []
    assert recover_chats(folder, NOON).messages > 100


def test_what_stands_in_the_log_alone_is_recovered(damaged, original, tmp_path):
    folder = damaged(original)
    with Store(folder) as store:
        store.chats.put(info_of(50), question(300, "late", state=MessageState.DONE))
        log = (folder / "chats.db-wal").read_bytes()
        database = bytearray((folder / "chats.db").read_bytes())
    (folder / "chats.db").write_bytes(database)
    (folder / "chats.db-wal").write_bytes(log)
    recovered = recover_chats(folder, NOON)
    assert (recovered.chats, recovered.messages) == (41, 241)
    assert not (folder / "chats.db-wal").exists()
