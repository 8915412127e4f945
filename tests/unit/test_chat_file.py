"""Our own file: what is written is what is read."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.attachments import (
    Detail,
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.chat import Effort, Role, Sampling, TextPart, ThoughtPart, Timings, Usage
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.exchange.chat_file import (
    ChatFile,
    FileChat,
    FileMessage,
    file_head,
    file_message,
    file_numbers,
    kept_chat,
)
from tests.helpers.exported import inline_source

words = st.text(max_size=40)
moments = st.integers(0, 2**53)
numbers = st.floats(0, 1e6)
efforts = st.none() | st.sampled_from(Effort)
contents = st.binary(max_size=64)


@st.composite
def sources(draw):
    data = draw(contents)
    return Source(
        name=draw(words),
        data=data,
        sha256=draw(st.sampled_from(["", "ab" * 32])),
        size_bytes=len(data),
    )


@st.composite
def documents(draw):
    pages = draw(st.lists(st.builds(DocumentPage, label=words, text=words), max_size=4))
    places = st.lists(st.sampled_from(range(len(pages))), unique=True) if pages else st.just([])
    return DocumentAttachment(
        source=draw(sources()),
        kind=draw(words),
        pages=tuple(pages),
        chosen=draw(st.none() | places.map(tuple)),
    )


pictures = st.builds(
    PictureAttachment,
    source=sources(),
    detail=st.sampled_from(Detail),
    original_width_px=st.integers(0, 9999),
    original_height_px=st.integers(0, 9999),
)


@st.composite
def chats(draw):
    """A tree of messages with ids as a database gives them: rising, with gaps."""
    count = draw(st.integers(0, 6))
    ids = [place * 10 + draw(st.integers(1, 9)) for place in range(count)]
    messages = []
    for place, message_id in enumerate(ids):
        parent = draw(st.none() | st.sampled_from(ids[:place])) if place else None
        messages.append(
            ChatMessage(
                message_id=message_id,
                parent_id=parent,
                role=draw(st.sampled_from(Role)),
                parts=tuple(
                    draw(
                        st.lists(
                            st.builds(TextPart, words)
                            | st.builds(ThoughtPart, words, st.booleans()),
                            max_size=3,
                        )
                    )
                ),
                state=draw(st.sampled_from(MessageState)),
                created_ms=draw(moments),
                attachments=tuple(draw(st.lists(pictures | documents(), max_size=2))),
                effort=draw(efforts),
                model=draw(words),
                is_edited=draw(st.booleans()),
                seed=draw(st.none() | st.integers(0, 2**32 - 2)),
                sampling=draw(st.none() | st.builds(Sampling, temperature=numbers)),
                usage=draw(st.none() | st.builds(Usage, prompt_tokens=st.integers(0, 10**6))),
                timings=draw(st.none() | st.builds(Timings, prompt_s=numbers)),
                thought_s=draw(numbers),
            )
        )
    leaves = st.none() | st.sampled_from(ids) if ids else st.none()
    return KeptChat(
        info=ChatInfo(
            chat_id=draw(st.integers(0, 99)),
            key=draw(words),
            title=draw(words),
            is_named=draw(st.booleans()),
            folder=draw(words),
            is_pinned=draw(st.booleans()),
            created_ms=draw(moments),
            used_ms=draw(moments),
            leaf_id=draw(leaves),
            reads_after=draw(leaves),
            settings=ChatSettings(
                preset=draw(words),
                system=draw(words),
                effort=draw(efforts),
                model=draw(words),
                model_path=draw(words),
                temperature=draw(st.none() | numbers),
                thinking_tokens=draw(st.none() | st.integers(0, 99999)),
            ),
        ),
        messages=tuple(messages),
    )


def in_file(chat: KeptChat) -> FileChat:
    numbers_ = file_numbers(chat)
    head = file_head(chat.info, numbers_)
    messages = tuple(
        file_message(m, numbers_, read=lambda source: source.data or None) for m in chat.messages
    )
    return FileChat(**msgspec.structs.asdict(head), messages=messages)


def numbered(chat: KeptChat) -> KeptChat:
    """The same chat as it is expected back: with ids from 1, without what is this PC's."""
    places = file_numbers(chat)
    settings = msgspec.structs.replace(chat.info.settings, model_path="")
    return KeptChat(
        info=msgspec.structs.replace(
            chat.info,
            chat_id=0,
            leaf_id=places.get(chat.info.leaf_id),
            reads_after=places.get(chat.info.reads_after),
            settings=settings,
        ),
        messages=tuple(
            msgspec.structs.replace(
                m, message_id=places[m.message_id], parent_id=places.get(m.parent_id)
            )
            for m in chat.messages
        ),
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(chats(), max_size=2))
def test_chats_come_back_as_they_were(kept):
    data = msgspec.json.encode(ChatFile(chats=tuple(map(in_file, kept))))
    file = msgspec.json.decode(data, type=ChatFile)
    assert [kept_chat(chat, inline_source) for chat in file.chats] == [
        numbered(chat) for chat in kept
    ]


def test_what_holds_by_default_is_left_out():
    message = FileMessage(id=1, role=Role.USER, parts=(TextPart("Hi"),))
    assert msgspec.json.decode(msgspec.json.encode(FileChat(key="k", messages=(message,)))) == {
        "key": "k",
        "messages": [{"id": 1, "role": "user", "parts": [{"type": "text", "text": "Hi"}]}],
    }


def test_keys_of_later_versions_are_skipped():
    text = '{"chats":[{"key":"k","mood":"good","messages":[]}],"weather":"fine"}'
    assert msgspec.json.decode(text, type=ChatFile).chats == (FileChat(key="k"),)


@pytest.mark.parametrize(
    "messages",
    [
        '[{"id":1,"role":"user","parent":2},{"id":2,"role":"user"}]',
        '[{"id":1,"role":"user","parent":1}]',
        '[{"id":1,"role":"user"},{"id":1,"role":"user"}]',
        '[{"id":1,"role":"user","attachments":[{"type":"document","name":"d","chosen":[0]}]}]',
    ],
)
def test_messages_that_form_no_tree_are_refused(messages):
    chat = msgspec.json.decode(f'{{"key":"k","messages":{messages}}}', type=FileChat)
    with pytest.raises(msgspec.ValidationError):
        kept_chat(chat, inline_source)


def test_another_kind_of_file_is_refused():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode('{"format":"other","chats":[]}', type=ChatFile)
