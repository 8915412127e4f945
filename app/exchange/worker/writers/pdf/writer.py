"""Chats as a PDF."""

import io
from collections.abc import Callable
from typing import BinaryIO

from reportlab.lib.utils import ImageReader

from app.domain.kept_chat import KeptChat
from app.exchange.worker.writers.pdf.body import Body
from app.exchange.worker.writers.pdf.fonts import Face, Fonts
from app.exchange.worker.writers.pdf.lines import Ink, Inked, broken
from app.exchange.worker.writers.pdf.sheet import MUTED, TEXT_WIDTH, Column, Ground, Sheet
from app.exchange.worker.writers.pdf.tone import ACCENT, LINE, TEXT, Tone
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

_PLAIN = Tone()
_THOUGHT = Tone(9.0, MUTED)
_SMALL = Tone(8.6, MUTED)
_TITLE = Ink(face=Face(is_bold=True), size_pt=21.0, colour=TEXT)
_SPEAKER_PT = 9.2
_BUBBLE, _MODE_GROUND = "#f0ebe3", "#e0efec"
_HIGHEST_PICTURE = 320.0
_PX_PER_PT = 2.0
_BETWEEN = 11.0


class PdfWriter:
    """Writes chats one after the other; the first one names the document."""

    def __init__(
        self, file: BinaryIO, options: WriteOptions, on_turn: Callable[[], None], fonts: Fonts
    ) -> None:
        self._sheet = Sheet(file, fonts)
        self._body = Body(self._sheet, fonts)
        self._fonts = fonts
        self._options = options
        self._on_turn = on_turn
        self._title = ""
        self._chats = 0

    def add(self, chat: KeptChat) -> None:
        """Write one more chat, from the beginning of a page."""
        title = title_of(chat, self._options.words)
        self._title = self._title or title
        self._sheet.turn()
        self._sheet.foot = title
        self._chats += 1
        key = f"chat-{self._chats}"
        self._sheet.canvas.bookmarkPage(key)
        self._sheet.canvas.addOutlineEntry(title, key, level=0)
        column = Column()
        self._body.paragraph([(title, _TITLE)], column, 26.0)
        self._sheet.gap(4.0, column)
        self._small(about(chat, self._options.words), column)
        self._sheet.gap(16.0, column)
        for turn in turns_of(chat, self._options):
            self._turn(turn)
            self._on_turn()

    def finish(self) -> None:
        """Write what ends the file."""
        self._sheet.close(self._title or self._options.words.chats)

    def _turn(self, turn: Turn) -> None:
        column = Column()
        self._sheet.gap(18.0, column)
        self._sheet.keep(80.0)
        self._speaker(turn, column)
        self._sheet.gap(5.0, column)
        inside = _bubble() if turn.is_person else column
        if turn.is_person and _has_words(turn):
            self._sheet.strip(9.0, inside)
        self._said(turn, inside)
        if turn.is_person and _has_words(turn):
            self._sheet.strip(9.0, inside)

    def _speaker(self, turn: Turn, column: Column) -> None:
        """Who, how and when, on one line."""
        colour = TEXT if turn.is_person else ACCENT
        strong = Face(is_bold=True)
        words: list[Inked] = [(turn.speaker, Ink(face=strong, size_pt=_SPEAKER_PT, colour=colour))]
        if turn.mode:
            mode = Ink(face=strong, size_pt=7.2, colour=ACCENT, ground=_MODE_GROUND)
            words += [("  ", Ink(size_pt=_SPEAKER_PT, colour=colour)), (f" {turn.mode} ", mode)]
        when = next(broken([(turn.when, Ink(size_pt=7.8, colour=MUTED))], TEXT_WIDTH, self._fonts))
        self._sheet.strip(
            0.0,
            column,
            lambda y: self._sheet.words(when, column.x + column.width - when.width_pt, y - 10.0),
        )
        self._body.paragraph(words, column.inset(0.0, when.width_pt + 12), 14.5)

    def _said(self, turn: Turn, column: Column) -> None:
        is_first = True
        for source, name in turn.pictures:
            self._between(column, is_first=is_first)
            is_first = False
            if picture := draw(source, name):
                self._picture(picture, column)
            else:
                self._small(missing_picture(name, self._options.words), column)
        for line in turn.documents:
            self._between(column, is_first=is_first)
            is_first = False
            self._small(line, column)
        for passage in turn.passages:
            self._between(column, is_first=is_first)
            is_first = False
            self._passage(passage, column)
        if turn.note:
            self._between(column, is_first=is_first)
            note = Ink(face=Face(is_italic=True), size_pt=_SMALL.size_pt, colour=MUTED)
            self._body.paragraph([(turn.note, note)], column, _SMALL.leading)

    def _between(self, column: Column, *, is_first: bool) -> None:
        if not is_first:
            self._sheet.gap(_BETWEEN, column)

    def _small(self, text: str, column: Column) -> None:
        ink = Ink(size_pt=_SMALL.size_pt, colour=MUTED)
        self._body.paragraph([(text, ink)], column, _SMALL.leading)

    def _passage(self, passage: Passage, column: Column) -> None:
        if not passage.thought:
            self._body.blocks(passage.blocks(), column, _PLAIN)
            return
        bar = Ground(x=column.x, width=2.2, colour=LINE)
        inside = column.inset(14.0, ground=bar)
        name = Ink(face=Face(is_bold=True), size_pt=8.2, colour=MUTED)
        self._sheet.keep(4 * _THOUGHT.leading)
        self._body.paragraph([(passage.thought, name)], inside, 14.0)
        self._sheet.gap(3.0, inside)
        self._body.blocks(passage.blocks(), inside, _THOUGHT)

    def _picture(self, picture: DrawnPicture, column: Column) -> None:
        width, height = picture.width_px / _PX_PER_PT, picture.height_px / _PX_PER_PT
        scale = min(1.0, column.width / width, _HIGHEST_PICTURE / height)
        width, height = width * scale, height * scale
        image = ImageReader(io.BytesIO(picture.data))
        self._sheet.strip(
            height,
            column,
            lambda y: self._sheet.canvas.drawImage(image, column.x, y, width, height),
        )
        self._sheet.gap(3.0, column)
        ink = Ink(size_pt=7.6, colour=MUTED)
        self._body.paragraph([(picture.name, ink)], column, 11.0)


def _bubble() -> Column:
    column = Column()
    ground = Ground(x=column.x, width=column.width, colour=_BUBBLE, radius=7.0)
    return column.inset(13.0, 13.0, ground=ground)


def _has_words(turn: Turn) -> bool:
    return bool(turn.passages or turn.pictures or turn.documents or turn.note)
