"""Files that were damaged, or made to do damage: chats or one sentence, never anything else."""

import json
import random
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.chat import Role
from app.domain.errors import AppError
from app.domain.kept_chat import KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.exchange.worker.reading.clean import clean_line, clean_name, moment_ms
from app.exchange.worker.reading.draft import Draft, Turn, chat_of
from app.exchange.worker.reading.order import in_order
from tests.helpers.foreign_chats import (
    PIXEL,
    Reading,
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
    zipped,
)

QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def check(chat: KeptChat) -> None:
    """Everything that the domain promises of a chat."""
    seen: set[int | None] = {None}
    for message in chat.messages:
        assert message.parent_id in seen
        assert message.message_id not in seen
        assert message.role in (Role.USER, Role.ASSISTANT)
        assert message.parts or message.attachments
        assert message.created_ms >= 0
        seen.add(message.message_id)
    answered = {m.parent_id for m in chat.messages if m.role is Role.ASSISTANT}
    for message in chat.messages:
        if message.role is Role.USER:
            is_answered = message.message_id in answered
            assert (message.state is MessageState.DONE) == is_answered
    path = MessageTree(chat.messages, chat.info.leaf_id).path()
    assert path[-1].message_id == chat.info.leaf_id
    assert chat.info.reads_after in {None, *(message.message_id for message in path)}
    assert len(chat.info.title) <= 200
    assert len(chat.info.key) == 32
    json.dumps(tree(chat)).encode()
    assert "\0" not in str(tree(chat))


def one_sentence(error: AppError) -> list[KeptChat]:
    assert str(error).endswith(".")
    return []


def read_or_refuse(path, folder) -> list[KeptChat]:
    try:
        reading = Reading(path, folder)
    except AppError as error:
        return one_sentence(error)
    for chat in reading.chats:
        check(chat)
    return reading.chats


SAMPLES = {
    "chatgpt": [chatgpt_chat(), chatgpt_chat(conversation_id="2")],
    "lm-studio": lm_studio_chat(),
    "ours": own_file(own_chat(), own_chat(key="")),
    "jan": jan_message("m", "user", "Q", metadata={"parentId": None}),
}
ODD = [None, True, 0, -1, 1e300, 2**63, "", "\0", "\u202e", "q", [], {}, [[]], {"a": {"b": []}}]


def replaced(value: object, chance: random.Random) -> object:
    """The same with something of another kind somewhere."""
    if chance.random() < 0.04:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {key: replaced(inner, chance) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, chance) for inner in value]
    return value


@pytest.mark.parametrize("sample", SAMPLES)
def test_whole_samples_keep_the_promises(tmp_path, sample):
    assert read_or_refuse(write_json(tmp_path / "file", SAMPLES[sample]), tmp_path / "a")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("seed", range(100))
def test_values_of_other_kinds(tmp_path, sample, seed):
    value = replaced(SAMPLES[sample], random.Random(seed))
    read_or_refuse(write_json(tmp_path / "file", value), tmp_path / "a")


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("seed", range(40))
def test_files_that_were_cut_or_changed(tmp_path, sample, seed):
    chance = random.Random(seed)
    content = bytearray(json.dumps(SAMPLES[sample]).encode())
    if seed % 2:
        del content[chance.randrange(len(content)) :]
    for _ in range(seed % 5):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = tmp_path / "file"
    path.write_bytes(content)
    read_or_refuse(path, tmp_path / "a")


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("kind", ["zip", "sqlite"])
def test_archives_and_databases_that_were_changed(tmp_path, kind, seed):
    chance = random.Random(seed)
    path = tmp_path / "file"
    if kind == "zip":
        write_zip(path, {"conversations.json": [chatgpt_chat()], "file-a-b.png": PIXEL})
    else:
        write_ollama(path)
    content = bytearray(path.read_bytes())
    if seed % 3 == 0:
        del content[chance.randrange(len(content)) :]
    for _ in range(1 + seed % 20):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    read_or_refuse(path, tmp_path / "a")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"[" * 20_000,
        b'[{"mapping":' + b'{"a":' * 20_000 + b"}" * 20_001 + b"]",
        b'{"format":"cierzo-chats","version":1,"chats":[' + b"[" * 20_000,
        b'{"format":"cierzo-chats"}',
        b'{"format":"cierzo-chats","version":"1","chats":[]}',
        b'{"format":"cierzo-chats","version":1,"chats":[]}',
        b"[]",
        b"{}",
        b'"text"',
        b"17",
        b"\xff\xfe[\0",
        b"PK\x03\x04",
        b"SQLite format 3\0" + b"\xff" * 5000,
        b"%PDF-1.7",
        b'{"object":"thread.message"',
        b'[{"mapping":{}}, 1' + b"0" * 10_000 + b"]",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_files_that_hold_no_chat_are_one_sentence(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert read_or_refuse(path, tmp_path / "a") == []


def test_half_an_emoji_does_not_cost_the_others(tmp_path):
    text = json.dumps([chatgpt_chat(title="\ud83d A \\ud83d \U0001f600")])
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    (chat,) = read_or_refuse(path, tmp_path / "a")
    assert chat.info.title == "? A \\ud83d \U0001f600"


def test_bytes_that_are_no_text_cost_only_themselves(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(json.dumps([chatgpt_chat(title="A B")]).encode().replace(b"A B", b"A\xffB"))
    (chat,) = read_or_refuse(path, tmp_path / "a")
    assert chat.info.title == "A\ufffdB"


def test_a_byte_order_mark_is_no_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps([chatgpt_chat()]).encode())
    assert read_or_refuse(path, tmp_path / "a")


@pytest.mark.parametrize(
    "nodes",
    [
        [node("a", "b", "user", "A"), node("b", "a", "assistant", "B")],
        [node("a", "a", "user", "A")],
        [node("a", "gone", "user", "A"), node("b", "a", "assistant", "B")],
        [node(str(i), str(i - 1), "user", "x") for i in range(10_000)],
        [node(str(i), str(i - 1), "assistant", "x") for i in range(3_000)],
    ],
    ids=["circle", "own parent", "no such parent", "long", "one long answer"],
)
@pytest.mark.parametrize("leaf", ["a", None, 7, "gone"])
def test_links_that_lead_nowhere(tmp_path, nodes, leaf):
    path = write_json(tmp_path / "file", [conversation(*nodes, current_node=leaf)])
    assert read_or_refuse(path, tmp_path / "a")


def test_ids_that_are_there_twice(tmp_path):
    messages = [
        {"id": 1, "role": "user", "parts": [{"type": "text", "text": text}]} for text in "ab"
    ]
    path = write_json(tmp_path / "file", own_file(own_chat(messages=messages)))
    (chat,) = read_or_refuse(path, tmp_path / "a")
    assert [row[3] for row in tree(chat)] == ["a"]


@pytest.mark.parametrize(
    ("title", "clean"),
    [
        ("x" * 10_000_000, "x" * 200),
        ("Invoice\u202efdp.exe", "Invoicefdp.exe"),
        ("a\n\tb\0\x1b[31m\u2028c", "a b [31m c"),
        ("  \u2066 \u2069 ", ""),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_titles_are_one_tame_line(title, clean):
    assert clean_line(title) == clean


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cv.pdf", "cv.pdf"),
        ("/", ""),
        ("a/\u202e", ""),
    ],
)
def test_names_of_files_lose_their_folders(name, clean):
    assert clean_name(name) == clean


@pytest.mark.parametrize("moment", [-1, 0, 5, 1e30, float("nan"), float("inf"), -(2**70)])
def test_absurd_moments_are_not_known(moment):
    assert moment_ms(moment) == 0


def test_names_in_archives_that_lead_out_are_not_read(tmp_path):
    asked = node(
        "q",
        None,
        "user",
        {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_0"},
        "Q",
    )
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("conversations.json", json.dumps([conversation(asked)]))
        archive.writestr("../file_0-a.png", PIXEL)
        archive.writestr("/file_0-b.png", PIXEL)
        archive.writestr("C:/file_0-c.png", PIXEL)
        link = zipfile.ZipInfo("file_0-d.png")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    reading = Reading(path, tmp_path / "a")
    assert not reading.chats[0].messages[0].attachments
    assert reading.keeper.missing == 1


def test_links_in_folders_are_not_followed(tmp_path):
    outside = write_json(tmp_path / "outside" / "conversations.json", [chatgpt_chat()])
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "conversations.json").symlink_to(outside)
    (folder / "more").symlink_to(outside.parent, target_is_directory=True)
    assert read_or_refuse(folder, tmp_path / "a") == []


def test_a_damaged_file_among_others_is_counted(tmp_path):
    folder = tmp_path / "folder"
    write_json(folder / "1.conversation.json", lm_studio_chat())
    (folder / "2.conversation.json").write_text('{"messages": [{"versions": [', encoding="utf-8")
    (folder / "3.json").write_text("nonsense", encoding="utf-8")
    write_jan(folder / "jan", [jan_message("q", "user", "Q")])
    reading = Reading(folder, tmp_path / "a")
    assert reading.programs == ["LM Studio", "Jan"]
    assert [why.value for why in reading.skipped] == ["broken"]


def test_an_archive_in_an_archive_is_left_alone(tmp_path):
    inner = zipped({"conversations.json": json.dumps([chatgpt_chat()]).encode()})
    path = write_zip(tmp_path / "outer.zip", {"inner.json": inner})
    assert read_or_refuse(path, tmp_path / "a") == []


@QUICK
@given(st.dictionaries(st.integers(0, 12), st.none() | st.integers(0, 14)))
def test_every_message_stands_behind_its_parent(parents):
    ordered = in_order(parents)
    assert sorted(key for key, _ in ordered) == sorted(parents)
    places = {key: place for place, (key, _) in enumerate(ordered)}
    for key, parent in ordered:
        assert parent is None or (places[parent] < places[key] and parents[key] == parent)


KEYS = st.sampled_from("abcdefgh")
TURNS = st.builds(
    Turn,
    key=KEYS,
    parent=st.none() | KEYS,
    role=st.sampled_from(Role),
    text=st.sampled_from(["", " ", "words", "\0", "\ud800"]),
    thought=st.sampled_from(["", "thought"]),
    created_ms=st.integers(0, 9),
)


@QUICK
@given(st.lists(TURNS, max_size=14), st.none() | KEYS)
def test_a_chat_of_any_turns_keeps_the_promises(turns, leaf):
    chat = chat_of(Draft(key="0" * 32, title="", turns=turns, leaf=leaf))
    if isinstance(chat, KeptChat):
        check(chat)
    has_words = any(
        turn.text.strip(" \0") and turn.role in (Role.USER, Role.ASSISTANT) for turn in turns
    )
    firsts = {turn.key: turn for turn in reversed(turns)}
    if has_words and len(firsts) == len(turns):
        assert isinstance(chat, KeptChat), "nothing that was said is lost"
