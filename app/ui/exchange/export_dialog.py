"""Writes chats to files."""

import datetime as dt
import pathlib
from enum import Enum

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from app.domain.errors import Cancelled
from app.domain.file_names import file_name_for
from app.exchange.writer_client import End
from app.exchange.writer_protocol import ExportFormat
from app.services.chat_export import ChatExport, ExportWish
from app.services.chats import Chat
from app.ui.choices import NAMES_PX, OneOf, YesNo
from app.ui.exchange.dialog import ExchangeDialog
from app.ui.exchange.file_words import file_words
from app.ui.exchange.words import chats_words, written_words
from app.ui.models.flow_row import FlowRow
from app.ui.open_folder import open_folder
from app.ui.plain_text import PlainLabel


class Which(Enum):
    """Chats that can be wanted."""

    THIS = "thisChat"
    ALL = "allChats"


class ExportDialog(ExchangeDialog):
    """Asks what and how, then where."""

    def __init__(self, exports: ChatExport, chat: Chat | None, parent: QWidget) -> None:
        """Offer that chat first; without one, or with one that is empty, all of them."""
        self._exports = exports
        self._chat = chat if chat in exports.chats else None
        super().__init__("export", self.tr("Export chats"), self.tr("Open folder"), parent)
        self._target = pathlib.Path()
        self._which = OneOf(self.tr("Chats"), self._whiches(), elides=True)
        self._format = OneOf(self.tr("Format"), self._formats())
        self._thoughts = YesNo("exportThoughts", self.tr("Thoughts"), is_on=True)
        self._pictures = YesNo("exportPictures", self.tr("Pictures and files"), is_on=True)
        self._each = YesNo("exportEach", self.tr("A file for each chat"), is_on=False)
        self._export = self.button("exportButton", self.tr("Export…"), "primary")
        self._fill_form()
        self._which.changed.connect(self._show_possible)
        self._export.clicked.connect(self._ask_where)
        self.stop_requested.connect(exports.cancel)
        self.outcome.acted.connect(self._show_folder)
        self._which.allow(Which.THIS, is_allowed=self._chat is not None)
        self._which.choose(Which.THIS if self._chat else Which.ALL)
        self._show_possible()
        self.arrange(self._which, self._export)

    def done(self, result: int) -> None:
        """Leave nothing half written."""
        if self.is_working:
            self._exports.cancel()
        super().done(result)

    def _whiches(self) -> list[tuple[Which, str, str]]:
        title = " ".join(self._chat.title.split()) if self._chat else ""
        words = self.tr("{chats}, without those in the trash")
        count = chats_words(len(self._exports.chats))
        return [
            (Which.THIS, self.tr("This chat"), title or self.tr("Nothing is in it yet")),
            (Which.ALL, self.tr("All chats"), words.format(chats=count)),
        ]

    def _formats(self) -> list[tuple[ExportFormat, str, str]]:
        return [
            (ExportFormat.PDF, "PDF", self.tr("to read, print and pass on")),
            (ExportFormat.DOCX, "Word", self.tr("to edit as a document")),
            (ExportFormat.HTML, self.tr("Web page"), self.tr("one file for any browser")),
            (ExportFormat.MARKDOWN, "Markdown", self.tr("plain text for notes and editors")),
            (
                ExportFormat.JSON,
                self.tr("Cierzo file"),
                self.tr("everything, all variants too, to be imported again"),
            ),
        ]

    def _fill_form(self) -> None:
        each = QHBoxLayout()
        each.addSpacing(NAMES_PX)
        each.addWidget(self._each, 1)
        extras = FlowRow(gap_px=18)
        extras.show_members([self._thoughts, self._pictures])
        self.form.addWidget(PlainLabel(self.tr("Chats"), kind="strong"))
        self.form.addWidget(self._which)
        self.form.addLayout(each)
        for name, part in ((self.tr("Format"), self._format), (self.tr("With"), extras)):
            self.form.addSpacing(8)
            self.form.addWidget(PlainLabel(name, kind="strong"))
            self.form.addWidget(part)

    @Slot()
    def _show_possible(self) -> None:
        self._export.setEnabled(bool(self._exports.chats))
        self._each.setEnabled(self._which.value is Which.ALL)

    @property
    def _is_each(self) -> bool:
        return self._which.value is Which.ALL and self._each.box.isChecked()

    def _wish(self) -> ExportWish:
        format_ = self._format.value
        assert isinstance(format_, ExportFormat)
        one = (self._chat,) if self._chat and self._which.value is Which.THIS else None
        return ExportWish(
            chats=one,
            target=self._target,
            is_each=self._is_each,
            format=format_,
            thoughts=self._thoughts.box.isChecked(),
            pictures=self._pictures.box.isChecked(),
            words=file_words(),
        )

    @Slot()
    def _ask_where(self) -> None:
        if self._is_each:
            title = self.tr("Choose a folder for the files")
            dialog = self.ask_for_place(title, QFileDialog.FileMode.Directory)
        else:
            wish = self._wish()
            title = self.tr("Save chats") if wish.chats is None else self.tr("Save the chat")
            dialog = self.ask_for_place(title, QFileDialog.FileMode.AnyFile, saves=True)
            dialog.setNameFilter(f"{self._format_name()} (*{wish.format.suffix})")
            dialog.setDefaultSuffix(wish.format.value)
            dialog.selectFile(self._suggested_name(wish))
        dialog.fileSelected.connect(self._write)
        dialog.open()

    def _format_name(self) -> str:
        return next(name for value, name, _ in self._formats() if value is self._format.value)

    def _suggested_name(self, wish: ExportWish) -> str:
        today = dt.datetime.now(dt.UTC).astimezone().date().isoformat()
        title = self.tr("Cierzo chats {date}").format(date=today)
        if wish.chats:
            title = wish.chats[0].title
        return file_name_for(title, wish.format.suffix)

    @Slot(str)
    def _write(self, place: str) -> None:
        self._target = pathlib.Path(place)
        self._export.hide()
        self.begin(self.tr("Writing…"))
        self._exports.write(self._wish(), self._ended, on_progress=self._progressed)

    def _progressed(self, done: int, total: int) -> None:
        if self.is_closed or total < 2:
            return
        words = self.tr("Writing… {done} of {total}").format(done=done, total=chats_words(total))
        self.working.show_progress(words, done, total)

    def _ended(self, end: End) -> None:
        if self.is_closed:
            return
        self._export.show()
        if isinstance(end, Cancelled):
            self.remark.say(self.tr("Stopped. Nothing was saved."))
        elif not isinstance(end, Exception):
            self.outcome.say(written_words(end, is_each=self._wish().is_each))
        self.end(end if isinstance(end, Exception) else None)

    @Slot()
    def _show_folder(self) -> None:
        open_folder(self._target if self._target.is_dir() else self._target.parent)
