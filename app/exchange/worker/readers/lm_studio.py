"""Chats of LM Studio: a file `MILLISECONDS.conversation.json` each, or a folder of them.

A message has versions, of which one is selected; what follows belongs to that one. A question is a
single step of texts and files; an answer has steps, of which blocks of content are shown and those
in the style of thinking are thoughts. The time of a step stands before the dash of its identifier.
Attached files lie beside the folder of conversations, in `user-files`, under their identifiers:
they are found where the chosen folder has both.

Learnt from mikejoseph23/mac-resource-monitor 835dcb3 chat-history-viewer-prompt.md (a survey of
real files) and 76ab272 Tests/MacResourceMonitorTests/AIStorageChatParserTests.swift,
YorkieDev/lm-studio-conversation-converter 6023304 script.js (system prompt, steps) and
lmstudio-ai/lmstudio-js 3bd1887 packages/lms-shared-types/src/llm/LLMPredictionStats.ts (why an
answer ended). Not checked against a real file.
"""

import functools
import re
from collections.abc import Iterator

import msgspec

from app.domain.attachments import Attachment
from app.domain.chat import Role
from app.domain.kept_chat import MessageState
from app.exchange.reader_protocol import Why
from app.exchange.worker.reading.clean import key_of, moment_ms
from app.exchange.worker.reading.draft import Draft, Turn, chat_of
from app.exchange.worker.reading.files import Content, Files
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.loose import DECODING, Loose, decode
from app.exchange.worker.reading.outcome import Outcome

APP = "LM Studio"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
_ENDS = {
    "userStopped": MessageState.STOPPED,
    "modelUnloaded": MessageState.INTERRUPTED,
    "failed": MessageState.INTERRUPTED,
    "maxPredictedTokensReached": MessageState.CUT,
    "contextLengthReached": MessageState.CUT,
}
_STEP_TIME = re.compile(r"(\d{13})-")
_SYSTEM = "llm.prediction.systemPrompt"


def is_mine(document: dict[str, msgspec.Raw]) -> bool:
    """Whether that is a conversation: messages with versions, or none beside LM Studio's keys."""
    try:
        messages = msgspec.json.decode(document.get("messages", b""), type=list[msgspec.Raw])
        first = decode(messages[0]) if messages else Loose(None)
    except DECODING:
        return False
    return "versions" in first or (not messages and "tokenCount" in document)


def read(content: Content, name: str, files: Files, keeper: Keeper) -> Iterator[Outcome]:
    """Read the conversation of a file."""
    keeper.begin_chat()
    try:
        conversation = decode(content)
    except DECODING:
        yield Why.BROKEN
        return
    yield chat_of(_draft(conversation, name, files, keeper))


def _draft(conversation: Loose, name: str, files: Files, keeper: Keeper) -> Draft:
    stem = name.rpartition("/")[2].partition(".")[0]
    created_ms = moment_ms(conversation.number("createdAt"))
    used_ms = max(
        moment_ms(conversation.number("userLastMessagedAt")),
        moment_ms(conversation.number("assistantLastMessagedAt")),
    )
    turns, leaf = _turns(conversation, _UserFiles(files, keeper))
    return Draft(
        key=key_of(APP, f"{stem}/{created_ms}"),
        title=conversation.text("name"),
        created_ms=created_ms,
        used_ms=used_ms,
        is_pinned=conversation.flag("pinned"),
        system=conversation.text("systemPrompt") or _configured_system(conversation),
        model=conversation.inner("lastUsedModel").text("identifier"),
        turns=turns,
        leaf=leaf,
    )


def _configured_system(conversation: Loose) -> str:
    fields = conversation.inner("perChatPredictionConfig").objects("fields")
    return next((field.text("value") for field in fields if field.text("key") == _SYSTEM), "")


class _UserFiles:
    """Attached files, where the chosen folder has them."""

    def __init__(self, files: Files, keeper: Keeper) -> None:
        self._files = files
        self._keeper = keeper

    def attachments(self, content: list[Loose]) -> tuple[Attachment, ...]:
        identifiers = [part.text("fileIdentifier") for part in content]
        return tuple(
            attachment for name in identifiers if name for attachment in self._attachment(name)
        )

    def _attachment(self, identifier: str) -> tuple[Attachment, ...]:
        return self._keeper.file(self._files, self._by_identifier.get(identifier), identifier)

    @functools.cached_property
    def _by_identifier(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in self._files.names():
            _, mark, identifier = f"/{path}".rpartition("/user-files/")
            if mark:
                found.setdefault(identifier, path)
        return found


def _turns(conversation: Loose, user_files: _UserFiles) -> tuple[list[Turn], str | None]:
    """All versions of all messages, and the key of the last that is selected."""
    turns: list[Turn] = []
    parent: str | None = None
    for place, message in enumerate(conversation.objects("messages")):
        versions = message.objects("versions")
        if not versions:
            continue
        selected = int(min(max(message.number("currentlySelected"), 0), len(versions) - 1))
        turns += [
            _turn(f"{place}.{number}", parent, version, user_files)
            for number, version in enumerate(versions)
        ]
        parent = f"{place}.{selected}"
    return turns, parent


def _turn(key: str, parent: str | None, version: Loose, user_files: _UserFiles) -> Turn:
    role = _ROLES.get(version.text("role"), Role.TOOL)
    if role is Role.ASSISTANT:
        return _answer(key, parent, version)
    content = version.objects("content")
    return Turn(
        key=key,
        parent=parent,
        role=role,
        text=_text(version),
        attachments=user_files.attachments(content) if role is Role.USER else (),
    )


def _answer(key: str, parent: str | None, version: Loose) -> Turn:
    """An answer in steps, or in one."""
    texts: list[str] = []
    thoughts: list[str] = []
    end = model = ""
    created_ms = 0
    for step in (*version.objects("steps"), version):
        is_thought = step.inner("style").text("type") == "thinking"
        (thoughts if is_thought else texts).append(_text(step))
        info = step.inner("genInfo")
        model = info.text("identifier") or model
        end = info.inner("stats").text("stopReason") or end
        if time := _STEP_TIME.match(step.text("stepIdentifier")):
            created_ms = created_ms or moment_ms(int(time[1]))
    return Turn(
        key=key,
        parent=parent,
        role=Role.ASSISTANT,
        text="\n\n".join(filter(None, texts)),
        thought="\n\n".join(filter(None, thoughts)),
        state=_ENDS.get(end, MessageState.DONE),
        created_ms=created_ms,
        model=version.inner("senderInfo").text("senderName") or model,
    )


def _text(step: Loose) -> str:
    """The words of a step, which lie in the pieces in which they came."""
    content = step.objects("content")
    return "".join(part.text("text") for part in content if part.text("type") == "text")
