"""Files of other programs, written by hand as their sources describe them."""

import contextlib
import copy
import io
import json
import pathlib
import sqlite3
import zipfile

from app.domain.chat import TextPart, ThoughtPart
from app.domain.kept_chat import ChatMessage, KeptChat
from app.exchange.reader_protocol import Why
from app.exchange.worker.reading.files import open_files
from app.exchange.worker.reading.keep import Keeper
from app.exchange.worker.reading.recognise import Recogniser

# The smallest that there is: one transparent pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63"
    "6400000000060002307f1b3e0000000049454e44ae426082"
)
SECOND_S = 1_765_672_000
SECOND_MS = SECOND_S * 1000


class Reading:
    """What becomes of a file without a process around it."""

    def __init__(self, path: pathlib.Path, folder: pathlib.Path) -> None:
        folder.mkdir(exist_ok=True)
        self.keeper = Keeper(folder)
        with contextlib.closing(open_files(path, path.name, lambda: None)) as files:
            self._recogniser = Recogniser(files, folder, self.keeper)
            outcomes = list(self._recogniser.outcomes())
        self.chats = [outcome for outcome in outcomes if isinstance(outcome, KeptChat)]
        self.skipped = [outcome for outcome in outcomes if isinstance(outcome, Why)]

    @property
    def programs(self) -> list[str]:
        return list(self._recogniser.programs)

    @property
    def folders(self) -> list[str]:
        return list(self._recogniser.folders)


def words(message: ChatMessage) -> str:
    """A message as one string: a thought in brackets, then the words."""
    return "".join(
        f"({part.text}) " if isinstance(part, ThoughtPart) else part.text
        for part in message.parts
        if isinstance(part, ThoughtPart | TextPart)
    )


def tree(chat: KeptChat) -> list[tuple[int, int | None, str, str]]:
    """Number, parent, role and words of all messages."""
    return [(m.message_id, m.parent_id, str(m.role), words(m)) for m in chat.messages]


def write_json(path: pathlib.Path, value: object) -> pathlib.Path:
    """Write a file, and the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def write_zip(path: pathlib.Path, files: dict[str, object], **options) -> pathlib.Path:
    """Write an archive of contents; what is no bytes becomes JSON."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            archive.writestr(name, data)
    return path


def zipped(files: dict[str, bytes]) -> bytes:
    """The same, in memory."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def node(
    key: str,
    parent: str | None,
    role: str,
    *parts: object,
    children: tuple[str, ...] = (),
    **message,
) -> dict[str, object]:
    """A node of ChatGPT's tree; `content` replaces a text of `parts`."""
    kind = "text" if all(isinstance(part, str) for part in parts) else "multimodal_text"
    content = {"content_type": kind, "parts": list(parts)}
    made = {
        "id": key,
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": SECOND_S + 1.5,
        "content": content,
        "status": "finished_successfully",
        "recipient": "all",
        "metadata": {},
        **message,
    }
    return {"id": key, "message": made, "parent": parent, "children": list(children)}


def conversation(*nodes: dict[str, object], **more) -> dict[str, object]:
    """A conversation of ChatGPT; the last node is the open one."""
    return {
        "title": "Weather",
        "create_time": SECOND_S + 0.25,
        "update_time": SECOND_S + 9.0,
        "mapping": {str(n["id"]): n for n in nodes},
        "current_node": nodes[-1]["id"] if nodes else None,
        "conversation_id": "conversation-1",
        "default_model_slug": "gpt-5-2",
        "is_starred": None,
        **more,
    }


def chatgpt_chat(**more) -> dict[str, object]:
    """A question, an answer with all that ChatGPT puts in front of it, and a variant of it."""
    call = {"content_type": "code", "language": "unknown", "text": "search('wind')"}
    thoughts = [{"summary": "Look", "content": "Is it windy?", "chunks": [], "finished": True}]
    model = {"model_slug": "gpt-5-2-thinking"}
    recap = {"content_type": "reasoning_recap", "content": "Thought for 8s"}
    return conversation(
        {"id": "root", "message": None, "parent": None, "children": ["hidden"]},
        node(
            "hidden",
            "root",
            "system",
            "",
            children=("q",),
            metadata={"is_visually_hidden_from_conversation": True},
        ),
        node("q", "hidden", "user", "Is it windy in Zaragoza?", children=("t", "other")),
        node(
            "t",
            "q",
            "assistant",
            children=("call",),
            content={"content_type": "thoughts", "thoughts": thoughts},
            metadata=model,
        ),
        node("call", "t", "assistant", children=("tool",), content=call, recipient="web"),
        node("tool", "call", "tool", "result", children=("r",)),
        node(
            "r",
            "tool",
            "assistant",
            children=("a",),
            content=recap,
            metadata={"finished_duration_sec": 8},
        ),
        node("other", "q", "assistant", "I do not know."),
        node("a", "r", "assistant", "Yes\ue200cite\ue202turn0\ue201, the cierzo.", metadata=model),
        **more,
    )


def lm_studio_chat(**more) -> dict[str, object]:
    """A question with a picture, and an answer in two versions of which the first is selected."""

    def answer(*steps: dict[str, object]) -> dict[str, object]:
        return {
            "type": "multiStep",
            "role": "assistant",
            "senderInfo": {"senderName": "mistral-small"},
            "steps": list(steps),
        }

    def block(text: str, **style) -> dict[str, object]:
        return {
            "type": "contentBlock",
            "stepIdentifier": f"{SECOND_MS + 7}-0.123",
            "content": [{"type": "text", "text": text, "fromDraftModel": False}],
            **({"style": style} if style else {}),
        }

    thinking = block("A picture.", type="thinking", ended=True, title="Thought for 2 seconds")
    stopped = {**block("Stopped"), "genInfo": {"stats": {"stopReason": "userStopped"}}}
    picture = {"type": "file", "fileIdentifier": "1 - 2.png", "fileType": "image", "sizeBytes": 70}
    return {
        "name": "A picture",
        "pinned": True,
        "createdAt": SECOND_MS,
        "tokenCount": 5,
        "systemPrompt": "Be brief.",
        "lastUsedModel": {"identifier": "mistral-small"},
        "userLastMessagedAt": SECOND_MS + 5,
        "assistantLastMessagedAt": SECOND_MS + 9,
        "messages": [
            {
                "currentlySelected": 0,
                "versions": [
                    {
                        "type": "singleStep",
                        "role": "user",
                        "content": [{"type": "text", "text": "What is it?"}, picture],
                    }
                ],
            },
            {
                "currentlySelected": 0,
                "versions": [
                    answer(
                        thinking, block("A flag."), {"type": "debugInfoBlock", "debugInfo": "x"}
                    ),
                    answer(stopped),
                ],
            },
        ],
        **more,
    }


def jan_message(
    key: str, role: str, text: str, at_ms: int = SECOND_MS, **more
) -> dict[str, object]:
    """A line of `messages.jsonl`."""
    return {
        "id": key,
        "object": "thread.message",
        "thread_id": "thread-1",
        "role": role,
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}],
        "status": "ready",
        "created_at": at_ms,
        "completed_at": at_ms,
        **more,
    }


def write_jan(folder: pathlib.Path, messages: list[dict[str, object]], **more) -> pathlib.Path:
    """A thread's folder."""
    thread = {
        "id": "thread-1",
        "object": "thread",
        "title": "Of Jan",
        "created": SECOND_S,
        "updated": SECOND_S + 60.5,
        "assistants": [
            {"id": "jan", "instructions": "Be kind.", "model": {"id": "ministral", "engine": "x"}}
        ],
        "metadata": {"is_favorite": True},
        **more,
    }
    write_json(folder / "thread.json", thread)
    lines = "".join(f"{json.dumps(message)}\n" for message in messages)
    (folder / "messages.jsonl").write_text(lines, encoding="utf-8")
    return folder


OLLAMA_SCHEMA = """
CREATE TABLE settings (id INTEGER PRIMARY KEY, schema_version INTEGER NOT NULL DEFAULT 18);
CREATE TABLE chats (
    id TEXT PRIMARY KEY, title TEXT NOT NULL DEFAULT '',
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, browser_state TEXT
);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, chat_id TEXT NOT NULL, role TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '', thinking TEXT NOT NULL DEFAULT '',
    stream BOOLEAN NOT NULL DEFAULT 0, model_name TEXT,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    thinking_time_start TIMESTAMP, thinking_time_end TIMESTAMP, tool_result TEXT
);
CREATE TABLE attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message_id INTEGER NOT NULL, filename TEXT NOT NULL,
    data BLOB NOT NULL
);
"""
OLLAMA_CHATS = """
INSERT INTO chats (id, title, created_at) VALUES ('c1', 'Of Ollama', '2025-12-14 00:26:40.5+00:00');
INSERT INTO messages (chat_id, role, content, created_at)
    VALUES ('c1', 'user', 'What is it?', '2025-12-14 01:26:41.123456789+01:00');
INSERT INTO messages
    (chat_id, role, content, thinking, model_name, thinking_time_start, thinking_time_end)
    VALUES ('c1', 'assistant', 'A pixel.', 'Small.', 'ministral-3',
            '2025-12-14 00:26:42+00:00', '2025-12-14 00:26:44.5+00:00');
INSERT INTO chats (id, title) VALUES ('c2', 'Empty');
"""


def write_ollama(path: pathlib.Path, *, with_log: bool = False) -> pathlib.Path:
    """The app's database; with a log it is as a running app leaves it."""
    keep_open = contextlib.nullcontext if with_log else contextlib.closing
    with keep_open(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(OLLAMA_SCHEMA + OLLAMA_CHATS)
        data = [(1, "pixel.png", PIXEL), (1, "notes.txt", "Grüße".encode()), (1, "a.bin", b"\0")]
        database.executemany(
            "INSERT INTO attachments (message_id, filename, data) VALUES (?, ?, ?)", data
        )
        database.commit()
        if with_log:
            log = path.with_name(f"{path.name}-wal")
            copies = {each: each.read_bytes() for each in (path, log)}
            database.close()
            for each, content in copies.items():
                each.write_bytes(content)
    return path


def own_file(*chats: dict[str, object], **more) -> dict[str, object]:
    """An export of ours."""
    return {
        "format": "cierzo-chats",
        "version": 1,
        "exported_ms": SECOND_MS,
        "app": "Cierzo 1.0",
        "folders": ["Work"],
        "chats": list(chats),
        **more,
    }


# A chat of ours with everything that a chat can have.
OWN_CHAT: dict[str, object] = {
    "key": "0123456789abcdef0123456789abcdef",
    "title": "Ours",
    "is_named": True,
    "folder": "Work",
    "is_pinned": True,
    "created_ms": SECOND_MS,
    "used_ms": SECOND_MS + 5,
    "leaf": 12,
    "reads_after": 10,
    "settings": {"system": "Be brief.", "effort": "deep", "model": "Small 4", "top_p": 0.5},
    "messages": [
        {
            "id": 10,
            "parent": None,
            "role": "user",
            "state": "done",
            "created_ms": SECOND_MS,
            "parts": [{"type": "text", "text": "Look"}],
            "attachments": [
                {
                    "type": "picture",
                    "name": "pixel.png",
                    "sha256": "a" * 64,
                    "detail": "half",
                    "width_px": 1,
                    "height_px": 1,
                    "data": "iVBORw0KGgo=",
                },
                {
                    "type": "document",
                    "name": "report.pdf",
                    "sha256": "b" * 64,
                    "kind": "PDF",
                    "pages": [{"label": "1", "text": "One"}, {"label": "2", "text": "Two"}],
                    "chosen": [1, 7],
                    "data": None,
                },
            ],
            "effort": "deep",
        },
        {
            "id": 12,
            "parent": 10,
            "role": "assistant",
            "state": "stopped",
            "parts": [
                {"type": "thought", "text": "Hm", "closed": False},
                {"type": "text", "text": "Nice"},
            ],
            "model": "Small 4",
            "seed": 7,
            "sampling": {"temperature": 0.1},
            "usage": {"completion_tokens": 2},
            "timings": {"tokens_per_s": 3.5},
            "thought_s": 1.5,
            "is_edited": True,
        },
        {
            "id": 13,
            "parent": 10,
            "role": "assistant",
            "state": "done",
            "parts": [{"type": "text", "text": "Another"}],
        },
    ],
}


def own_chat(**more) -> dict[str, object]:
    """That chat, with something else in it."""
    return {**copy.deepcopy(OWN_CHAT), **more}
