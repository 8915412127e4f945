"""Chats of a data export of ChatGPT: `conversations.json`, alone or in the export's archive.

    conversations.json, conversations-000.json …    lists of conversations
    file-ID-NAME, file_ID.dat, dalle-generations/file-ID-…, user-…/file_ID-…    what is attached

A conversation's `mapping` is a tree of nodes that name their parent; one may have no message. An
answer can be many nodes: thoughts, their recap with the seconds they took, calls of tools, which
are assistant messages to another recipient than all, what the tools said, and words.

Learnt from mitkury/chatgpt-export-parser 08e6ae5 docs/chatgpt-data-export-format.md (the tree),
pionxzh/chatgpt-exporter 0f3e108 src/api.ts (contents, recipients, finish_details), yotamleo/Himmel
3aac142 scripts/luna/fold-chat-history.py (several files, pointers, names of assets) and
jamesmoore/chatgpt-export 1daa8df ChatGPTExport/Assets/AssetLocator.cs (where assets lie); the order
and the content of thoughts from a conversation that somebody published. Not checked against a real
export.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.attachments import Attachment
from app.domain.chat import Role
from app.domain.kept_chat import MessageState
from app.exchange.reader_protocol import Why
from app.exchange.worker.reading.clean import clean_name, duration_s, key_of, moment_of_s
from app.exchange.worker.reading.draft import Draft, Turn, chat_of
from app.exchange.worker.reading.files import Files
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.loose import DECODING, Loose, decode
from app.exchange.worker.reading.outcome import Outcome

APP = "ChatGPT"
_ROLES = {"user": Role.USER, "assistant": Role.ASSISTANT, "system": Role.SYSTEM}
# Marks between private characters that stand for links to sources.
_CITATION = re.compile("\ue200[^\ue200\ue201]*\ue201")
_POINTER = re.compile(r"(?:file-service|sediment)://(file[-_][A-Za-z0-9]+)")
_ENDS = {"interrupted": MessageState.STOPPED, "max_tokens": MessageState.CUT}


def is_mine(first: Loose) -> bool:
    """Whether that is a conversation."""
    return isinstance(first.value("mapping"), dict)


def read(conversations: Iterable[msgspec.Raw], files: Files, keeper: Keeper) -> Iterator[Outcome]:
    """Read the conversations of one file."""
    assets = _Assets(files, keeper)
    for raw in conversations:
        keeper.begin_chat()
        try:
            conversation = decode(raw)
        except DECODING:
            yield Why.BROKEN
            continue
        if not is_mine(conversation):
            yield Why.BROKEN
            continue
        chat_id = conversation.text("conversation_id") or conversation.text("id")
        # One without an id is known by all that it says.
        key = key_of(APP, chat_id or hashlib.sha256(bytes(raw)).hexdigest())
        yield chat_of(_draft(key, conversation, assets))


class _Assets:
    """Files of the export, by the ids that messages point at."""

    def __init__(self, files: Files, keeper: Keeper) -> None:
        self._files = files
        self._keeper = keeper
        self._names: dict[str, str] | None = None

    def attachment(self, asset_id: str, name: str = "") -> tuple[Attachment, ...]:
        """What is attached under an id; nothing, and one missing, if it is not there."""
        path = self._by_id().get(asset_id)
        return self._keeper.file(self._files, path, name or path or asset_id)

    def lost(self) -> None:
        """Something is attached that cannot be kept where it is."""
        self._keeper.missing += 1

    def _by_id(self) -> dict[str, str]:
        if self._names is None:
            self._names = {}
            for path in self._files.names():
                found = re.match(r"file[-_][A-Za-z0-9]+", path.rpartition("/")[2])
                if found:
                    self._names.setdefault(found[0], path)
        return self._names


def _draft(key: str, conversation: Loose, assets: _Assets) -> Draft:
    nodes = conversation.fields("mapping")
    siblings = _places(nodes)
    turns = [_turn(node, nodes[node], assets) for node in sorted(nodes, key=siblings.__getitem__)]
    return Draft(
        key=key,
        title=conversation.text("title"),
        created_ms=moment_of_s(conversation.number("create_time")),
        used_ms=moment_of_s(conversation.number("update_time")),
        is_pinned=conversation.flag("is_starred"),
        model=conversation.text("default_model_slug"),
        turns=turns,
        leaf=conversation.text("current_node") or None,
    )


def _places(nodes: dict[str, Loose]) -> dict[str, int]:
    """Where each node stands among those with its parent, as the parent tells it."""
    places = dict.fromkeys(nodes, 0)
    for node in nodes.values():
        for place, child in enumerate(node.items("children")):
            if isinstance(child, str) and child in places:
                places[child] = place
    return places


def _turn(key: str, node: Loose, assets: _Assets) -> Turn:
    parent = node.text("parent") or None
    message = node.inner("message")
    metadata, content = message.inner("metadata"), message.inner("content")
    role = _ROLES.get(message.inner("author").text("role"), Role.TOOL)
    is_hidden = metadata.flag("is_visually_hidden_from_conversation")
    is_call = role is Role.ASSISTANT and (message.text("recipient") or "all") != "all"
    if role is Role.TOOL or is_hidden or is_call:
        _lose_pictures(content, assets)
        return Turn(key=key, parent=parent, role=Role.TOOL)
    finish = metadata.inner("finish_details").text("type")
    return Turn(
        key=key,
        parent=parent,
        role=role,
        text=_CITATION.sub("", _words(content)),
        thought=_thought(content),
        state=_ENDS.get(finish, MessageState.DONE),
        created_ms=moment_of_s(message.number("create_time")),
        model=metadata.text("model_slug"),
        thought_s=duration_s(metadata.number("finished_duration_sec")),
        attachments=_attachments(content, metadata, assets) if role is Role.USER else (),
    )


def _words(content: Loose) -> str:
    kind = content.text("content_type")
    if kind == "code":
        language = content.text("language").replace("unknown", "")
        code = content.text("text")
        return f"```{language}\n{code}\n```" if code.strip() else ""
    if kind not in ("text", "multimodal_text"):
        return ""  # thoughts, recaps, and what the person wrote down for all their chats
    words: list[str] = []
    for part in content.items("parts"):
        if isinstance(part, str):
            words.append(part)
        elif (said := Loose(part)).text("content_type") in ("audio_transcription", "text"):
            words.append(said.text("text"))
    return "\n".join(word for word in words if word)


def _thought(content: Loose) -> str:
    thoughts = (
        "\n".join(filter(None, (thought.text("summary"), thought.text("content"))))
        for thought in content.objects("thoughts")
    )
    return "\n\n".join(thoughts)


def _attachments(content: Loose, metadata: Loose, assets: _Assets) -> tuple[Attachment, ...]:
    """Pictures among the words, then the other files of a question."""
    names = {entry.text("id"): entry.text("name") for entry in metadata.objects("attachments")}
    ids = dict.fromkeys([*_pictures(content), *filter(None, names)])
    return tuple(
        attachment
        for asset_id in ids
        for attachment in assets.attachment(asset_id, clean_name(names.get(asset_id, "")))
    )


def _pictures(content: Loose) -> list[str]:
    return [
        found[1]
        for part in content.objects("parts")
        if part.text("content_type") == "image_asset_pointer"
        if (found := _POINTER.match(part.text("asset_pointer")))
    ]


def _lose_pictures(content: Loose, assets: _Assets) -> None:
    """Pictures that a tool made: an answer has no place for them."""
    for _ in _pictures(content):
        assets.lost()
