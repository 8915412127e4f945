"""Our own file, written chat by chat and message by message."""

from collections.abc import Callable
from typing import BinaryIO

import msgspec

from app.domain.attachments import Source
from app.domain.kept_chat import KeptChat
from app.domain.version import VERSION as APP_VERSION
from app.exchange.chat_file import FORMAT, VERSION, file_head, file_message, file_numbers
from app.exchange.worker.writers.pictures import MAX_SOURCE_BYTES, source_bytes
from app.exchange.writer_protocol import WriteOptions


class JsonWriter:
    """Writes chats one after the other; never more than one message is in memory as JSON."""

    def __init__(
        self,
        file: BinaryIO,
        options: WriteOptions,
        on_turn: Callable[[], None],
        *,
        exported_ms: int,
    ) -> None:
        self._file = file
        self._options = options
        self._on_turn = on_turn
        self._encode = msgspec.json.Encoder().encode
        # As a dict, because it keeps their order.
        self._folders: dict[str, None] = dict.fromkeys(options.folders)
        self._comma = b""
        head = {
            "format": FORMAT,
            "version": VERSION,
            "exported_ms": exported_ms,
            "app": APP_VERSION,
        }
        self._file.write(self._encode(head)[:-1] + b',"chats":[')

    def add(self, chat: KeptChat) -> None:
        """Write one more chat."""
        numbers = file_numbers(chat)
        head = self._encode(file_head(chat.info, numbers))
        self._file.write(self._comma + b"\n" + head[:-1] + b',"messages":[')
        self._comma = b","
        comma = b""
        for message in chat.messages:
            wanted = file_message(
                message, numbers, read=self._read, has_thoughts=self._options.thoughts
            )
            self._file.write(comma + b"\n" + self._encode(wanted))
            comma = b","
            self._on_turn()
        self._file.write(b"]}")
        if chat.info.folder:
            self._folders[chat.info.folder] = None

    def finish(self) -> None:
        """Write what is known when all chats have been seen."""
        self._file.write(b'\n],"folders":' + self._encode(list(self._folders)) + b"}\n")

    def _read(self, source: Source) -> bytes | None:
        if not self._options.pictures:
            return None
        data = source_bytes(source)
        return data if data and len(data) <= MAX_SOURCE_BYTES else None
