"""What is installed, as the Models page shows it under “Installed”."""

import datetime as dt
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.domain.downloads.jobs import Job
from app.domain.errors import AppError
from app.ui.buttons import push_button
from app.ui.error_text import error_text
from app.ui.library.add_dialog import AddDialog
from app.ui.library.row_list import RowList
from app.ui.library.source import ModelLibrary, NewerBuilds
from app.ui.library.words import count_words, newer_words, short_path
from app.ui.library.work_line import WorkLine
from app.ui.models.flow_row import FlowRow
from app.ui.note import Note
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_bytes, listed
from app.ui.shortcuts import Keys, add_shortcut


class LibraryList(QWidget):
    """Shows a library; whoever owns its `on_change` calls `show_library` after every change.

    Signals:
        use_requested: Path of a model file that becomes the chat's model.
        download_requested: The `Job` of a newer build.
    """

    use_requested = Signal(str)
    download_requested = Signal(object)

    def __init__(self, library: ModelLibrary) -> None:
        super().__init__()
        self.setObjectName("libraryList")
        self.setAccessibleName(self.tr("Installed models"))
        self._library = library
        self._newer: dict[str, Job] = {}
        self._shown_problem: AppError | None = None
        self._imports: dict[str, WorkLine] = {}
        self._summary = PlainLabel(kind="muted")
        self._summary.setObjectName("librarySummary")
        self._add = push_button("addModelsButton", self.tr("Add models…"))
        self._look = push_button("newerBuildsButton", self.tr("Look for newer builds"))
        self._verify = push_button("verifyAllButton", self.tr("Verify all"))
        self._problem = Note("libraryProblem", is_alarm=True)
        self._missing = Note("missingFolders")
        self._found = Note("newerBuildsNote")
        self._trash = Note("trashNote", action=self.tr("Delete for good"))
        self._empty = PlainLabel(kind="muted", wraps=True)
        self._empty.setObjectName("libraryEmpty")
        self._empty.setText(
            self.tr(
                "No model is installed yet. Download one, or add what another program or you "
                "yourself put on this PC."
            )
        )
        self._rows = RowList(library)
        self._arrange()
        self._connect()
        self.show_library()

    @Slot()
    def show_library(self) -> None:
        """Show it as it is now."""
        installed = self._library.installed
        size_bytes = sum(model.size_bytes for model in installed)
        self._summary.setText(count_words(len(installed), size_bytes) if installed else "")
        self._empty.setVisible(not installed and not self._library.removed)
        self._look.setVisible(any(model.repository for model in installed))
        self._verify.setVisible(bool(installed))
        works = self._library.works
        can_verify = any(model.is_there and model.id not in works for model in installed)
        self._verify.setEnabled(can_verify)
        self._buttons.arrange()
        self._show_notes()
        self._show_imports()
        self._rows.show_library(self._newer, dt.datetime.now().astimezone().date())

    @Slot()
    def enter(self) -> None:
        """Take the keyboard, from a search."""
        self._rows.enter()

    @Slot(str)
    def search(self, text: str) -> None:
        """Show only the models that have all its words."""
        self._rows.search(text)

    @Slot()
    def add_models(self) -> None:
        """Let the person choose what is on this PC already."""
        AddDialog(self._library, self.window()).open()

    @Slot()
    def undo(self) -> None:
        """Take the last removal back."""
        if removed := self._library.removed:
            self._library.bring_back(removed[0].id)

    def _show_notes(self) -> None:
        problem = self._library.problem
        if problem is not self._shown_problem:
            self._shown_problem = problem
            self._problem.say("")  # the same sentence is news when it happens again
        self._problem.say(error_text(problem) if problem else "")
        gone = [short_path(f.path) for f in self._library.folders if not f.is_there]
        words = self.tr("Not there now: {folders}. Its models come back with its drive.")
        self._missing.say(words.format(folders=listed(gone)) if gone else "")
        trash_bytes = sum(model.size_bytes for model in self._library.removed)
        words = self.tr("What was removed still takes {size} of the disk.")
        self._trash.say(words.format(size=format_bytes(trash_bytes)) if trash_bytes else "")

    def _show_imports(self) -> None:
        """What is on its way into the library has no row yet."""
        known = {model.id for model in self._library.installed}
        works = {key: work for key, work in self._library.works.items() if key not in known}
        for gone in set(self._imports) - set(works):
            line = self._imports.pop(gone)
            line.hide()
            line.deleteLater()
        for key, work in works.items():
            if key not in self._imports:
                line = self._imports[key] = WorkLine()
                line.stop_requested.connect(partial(self._library.stop, key))
                self._import_column.addWidget(line)
            self._imports[key].show_work(work, self.tr("adding a model"))
        self._import_box.setVisible(bool(works))

    @Slot()
    def _look_for_newer(self) -> None:
        self._look.setEnabled(False)
        self._look.setText(self.tr("Looking…"))
        self._found.say("")
        self._library.newer_builds(self._looked)

    def _looked(self, answer: NewerBuilds | Exception) -> None:
        self._look.setEnabled(True)
        self._look.setText(self.tr("Look for newer builds"))
        if isinstance(answer, Exception):
            self._found.say(error_text(answer))
        else:
            self._newer = {newer.installed.id: newer.job for newer in answer.found}
            self._found.say(newer_words(answer))
        self.show_library()

    @Slot(object)
    def _fetch(self, job: Job) -> None:
        self._newer = {key: other for key, other in self._newer.items() if other.id != job.id}
        self.download_requested.emit(job)
        self.show_library()

    def _connect(self) -> None:
        self._add.clicked.connect(self.add_models)
        self._look.clicked.connect(self._look_for_newer)
        self._verify.clicked.connect(self._library.verify_all)
        self._trash.acted.connect(self._library.empty_trash)
        self._rows.use_requested.connect(self.use_requested)
        self._rows.download_requested.connect(self._fetch)
        add_shortcut(Keys.UNDO, self, self.undo, reaches_parts=True)

    def _arrange(self) -> None:
        self._buttons = FlowRow(gap_px=8)
        self._buttons.show_members([self._add, self._verify, self._look])
        self._import_box = QFrame()
        self._import_box.setObjectName("importBox")
        self._import_column = QVBoxLayout(self._import_box)
        self._import_column.setContentsMargins(16, 10, 16, 12)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._buttons)
        column.addWidget(self._summary)
        for part in (self._problem, self._missing, self._found, self._trash, self._import_box):
            column.addWidget(part)
        column.addWidget(self._empty)
        column.addWidget(self._rows)
