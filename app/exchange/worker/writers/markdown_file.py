"""A Markdown file: answers as their models wrote them, all other words as words."""

import base64
from collections.abc import Callable, Iterator
from typing import BinaryIO

from app.domain.kept_chat import KeptChat
from app.exchange.worker.writers.markdown_text import (
    escape,
    escape_label,
    is_harmless,
    markdown_lines,
    quoted,
)
from app.exchange.worker.writers.pictures import DrawnPicture, draw
from app.exchange.worker.writers.turns import (
    Passage,
    Turn,
    about,
    missing_picture,
    title_of,
    turns_of,
)
from app.exchange.writer_protocol import WriteOptions


class MarkdownWriter:
    """Writes chats one after the other.

    Pictures stand behind the chat that they belong to, so that its words can be read as they are.
    """

    def __init__(self, file: BinaryIO, options: WriteOptions, on_turn: Callable[[], None]) -> None:
        self._file = file
        self._options = options
        self._on_turn = on_turn
        self._is_empty = True
        self._pictures = 0

    def add(self, chat: KeptChat) -> None:
        """Write one more chat."""
        if not self._is_empty:
            self._put("", "---", "")
        self._is_empty = False
        self._put(
            f"# {escape(title_of(chat, self._options.words))}",
            "",
            f"*{escape(about(chat, self._options.words))}*",
            "",
        )
        drawn: list[tuple[str, DrawnPicture]] = []
        for turn in turns_of(chat, self._options):
            self._put(f"## {_heading(turn)}", "")
            for part in self._parts(turn, drawn):
                self._put(*part, "")
            self._on_turn()
        for key, picture in drawn:
            data = base64.b64encode(picture.data).decode()
            self._put(f"[{key}]: data:image/{picture.format};base64,{data}")

    def finish(self) -> None:
        """There is nothing that ends the file."""

    def _put(self, *lines: str) -> None:
        self._file.write("".join(f"{line}\n" for line in lines).encode())

    def _parts(self, turn: Turn, drawn: list[tuple[str, DrawnPicture]]) -> Iterator[list[str]]:
        for source, name in turn.pictures:
            if picture := draw(source, name):
                self._pictures += 1
                drawn.append((f"picture-{self._pictures}", picture))
                yield [f"![{escape_label(name)}][picture-{self._pictures}]"]
            else:
                yield [escape(missing_picture(name, self._options.words))]
        if turn.documents:
            yield [f"- {escape(line)}" for line in turn.documents]
        for passage in turn.passages:
            lines = _passage(passage)
            if passage.thought:
                lines = quoted([f"**{passage.thought}**", "", *lines])
            yield lines
        if turn.note:
            yield [f"*{turn.note}*"]


def _heading(turn: Turn) -> str:
    return " · ".join(filter(None, (escape(turn.speaker), turn.mode, turn.when)))


def _passage(passage: Passage) -> list[str]:
    if passage.is_markdown and is_harmless(passage.source):
        return passage.source.strip("\n").split("\n")
    return markdown_lines(passage.blocks())
