"""Chats to be kept: made by hand, drawn at random, and looked for in all files of a folder."""

import base64
import hashlib
import json
import pathlib

import msgspec
from hypothesis import strategies as st

from app.domain.attachments import (
    Detail,
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.chat import Effort, Role, Sampling, TextPart, ThoughtPart, Timings, Usage
from app.domain.kept_chat import (
    ChatInfo,
    ChatMessage,
    ChatSettings,
    Draft,
    KeptChat,
    MessageState,
)
from app.store.store import Store

BEGAN_MS = 1_700_000_000_000
AT_REST = [s for s in MessageState if s not in (MessageState.QUEUED, MessageState.WORKING)]


def info_of(chat_id=1, **facts) -> ChatInfo:
    return msgspec.structs.replace(
        ChatInfo(chat_id=chat_id, key=f"key-{chat_id}", used_order=chat_id), **facts
    )


def question(message_id, text="", parent_id=None, state=MessageState.DONE, **facts) -> ChatMessage:
    return _message(message_id, Role.USER, (TextPart(text),), parent_id, state, facts)


def answer(message_id, text="", parent_id=None, state=MessageState.DONE, **facts) -> ChatMessage:
    parts = facts.pop("parts", (TextPart(text),))
    return _message(message_id, Role.ASSISTANT, parts, parent_id, state, facts)


def _message(message_id, role, parts, parent_id, state, facts) -> ChatMessage:
    created_ms = facts.pop("created_ms", BEGAN_MS + message_id)
    return ChatMessage(
        message_id=message_id,
        parent_id=parent_id,
        role=role,
        parts=parts,
        state=state,
        created_ms=created_ms,
        **facts,
    )


def chat_of(chat_id, first_id, *texts, **facts) -> KeptChat:
    """Questions and answers by turns, each following the one before."""
    makers = (question, answer)
    messages = tuple(
        makers[i % 2](first_id + i, text, first_id + i - 1 if i else None)
        for i, text in enumerate(texts)
    )
    return KeptChat(
        info=info_of(chat_id, leaf_id=messages[-1].message_id, **facts), messages=messages
    )


def document(store: Store, name: str, *pages: str, content: bytes = b"") -> DocumentAttachment:
    """A document of which the file is kept."""
    source = store.files.keep(Source(name=name, data=content or name.encode()))
    return DocumentAttachment(
        source=source, kind="text", pages=tuple(DocumentPage(text=page) for page in pages)
    )


def all_of(store: Store) -> dict[str, KeptChat]:
    """Everything, by key."""
    return {info.key: store.chats.load(info.chat_id) for info in store.chats.infos()}


def found(store: Store, typed: str) -> list[int]:
    """The messages that have what was typed, newest first."""
    return [hit.message_id for hit in store.chats.find(typed)]


def files_with(folder: pathlib.Path, *words: str) -> list[str]:
    """Files below a folder that have a word in any form in which it could be written there."""
    forms = {form for word in words for form in _forms(word)}
    return [
        f"{path.relative_to(folder)}: {form!r}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in [path.read_bytes().lower() + path.name.encode().lower()]
        for form in forms
        if form in content
    ]


def _forms(word: str) -> list[bytes]:
    encoded = word.encode()
    written = [
        encoded,
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        json.dumps(word)[1:-1].encode(),
        base64.b64encode(encoded)[:-4],
        hashlib.sha256(encoded).hexdigest().encode(),
    ]
    return [form.lower() for form in written if len(form) >= 6]


_TEXT = st.text(max_size=40)
_ID = st.integers(1, 10**6)
_TIME = st.integers(0, 2**48)
_COUNT = st.integers(0, 2**31)
_NUMBER = st.floats(allow_nan=False, allow_infinity=False, width=32)
_EFFORT = st.none() | st.sampled_from(Effort)
_HASH = st.binary(min_size=32, max_size=32).map(bytes.hex)

_SOURCES = st.builds(Source, name=_TEXT, sha256=_HASH, size_bytes=_COUNT)
_PICTURES = st.builds(
    PictureAttachment,
    source=_SOURCES,
    detail=st.sampled_from(Detail),
    original_width_px=_COUNT,
    original_height_px=_COUNT,
    thumbnail_png=st.binary(max_size=20),
)
_PAGES = st.lists(st.builds(DocumentPage, label=_TEXT, text=_TEXT), max_size=3).map(tuple)
_DOCUMENTS = st.builds(
    DocumentAttachment, source=_SOURCES, kind=_TEXT, pages=_PAGES, chosen=st.none() | st.just(())
)
_ATTACHMENTS = st.lists(_PICTURES | _DOCUMENTS, max_size=2).map(tuple)
SETTINGS = st.builds(
    ChatSettings,
    preset=_TEXT,
    system=_TEXT,
    effort=_EFFORT,
    model=_TEXT,
    model_path=_TEXT,
    temperature=st.none() | _NUMBER,
    top_p=st.none() | _NUMBER,
    thinking_tokens=st.none() | _COUNT,
)
DRAFTS = st.builds(Draft, text=_TEXT, attachments=_ATTACHMENTS, effort=_EFFORT)
_PARTS = st.lists(
    st.builds(TextPart, _TEXT) | st.builds(ThoughtPart, _TEXT, st.booleans()), max_size=3
).map(tuple)


@st.composite
def kept_chats(draw: st.DrawFn, chat_id: int, first_id: int) -> KeptChat:
    """A chat of up to six messages, each a variant or behind any that is older."""
    messages: list[ChatMessage] = []
    for message_id in range(first_id, first_id + draw(st.integers(0, 6))):
        parents = [None, *(message.message_id for message in messages)]
        messages.append(
            draw(
                st.builds(
                    ChatMessage,
                    message_id=st.just(message_id),
                    parent_id=st.sampled_from(parents),
                    role=st.sampled_from(Role),
                    parts=_PARTS,
                    state=st.sampled_from(AT_REST),
                    created_ms=_TIME,
                    attachments=_ATTACHMENTS,
                    effort=_EFFORT,
                    model=_TEXT,
                    is_edited=st.booleans(),
                    seed=st.none() | _COUNT,
                    sampling=st.none() | st.builds(Sampling, temperature=_NUMBER, top_k=_COUNT),
                    usage=st.none() | st.builds(Usage, prompt_tokens=_COUNT),
                    timings=st.none() | st.builds(Timings, prompt_s=_NUMBER),
                    thought_s=_NUMBER,
                )
            )
        )
    info = draw(
        st.builds(
            ChatInfo,
            chat_id=st.just(chat_id),
            key=st.just(f"key-{chat_id}"),
            title=_TEXT,
            is_named=st.booleans(),
            folder=_TEXT,
            is_pinned=st.booleans(),
            created_ms=_TIME,
            used_ms=_TIME,
            used_order=_COUNT,
            trashed_ms=st.none() | _TIME,
            leaf_id=st.none() | _ID,
            reads_after=st.none() | _ID,
            settings=SETTINGS,
        )
    )
    return KeptChat(info=info, messages=tuple(messages))
