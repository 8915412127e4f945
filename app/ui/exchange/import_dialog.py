"""Brings in chats of other programs, and of ours."""

import pathlib

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QWidget

from app.domain.errors import ChatsError
from app.services.chat_import import ChatImport, Imported
from app.ui.exchange.dialog import ExchangeDialog
from app.ui.exchange.words import chats_words, imported_words, removed_words
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel


class ImportDialog(ExchangeDialog):
    """Asks where they are; what came can be taken back while it is open."""

    def __init__(self, imports: ChatImport, parent: QWidget) -> None:
        super().__init__("import", self.tr("Import chats"), self.tr("Remove them again"), parent)
        self._imports = imports
        self._imported = Imported()
        self._file = self.button("importFileButton", self.tr("Choose a file…"))
        self._folder = self.button("importFolderButton", self.tr("Choose a folder…"))
        self._fill_form()
        self._file.clicked.connect(self._ask_for_file)
        self._folder.clicked.connect(self._ask_for_folder)
        self.stop_requested.connect(imports.cancel)
        self.outcome.acted.connect(self._take_back)
        self.arrange(self._file)

    def done(self, result: int) -> None:
        """What came so far stays."""
        if self.is_working:
            self._imports.cancel()
        super().done(result)

    def _fill_form(self) -> None:
        words = self.tr("Chats of these programs are understood; those already here stay.")
        programs = (
            ("Cierzo", self.tr("a file that was exported as “Cierzo file”")),
            ("ChatGPT", self.tr("the data export: the ZIP file, or its folder")),
            ("LM Studio", self.tr("the folder “conversations” in “.lmstudio”")),
            ("Jan", self.tr("the folder “threads” in its data folder")),
            (self.tr("Ollama app"), self.tr("the file “db.sqlite” of its app")),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (name, what) in enumerate(programs):
            grid.addWidget(PlainLabel(name, kind="strong"), row, 0)
            grid.addWidget(PlainLabel(what, kind="small", wraps=True), row, 1)
        ways = FlowRow(gap_px=8)
        ways.show_members([self._file, self._folder])
        self.form.addWidget(PlainLabel(words, kind="muted", wraps=True))
        self.form.addSpacing(4)
        self.form.addLayout(grid)
        self.form.addSpacing(8)
        self.form.addWidget(ways)

    @Slot()
    def _ask_for_file(self) -> None:
        self._ask(self.tr("Import a file with chats"), QFileDialog.FileMode.ExistingFile)

    @Slot()
    def _ask_for_folder(self) -> None:
        self._ask(self.tr("Import a folder with chats"), QFileDialog.FileMode.Directory)

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = self.ask_for_place(title, mode)
        dialog.fileSelected.connect(self._bring_in)
        dialog.open()

    @Slot(str)
    def _bring_in(self, place: str) -> None:
        self.begin(self.tr("Reading…"))
        self._imports.bring_in(pathlib.Path(place), self._ended, on_progress=self._progressed)

    def _progressed(self, found: int) -> None:
        if not self.is_closed:
            words = self.tr("Reading… {chats} so far").format(chats=chats_words(found))
            self.working.show_progress(words)

    def _ended(self, imported: Imported) -> None:
        if self.is_closed:
            return
        self._imported = imported
        words = imported_words(imported)
        if imported.chats:
            self.outcome.say(words)
        elif imported.problem is None or imported.already_here:
            self.remark.say(words)
        self.end(imported.problem)

    @Slot()
    def _take_back(self) -> None:
        self.begin(self.tr("Removing…"), can_stop=False)
        self._imports.take_back(self._imported, self._taken_back)

    def _taken_back(self, error: ChatsError | None) -> None:
        if self.is_closed:
            return
        if error is None:
            self.remark.say(removed_words(len(self._imported.chats)))
        self.end(error)
