"""Chats of other programs, and of ours."""

import pathlib
import tempfile

import msgspec

from app.domain.errors import AppError
from app.domain.kept_chat import KeptChat
from app.exchange.reader_client import _checked
from app.exchange.reader_protocol import MAX_LINE_BYTES, ChatFound
from tests.fuzz.shelf import keep
from tests.fuzz.target import Target
from tests.helpers.foreign_chats import Reading

# Files of a folder in one input, each behind its name.
_FILE = b"\nFILE "


def _fuzz(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            reading = Reading(_written(folder, data), folder / "attached")
        except AppError as error:
            assert str(error).endswith(".")  # noqa: PT017
            return
        for chat in reading.chats:
            found = msgspec.json.encode(ChatFound(request_id=1, chat=chat))
            assert len(found) > MAX_LINE_BYTES or _checked(found, folder / "attached")
            for message in chat.messages:
                assert message.parts or message.attachments
            assert "\0" not in _words(chat)
        assert keep(reading.chats)


def _words(chat: KeptChat) -> str:
    return chat.info.title + chat.info.settings.system + "".join(m.text for m in chat.messages)


def _written(folder: pathlib.Path, data: bytes) -> pathlib.Path:
    first, *others = data.split(_FILE)
    if not others:
        (folder / "file").write_bytes(data)
        return folder / "file"
    (folder / "chosen" / "thread").mkdir(parents=True)
    for number, file in enumerate(others[:4]):
        name, _, content = file.partition(b"\n")
        plain = pathlib.PurePath(name.decode("utf-8", "replace").replace("\0", "")[:40]).name
        (folder / "chosen" / "thread" / (plain or f"{number}.json")).write_bytes(content)
    (folder / "chosen" / "conversations.json").write_bytes(first)
    return folder / "chosen"


_WORDS = (
    *(_FILE + b"thread.json\n", _FILE + b"messages.jsonl\n", _FILE + b"1.conversation.json\n"),
    *(b'{"format":"cierzo-chats","version":1,"chats":[', b"]}", b'{"messages":[', b'"versions":['),
    *(b'[{"mapping":{', b'"id":"a"', b'"parent":"a"', b'"children":["b"]', b'"message":{'),
    *(b'"author":{"role":"user"}', b'"content":{"content_type":"text","parts":["x"]}', b"}}"),
    *(
        b'{"object":"thread.message","role":"user","content":[{"type":"text","text":{"value":"x"}}]}',
    ),
    *(b'"created_ms":', b'"seed":', b'"leaf":', b'"usage":{"prompt_tokens":', b'"chosen":[0]'),
    *(b'"attachments":[{"type":"picture","name":"a","data":"iVBORw0KGgo="}]', b'"width_px":'),
    *(b'{"type":"document","name":"a","pages":[{"text":"x"}]}', b'"thought_s":', b'"sampling":{'),
    *(
        b"1" * 400,
        b"1" * 5000,
        b"1e999",
        b"-1",
        b"[" * 3000,
        b"\\ud800",
        b"\\u0000",
        b"\xee\x88\x80",
    ),
    *(
        b"PK\3\4",
        b"SQLite format 3\0",
        b"\xef\xbb\xbf",
        b"\n",
        b"<think>",
        b"data:image/png;base64,AA",
    ),
)
TARGET = Target(
    name="importers",
    promise="a file with chats gives chats that can be kept, or one sentence",
    fuzz_one=_fuzz,
    words=_WORDS,
    examples=60,
)
