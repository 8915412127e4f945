"""Adds models that are on this PC: those of other programs, and the person's own files."""

import pathlib

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.library import Found
from app.ui.error_text import error_text
from app.ui.library.found_row import FoundRow
from app.ui.library.source import ModelLibrary
from app.ui.library.way_choice import Way, WayChoice
from app.ui.library.words import count_words
from app.ui.look.pulse import Pulse
from app.ui.models.flow_row import FlowRow
from app.ui.plain_text import PlainLabel

_WIDTH_PX, _HEIGHT_PX = 560, 620
_EDGE_PX = 24


class AddDialog(QDialog):
    """Looks for other programs' models by itself; deletes itself when it is closed."""

    def __init__(self, library: ModelLibrary, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("addModels")
        self.setWindowTitle(self.tr("Add models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._library = library
        self._room = parent
        self._rows: list[FoundRow] = []
        self._is_closed = False
        self._pulse = Pulse()
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setObjectName("addWords")
        self._problem = PlainLabel(kind="alarm", wraps=True)
        self._problem.setObjectName("addProblem")
        self._problem.hide()
        self._all = self._button("chooseAllButton", "", "link")
        self._list = QVBoxLayout()
        self._way = WayChoice()
        self._summary = PlainLabel(kind="muted")
        self._summary.setObjectName("addSummary")
        self._folder = self._button("addFolderButton", self.tr("Look in a folder…"))
        self._file = self._button("addFileButton", self.tr("Choose a file…"))
        self._cancel = self._button("cancelAddButton", self.tr("Cancel"))
        self._add = self._button("confirmAddButton", self.tr("Add"), "primary")
        self._arrange()
        self._folder.clicked.connect(self._ask_for_folder)
        self._file.clicked.connect(self._ask_for_file)
        self._all.clicked.connect(self._choose_all)
        self._cancel.clicked.connect(self.reject)
        self._add.clicked.connect(self.accept)
        self._way.changed.connect(self._show_chosen)
        self._show_chosen()
        self._say(self.tr("Looking for models of other programs…"), is_busy=True)
        library.find_elsewhere(self._found_elsewhere)

    def accept(self) -> None:
        """Add what is chosen."""
        way = self._way.way
        for found in self._chosen():
            if way is Way.ADOPT:
                self._library.adopt(found)
            else:
                self._library.take_in(found, moves=way is Way.MOVE)
        super().accept()

    def done(self, result: int) -> None:
        """What is found later finds nobody."""
        self._is_closed = True
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit into the window that it belongs to."""
        room = self._room.size()
        self.resize(
            min(_WIDTH_PX, room.width() - _EDGE_PX), min(_HEIGHT_PX, room.height() - _EDGE_PX)
        )
        super().showEvent(event)

    def _found_elsewhere(self, found: tuple[Found, ...]) -> None:
        if self._is_closed:
            return
        self._take(found, is_chosen=False)
        if found:
            self._say(self.tr("Other programs keep these models:"))
        else:
            self._say(
                self.tr(
                    "No models of other programs were found. If you have files of your own, "
                    "show where they are."
                )
            )

    def _found_in(self, answer: tuple[Found, ...] | AppError) -> None:
        if self._is_closed:
            return
        self._pulse.hide()
        self._problem.setVisible(isinstance(answer, AppError))
        if isinstance(answer, AppError):
            self._problem.setText(error_text(answer))
            self._words.clear()
        else:
            self._say(self.tr("Found on this PC:"))
            self._take(answer, is_chosen=True)

    def _take(self, found: tuple[Found, ...], *, is_chosen: bool) -> None:
        """Add rows; what is wanted stands first, what is listed already is not listed twice."""
        listed = {row.found.files: row for row in self._rows}
        for number, model in enumerate(found):
            if model.files in listed:
                listed[model.files].box.setChecked(is_chosen and not model.warning)
                continue
            row = FoundRow(model, is_chosen=is_chosen and not model.warning)
            row.changed.connect(self._show_chosen)
            self._rows.append(row)
            self._list.insertWidget(number if is_chosen else self._list.count(), row)
        self._box.setVisible(bool(self._rows))
        self._way.setVisible(bool(self._rows))
        self._order_keyboard()
        self._show_chosen()

    def _order_keyboard(self) -> None:
        before: QWidget = self._all
        for place in range(self._list.count()):
            item = self._list.itemAt(place)
            row = item.widget() if item else None
            if isinstance(row, FoundRow):
                QWidget.setTabOrder(before, row.box)
                before = row.box

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self._chosen()
        size_bytes = sum(found.size_bytes for found in chosen)
        self._way.show_chosen(size_bytes=size_bytes, has_foreign=any(found.app for found in chosen))
        self._summary.setText(count_words(len(chosen), size_bytes) if chosen else "")
        self._add.setEnabled(bool(chosen))
        good = [row for row in self._rows if not row.found.warning]
        is_all = all(row.box.isChecked() for row in good)
        self._all.setText(self.tr("Choose none") if is_all else self.tr("Choose all"))
        self._all.setVisible(len(good) > 1)

    @Slot()
    def _choose_all(self) -> None:
        rows = [row for row in self._rows if not row.found.warning]
        is_wanted = not all(row.box.isChecked() for row in rows)
        for row in self._rows:
            row.box.setChecked(is_wanted and row in rows)

    def _chosen(self) -> list[Found]:
        return [row.found for row in self._rows if row.box.isChecked()]

    def _say(self, words: str, *, is_busy: bool = False) -> None:
        self._words.setText(words)
        self._pulse.setVisible(is_busy)

    @Slot()
    def _ask_for_folder(self) -> None:
        dialog = self._dialog(self.tr("Look in a folder"), QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.open()

    @Slot()
    def _ask_for_file(self) -> None:
        dialog = self._dialog(self.tr("Choose a model file"), QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Models (*.gguf)"))
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        dialog = QFileDialog(self, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(mode)
        dialog.fileSelected.connect(self._look_in)
        return dialog

    @Slot(str)
    def _look_in(self, place: str) -> None:
        self._problem.hide()
        self._say(self.tr("Looking…"), is_busy=True)
        self._library.find_in(pathlib.Path(place), self._found_in)

    def _arrange(self) -> None:
        places = FlowRow(gap_px=8)
        places.show_members([self._folder, self._file])
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._words, 1)
        head.addWidget(self._pulse)
        head.addWidget(self._all)
        rows = QWidget()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        whole = QVBoxLayout(rows)
        whole.setContentsMargins(0, 4, 0, 4)
        whole.addLayout(self._list)
        whole.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(rows)
        rows.setAutoFillBackground(False)  # what a scroll area turns on
        self._box = QFrame()
        self._box.setObjectName("foundFrame")
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(1, 6, 1, 6)
        inside.addWidget(area)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._summary)
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(PlainLabel(self.tr("Add models that are on this PC"), kind="heading"))
        column.addWidget(places)
        column.addLayout(head)
        column.addWidget(self._problem)
        column.addWidget(self._box, 1)
        column.addStretch()
        column.addWidget(self._way)
        column.addLayout(foot)
        self._box.hide()
        self._way.hide()

    def _button(self, name: str, label: str, kind: str = "outline") -> QPushButton:
        button = QPushButton(label)
        button.setObjectName(name)
        button.setProperty("kind", kind)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAutoDefault(kind == "primary")
        return button
