"""`cierzo chats` as a person or a script uses it: the real program over real files."""

import datetime as dt
import json
import pathlib

import msgspec
import pytest

from app.domain.attachments import DocumentAttachment, DocumentPage, Source
from app.domain.chat import Role, TextPart, ThoughtPart
from app.domain.errors import ChatsInUse, ChatsTooNew
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.engine.snapshot_files import snapshot_name
from app.store.store import Store
from tests.helpers.command_line import CommandLine
from tests.helpers.damage import make_newer, make_unreadable, spoil_page

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
BREAD_KEY = "b" * 32


def said(message_id: int, role: Role, *parts, parent: int | None, **facts) -> ChatMessage:
    return ChatMessage(
        message_id=message_id,
        parent_id=parent,
        role=role,
        parts=tuple(TextPart(part) if isinstance(part, str) else part for part in parts),
        state=facts.pop("state", MessageState.DONE),
        created_ms=1_760_000_000_000 + message_id,
        **facts,
    )


def bread(attached: Source) -> KeptChat:
    """Two answers to one question, with a thought and a document."""
    info = ChatInfo(
        chat_id=1,
        key=BREAD_KEY,
        title="Bread",
        folder="Kitchen",
        is_pinned=True,
        created_ms=1_760_000_000_000,
        used_ms=1_760_000_000_000,
        used_order=1,
        leaf_id=3,
        settings=ChatSettings(model="Small", model_path="/home/person/small.gguf"),
    )
    document = DocumentAttachment(
        source=attached, kind="Text", pages=(DocumentPage(text="500 g flour"),)
    )
    return KeptChat(
        info=info,
        messages=(
            said(1, Role.USER, "How long?", parent=None, attachments=(document,)),
            said(2, Role.ASSISTANT, "Two hours.", parent=1, model="Small", is_edited=True),
            said(
                3,
                Role.ASSISTANT,
                ThoughtPart("Sourdough, then."),
                "Overnight.\n\nIn the fridge.",
                parent=1,
                model="Small",
                state=MessageState.STOPPED,
            ),
        ),
    )


def plain(chat_id: int, title: str, **facts) -> KeptChat:
    first = 10 * chat_id
    info = ChatInfo(
        chat_id=chat_id,
        key=f"{chat_id:032x}",
        title=title,
        used_ms=1_770_000_000_000 + chat_id,
        used_order=chat_id,
        leaf_id=first,
        **facts,
    )
    return KeptChat(info=info, messages=(said(first, Role.USER, title, parent=None),))


@pytest.fixture
def home(tmp_path) -> pathlib.Path:
    """A person's chats."""
    home = tmp_path / "home"
    with Store(home / "data") as store:
        flour = store.files.keep(Source(name="flour.txt", data=b"500 g flour"))
        store.presets.put_folders(["Kitchen"])
        store.chats.add(
            [
                bread(flour),
                plain(2, "Rivers of Spain"),
                plain(3, "Rivers of France"),
                plain(4, "Thrown away", trashed_ms=1_770_000_000_000),
            ]
        )
    return home


@pytest.fixture
def chats(tmp_path, home):
    """Run `cierzo chats` on them."""
    line = CommandLine(tmp_path)

    class Chats:
        json = staticmethod(lambda *words: line.json("chats", *words, "--home", home))
        refusal = staticmethod(
            lambda *words, code=3: line.refusal("chats", *words, "--home", home, code=code)
        )

        def __call__(self, *words) -> str:
            result = line("chats", *words, "--home", home)
            assert (result.returncode, result.stderr) == (0, "")
            return result.stdout

    return Chats()


def titles(home) -> list[str]:
    with Store(home / "data", reads_only=True) as store:
        return [info.title for info in store.chats.infos() if info.trashed_ms is None]


# Asking


def test_list_has_one_line_per_chat(chats):
    lines = chats("list").splitlines()
    assert [line.split("  ", 2)[0].strip() for line in lines] == ["3", "2", "1"]
    assert lines[2].endswith("Bread (3 messages, Kitchen, pinned)")
    assert lines[0].endswith("Rivers of France (1 message)")
    assert [line.rpartition("  ")[2] for line in chats("list", "--trash").splitlines()] == [
        "Thrown away (1 message)"
    ]


def test_list_has_the_shape_of_the_contract(chats):
    found = chats.json("list")
    assert found[-1] == {
        "id": 1,
        "key": BREAD_KEY,
        "title": "Bread",
        "folder": "Kitchen",
        "pinned": True,
        "created_ms": 1_760_000_000_000,
        "used_ms": 1_760_000_000_000,
        "messages": 3,
        "private": False,
    }
    assert [chat["id"] for chat in chats.json("list", "--trash")] == [4]


@pytest.mark.parametrize("name", ["Bread", "bread", "1", BREAD_KEY, "rea"])
def test_show_tells_what_was_said(chats, name):
    shown = chats("show", name)
    assert shown.startswith("Bread\n")
    assert "\nYou, 20" in shown
    assert "\nSmall, 20" in shown
    assert ", stopped\n    Overnight.\n\n    In the fridge.\n" in shown
    assert "    [flour.txt]\n    How long?\n" in shown
    assert "Two hours" not in shown
    assert "Sourdough" not in shown


def test_show_can_tell_thoughts_and_all_variants(chats):
    shown = chats("show", "Bread", "--thoughts", "--all")
    assert "    | Sourdough, then.\n    Overnight." in shown
    assert ", edited, 1 of 2\n    Two hours.\n" in shown
    assert ", stopped, 2 of 2\n" in shown


def test_show_as_json_has_everything_but_places_and_files(chats, home):
    shown = chats.json("show", "Bread")
    assert [m["message_id"] for m in shown["messages"]] == [1, 2, 3]
    source = shown["messages"][0]["attachments"][0]["source"]
    assert (source["name"], source["path"], source["data"]) == ("flour.txt", "", "")
    assert source["sha256"]
    text = json.dumps(shown)
    assert str(home) not in text
    assert "small.gguf" not in text
    again = msgspec.convert(shown, KeptChat)
    assert again.messages[2].thought == "Sourdough, then."


def test_search_says_where_it_is(chats):
    first, second, *rest = chats("search", "OVERNIGHT", "fridge").splitlines()
    assert first.endswith("  Bread (1)")
    assert second == "    Overnight. In the fridge."
    assert rest == []
    (hit,) = chats.json("search", "flour")
    assert (hit["chat_id"], hit["message_id"], hit["title"]) == (1, 1, "Bread")
    assert chats("search", "nowhere") == "Nothing was found.\n"
    assert chats.json("search", "thrown") == []


def test_a_name_that_fits_several_is_refused(chats):
    words = chats.refusal("show", "rivers", code=2)
    assert "3 “Rivers of France”, 2 “Rivers of Spain”" in words
    assert "no chat “lakes”" in chats.refusal("show", "lakes")


def test_asking_works_while_a_window_has_them_open(chats, home):
    with Store(home / "data") as window:
        window.chats.add([plain(5, "Just now")])
        assert "Just now" in chats("list")
        assert "Overnight" in chats("show", "Bread")
        assert chats.json("search", "just")
        assert chats("backup", "--list") == "There is no copy.\n"
        for command in (["backup"], ["delete", "Bread"], ["change", "Bread", "--pin"], ["recover"]):
            assert str(ChatsInUse()) in chats.refusal(*command)
    assert "Bread" in titles(home)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list"], ""),
        (["list", "--trash"], ""),
        (["search", "x"], "Nothing was found.\n"),
        (["backup", "--list"], "There is no copy.\n"),
        (["backup"], "There are no chats yet.\n"),
        (["recover"], "There are no chats yet.\n"),
    ],
)
def test_a_home_that_is_not_there_stays_so(tmp_path, words, said):
    line, home = CommandLine(tmp_path), tmp_path / "nowhere"
    result = line("chats", *words, "--home", home)
    assert (result.returncode, result.stdout, result.stderr) == (0, said, "")
    line.refusal("chats", "show", "x", "--home", home)
    line.refusal("chats", "delete", "x", "--home", home)
    line.refusal("chats", "change", "x", "--home", home)
    line.refusal("chats", "restore", "2026-01-01", "--home", home)
    assert not home.exists()


def test_what_a_terminal_would_obey_is_not_printed(chats, home):
    with Store(home / "data") as store:
        store.chats.add([plain(6, "\x1b]0;owned\x07 and\nmore")])
    for words in (["list"], ["show", "6"], ["search", "owned"]):
        assert "\x1b" not in chats(*words)
    assert "and more" in chats("list")


# Copies


def test_a_copy_is_made_and_brings_everything_back(chats, home):
    made = pathlib.Path(chats("backup").strip())
    assert made.parent == home / "data" / "backups"
    assert str(made) in chats("backup", "--list")
    assert [copy["path"] for copy in chats.json("backup", "--list")] == [str(made)]
    chats("delete", "Bread", "--for-good")
    with Store(home / "data") as store:
        store.chats.add([plain(7, "Later")])
        store.back_up(NOON)
    restored = chats.json("restore", made)
    assert restored["restored"] == str(made)
    assert pathlib.Path(restored["kept"]).is_file()
    assert titles(home) == ["Rivers of France", "Rivers of Spain"], "what was deleted stays so"
    day = NOON.astimezone().date().isoformat()
    assert "chats-2026-11-20-120000.db" in chats("restore", day)
    assert titles(home) == ["Later", "Rivers of France", "Rivers of Spain"]


def test_a_copy_that_is_none_is_refused(chats, home):
    other = home / "other.db"
    other.write_bytes(b"no database" * 100)
    assert "“other.db” is no backup" in chats.refusal("restore", other)
    assert "“2020-01-01” is no backup" in chats.refusal("restore", "2020-01-01")
    assert "Bread" in titles(home)


# When something is wrong


def test_whole_chats_are_not_recovered(chats, home):
    before = titles(home)
    assert chats("recover") == "All is well, so nothing was changed.\n"
    assert titles(home) == before
    assert not (home / "data" / "backups").exists()


def test_what_can_be_read_is_saved(chats, home):
    spoil_page(home / "data" / "chats.db", "saved_prompt")
    saved = chats.json("recover")
    assert (saved["chats"], saved["messages"]) == (4, 6)
    assert pathlib.Path(saved["damaged"]).is_file()
    assert titles(home) == ["Rivers of France", "Rivers of Spain", "Bread"]
    assert chats("recover") == "All is well, so nothing was changed.\n"


def test_damaged_chats_go_back_to_a_copy(chats, home):
    made = chats("backup").strip()
    make_unreadable(home / "data" / "chats.db")
    assert "is damaged" in chats.refusal("list")
    assert "is damaged" in chats.refusal("backup")
    assert "kept as" in chats("restore", made)
    assert "Bread" in titles(home)


def test_chats_of_a_newer_version_are_left_alone(chats, home):
    made = chats("backup").strip()
    make_newer(home / "data" / "chats.db")
    for words in (["list"], ["backup"], ["recover"], ["restore", made], ["delete", "Bread"]):
        assert str(ChatsTooNew()) in chats.refusal(*words)


# Deleting


def test_delete_moves_to_the_trash(chats, home):
    assert chats("delete", "Bread", "2").splitlines() == [
        "Bread: in the trash for 30 days",
        "Rivers of Spain: in the trash for 30 days",
    ]
    assert titles(home) == ["Rivers of France"]
    assert "no chat “Bread”" in chats.refusal("delete", "Bread")


def test_nothing_is_deleted_where_one_name_is_wrong(chats, home):
    chats.refusal("delete", "Bread", "lakes")
    chats.refusal("delete", "Bread", "rivers", code=2)
    assert "Bread" in titles(home)


def test_deleting_for_good_leaves_nothing(chats, home):
    chats("backup")
    snapshots = home / "cache" / "snapshots"
    snapshots.mkdir(parents=True)
    (snapshots / snapshot_name(BREAD_KEY, "m")).touch()
    (report,) = chats.json("delete", "Bread", "--for-good")
    assert report["key"] == BREAD_KEY
    assert chats("delete", "Thrown away", "--for-good") == "Thrown away: deleted\n"
    assert list(snapshots.iterdir()) == []
    left = b"".join(p.read_bytes() for p in (home / "data").rglob("*") if p.is_file())
    for words in (b"Overnight", b"Sourdough", b"500 g flour", b"Thrown away"):
        assert words not in left


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (["Bread", "--title", " Slow \n bread "], {"title": "Slow bread"}),
        (["Bread", "--title", " "], {"title": "How long?"}),
        (["Bread", "--no-pin", "--folder", ""], {"pinned": False, "folder": ""}),
        (["2", "--pin", "--folder", "Maps"], {"pinned": True, "folder": "Maps"}),
        (["2", "--pin", "--folder", "KITCHEN"], {"pinned": True, "folder": "Kitchen"}),
    ],
)
def test_change_says_what_is_so_now(chats, words, changed):
    report = chats.json("change", *words)
    assert report == report | changed
    assert report in chats.json("list")


def test_a_folder_that_is_named_is_made(chats, home):
    assert "Maps" in chats("change", "Rivers of Spain", "--folder", "Maps")
    with Store(home / "data", reads_only=True) as store:
        assert store.presets.folders() == ["Kitchen", "Maps"]


def test_a_chat_comes_back_out_of_the_trash(chats, home):
    assert "no chat “Thrown away”" in chats.refusal("change", "Thrown away", "--pin")
    chats("change", "Thrown away", "--bring-back")
    assert "Thrown away" in titles(home)


@pytest.mark.parametrize(
    "words",
    [[], ["show"], ["search"], ["delete"], ["change"], ["restore"], ["nosuch"]],
)
def test_wrong_use_is_one_line(chats, words):
    chats.refusal(*words, code=2)


# Doctor


def test_doctor_says_how_the_chats_are(tmp_path, home):
    line = CommandLine(tmp_path)
    checkup = line.json("doctor", "--home", home)["chats"]
    assert (checkup["chats"], checkup["trashed"]) == (3, 1)
    assert checkup["bytes"] > 0
    assert (checkup["problem"], checkup["faults"]) == ("", [])
    words = line("doctor", "--home", home).stdout
    assert "chats      3, 1 in the trash, " in words
    assert "integrity ok" in words
    spoil_page(home / "data" / "chats.db", "saved_prompt")
    checkup = line.json("doctor", "--home", home)["chats"]
    assert "has a fault" in checkup["problem"]
    assert checkup["faults"]
    make_unreadable(home / "data" / "chats.db")
    assert "is damaged" in line("doctor", "--home", home).stdout
