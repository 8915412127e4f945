"""Whatever can be said in a chat comes back as it was, through our own file into another store."""

import io
import itertools
import pathlib
import tempfile

import msgspec
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
from app.exchange.worker.writers.json_file import JsonWriter
from app.exchange.writer_protocol import WriteOptions
from app.services.added_chats import as_new, keep_new
from app.store.store import Store
from tests.helpers.foreign_chats import Reading
from tests.helpers.keeping import comparable

NOW_MS = 1_795_000_000_000
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
said = words.filter(str.strip)
lines = st.text("abc äß漢字😀-_.()", max_size=20).map(lambda text: " ".join(text.split()))
moments = st.integers(1_700_000_000_000, NOW_MS)
efforts = st.none() | st.sampled_from(Effort)
names = lines.filter(bool).map(lambda name: f"{name}.x")
sources = st.builds(Source, name=names, data=st.binary(min_size=1, max_size=40))
pictures = st.builds(
    PictureAttachment,
    source=sources,
    detail=st.sampled_from(Detail),
    original_width_px=st.integers(0, 9999),
    original_height_px=st.integers(0, 9999),
)


@st.composite
def documents(draw):
    pages = draw(st.lists(st.builds(DocumentPage, label=lines, text=words), max_size=3))
    places = st.lists(st.sampled_from(range(len(pages))), unique=True) if pages else st.just([])
    return DocumentAttachment(
        source=draw(sources),
        kind=draw(lines),
        pages=tuple(pages),
        chosen=draw(st.none() | places.map(tuple)),
    )


@st.composite
def answers(draw, message_id: int, parent_id: int):
    parts = draw(st.lists(st.builds(ThoughtPart, said, st.booleans()), max_size=1))
    return ChatMessage(
        message_id=message_id,
        parent_id=parent_id,
        role=Role.ASSISTANT,
        parts=(*parts, TextPart(draw(said))),
        state=draw(
            st.sampled_from(
                (
                    MessageState.DONE,
                    MessageState.STOPPED,
                    MessageState.CUT,
                    MessageState.INTERRUPTED,
                )
            )
        ),
        created_ms=draw(moments),
        effort=draw(efforts),
        model=draw(lines),
        is_edited=draw(st.booleans()),
        seed=draw(st.none() | st.integers(0, 2**32)),
        sampling=draw(st.none() | st.builds(Sampling, temperature=st.floats(0, 2))),
        usage=draw(st.none() | st.builds(Usage, prompt_tokens=st.integers(0, 10**6))),
        timings=draw(st.none() | st.builds(Timings, prompt_s=st.floats(0, 1000))),
        thought_s=draw(st.floats(0, 1000)),
    )


@st.composite
def trees(draw):
    """Questions and answers as a person leaves them: with variants of both."""
    messages: list[ChatMessage] = []
    for place in range(draw(st.integers(1, 7))):
        message_id = 3 * place + 1
        parents = [None, *(m for m in messages)]
        parent = draw(st.sampled_from(parents))
        if parent is not None and parent.role is Role.USER:
            messages.append(draw(answers(message_id, parent.message_id)))
            continue
        messages.append(
            ChatMessage(
                message_id=message_id,
                parent_id=None if parent is None else parent.message_id,
                role=Role.USER,
                parts=(TextPart(draw(said)),),
                state=MessageState.DONE,
                created_ms=draw(moments),
                effort=draw(efforts),
                attachments=tuple(draw(st.lists(pictures | documents(), max_size=2))),
            )
        )
    answered = {m.parent_id for m in messages}
    return tuple(
        m
        if m.role is Role.ASSISTANT or m.message_id in answered
        else msgspec.structs.replace(m, state=MessageState.UNANSWERED)
        for m in messages
    )


@st.composite
def chats(draw, number: int):
    messages = draw(trees())
    parents = {m.parent_id for m in messages}
    leaves = [m.message_id for m in messages if m.message_id not in parents]
    return KeptChat(
        info=ChatInfo(
            chat_id=number,
            key=f"{number:032x}",
            title=draw(lines),
            is_named=draw(st.booleans()),
            folder=draw(lines),
            is_pinned=draw(st.booleans()),
            created_ms=draw(moments),
            used_ms=draw(moments),
            leaf_id=draw(st.sampled_from(leaves)),
            reads_after=draw(st.none() | st.sampled_from([m.message_id for m in messages])),
            settings=ChatSettings(
                preset=draw(lines),
                system=draw(words),
                effort=draw(efforts),
                model=draw(lines),
                model_path=draw(words),
                temperature=draw(st.none() | st.floats(0, 2)),
                thinking_tokens=draw(st.none() | st.integers(0, 99999)),
            ),
        ),
        messages=messages,
    )


def kept_in(folder: pathlib.Path, found: list[KeptChat]) -> list[KeptChat]:
    """Put chats into an empty store; what is in it then."""
    new = as_new(found, itertools.count(1), itertools.count(1), NOW_MS)
    with Store(folder) as store:
        keep_new(store, new)
        return [store.chats.load(kept.info.chat_id) for kept in new]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(st.tuples(chats(1), chats(2)))
def test_chats_come_back_as_they_were(made):
    with tempfile.TemporaryDirectory() as name:
        place = pathlib.Path(name)
        first = kept_in(place / "one", list(made))
        file = io.BytesIO()
        writer = JsonWriter(file, WriteOptions(), lambda: None, exported_ms=NOW_MS)
        for kept in first:
            writer.add(kept)
        writer.finish()
        (place / "file").write_bytes(file.getvalue())
        reading = Reading(place / "file", place / "attachments")
        second = kept_in(place / "two", reading.chats)
        assert (reading.skipped, reading.keeper.missing) == ([], 0)
        assert [comparable(c) for c in second] == [comparable(c) for c in first]
