"""Chats of Jan: a folder each, with the thread and its messages.

    DATA/threads/ID/thread.json        title, times, assistants with model and instructions
    DATA/threads/ID/messages.jsonl     a message a line

In later versions a message may name its parent and the child that was open in `metadata`; those
without are a list. Thoughts are content of their own, or stand in the text between <think> and
</think>. Pictures lie in the message as data addresses, text files as `inline_file_contents`.

Learnt from janhq/jan: src-tauri/src/core/threads/{constants,helpers}.rs cad3fbc and 08d5273 (the
files), core/src/types/message/messageEntity.ts 089ad3e, web-app/src/lib/message-branching.ts
2bf991d, web-app/src/lib/messages.ts 089ad3e, web-app/src/services/threads/default.ts 1274cf9. The
SQLite database of its versions for phones is not read. Not checked against real files.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from app.domain.attachments import Attachment
from app.domain.chat import Role
from app.domain.kept_chat import MessageState
from app.exchange.reader_protocol import Why
from app.exchange.worker.reading.clean import key_of, moment_ms, moment_of_s
from app.exchange.worker.reading.draft import Draft, Turn, chat_of
from app.exchange.worker.reading.files import Content
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.loose import DECODING, Loose, decode
from app.exchange.worker.reading.outcome import Outcome

APP = "Jan"
THREAD_NAME = "thread.json"
MESSAGES_NAME = "messages.jsonl"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_ENDS = {"stopped": MessageState.STOPPED, "error": MessageState.INTERRUPTED}
_THOUGHT = re.compile(r"\s*<think>(.*?)(?:</think>|\Z)", re.DOTALL)
_DATA_ADDRESS = re.compile(r"data:image/[\w.+-]+;base64,")
# Anything below would be the year 1973 in milliseconds.
_MOST_SECONDS = 1e11


def is_thread(document: Loose) -> bool:
    """Whether that describes a chat."""
    return document.text("object") == "thread" or (
        isinstance(document.value("assistants"), list) and bool(document.text("id"))
    )


def is_message(document: Loose) -> bool:
    """Whether that is a line of a chat."""
    return document.text("object") == "thread.message"


def read(thread: Loose, messages: Content, keeper: Keeper) -> Iterator[Outcome]:
    """Read a chat; of its thread, nothing may be known."""
    keeper.begin_chat()
    lines = [line for line in bytes(messages).split(b"\n") if line.strip()]
    found: list[Loose] = []
    for line in lines:
        try:
            found.append(decode(line))
        except DECODING:
            continue  # a line that was cut
    if lines and not found:
        yield Why.BROKEN
        return
    yield chat_of(_draft(thread, found, keeper))


def _draft(thread: Loose, messages: list[Loose], keeper: Keeper) -> Draft:
    assistant = next(iter(thread.objects("assistants")), Loose(None))
    model = assistant.inner("model").text("id")
    chat_id = thread.text("id") or next((m.text("thread_id") for m in messages), "")
    turns = _turns(messages, "" if model == "*" else model, keeper)
    return Draft(
        key=key_of(APP, chat_id or repr([turn.key for turn in turns])),
        title=thread.text("title"),
        created_ms=_moment_ms(thread.number("created")),
        used_ms=_moment_ms(thread.number("updated")),
        is_pinned=thread.inner("metadata").flag("is_favorite"),
        system=assistant.text("instructions"),
        model="" if model == "*" else model,
        turns=turns,
        leaf=_leaf(messages, turns),
    )


def _turns(messages: list[Loose], model: str, keeper: Keeper) -> list[Turn]:
    has_branches = any(
        name in message.inner("metadata")
        for message in messages
        for name in ("parentId", "activeChildId")
    )
    turns: list[Turn] = []
    previous: str | None = None
    question: str | None = None
    for place, message in enumerate(messages):
        key = message.text("id") or f"line {place}"
        role = _ROLES.get(message.text("role"), Role.TOOL)
        parent = previous
        if has_branches:
            # Jan lost this link of answers for some time; it belongs to the question before.
            detached = question if role is Role.ASSISTANT else None
            parent = message.inner("metadata").text("parentId") or detached
        turns.append(_turn(key, parent, role, message, model, keeper))
        previous = key
        question = key if role is Role.USER else question
    return turns


def _leaf(messages: list[Loose], turns: list[Turn]) -> str | None:
    """Go down from the newest beginning, as Jan does: the open child, else the newest."""
    open_children = {
        turn.key: message.inner("metadata").text("activeChildId")
        for turn, message in zip(turns, messages, strict=True)
    }
    children: dict[str | None, list[Turn]] = {}
    for turn in turns:
        children.setdefault(turn.parent, []).append(turn)
    leaf: str | None = None
    seen: set[str | None] = set()
    while leaf not in seen and (below := children.get(leaf)):
        seen.add(leaf)
        wanted = open_children.get(leaf or "", "")
        newest = max(below, key=lambda turn: turn.created_ms)
        leaf = next((turn.key for turn in below if turn.key == wanted), newest.key)
    return leaf


def _turn(
    key: str, parent: str | None, role: Role, message: Loose, model: str, keeper: Keeper
) -> Turn:
    contents = message.objects("content")
    thoughts = [c.inner("text").text("value") for c in contents if c.text("type") == "reasoning"]
    texts = [c.inner("text").text("value") for c in contents if c.text("type") == "text"]
    text = "\n".join(filter(None, texts))
    if role is Role.ASSISTANT and (found := _THOUGHT.match(text)):
        thoughts.append(found[1])
        text = text[found.end() :]
    return Turn(
        key=key,
        parent=parent,
        role=role,
        text=text,
        thought="\n\n".join(filter(None, thoughts)),
        state=_ENDS.get(message.text("status"), MessageState.DONE),
        created_ms=_moment_ms(message.number("created_at")),
        model=model if role is Role.ASSISTANT else "",
        attachments=_attachments(message, keeper) if role is Role.USER else (),
    )


def _attachments(message: Loose, keeper: Keeper) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for content in message.objects("content"):
        if content.text("type") == "image_url":
            found += keeper.attachment("picture", _picture(content.inner("image_url").text("url")))
    for document in message.inner("metadata").objects("inline_file_contents"):
        words = document.text("content").encode("utf-8", "replace")
        found += keeper.attachment(document.text("name") or "document", words)
    return tuple(found)


def _picture(address: str) -> bytes:
    """The content of a data address; of any other, nothing: it is neither opened nor fetched."""
    beginning = _DATA_ADDRESS.match(address)
    try:
        return base64.b64decode(address[beginning.end() :], validate=True) if beginning else b""
    except (binascii.Error, ValueError):
        return b""


def _moment_ms(value: float) -> int:
    """Jan writes seconds in some places and milliseconds in others."""
    return moment_of_s(value) if value < _MOST_SECONDS else moment_ms(value)
