"""The rows of the library: updated in place, in order, with the keyboard where it was."""

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from app.domain.downloads.jobs import Job
from app.domain.library import Installed
from app.ui.library.library_row import LibraryRow
from app.ui.library.removed_row import RemovedRow
from app.ui.library.source import ModelLibrary
from app.ui.library.words import whole_name

_AT_ONCE = 12


class _End(QWidget):
    """Stands behind the last row.

    Signals:
        seen: It came onto the screen.
    """

    seen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell it."""
        self.seen.emit()


class RowList(QWidget):
    """A row for every installed model; a removed one leaves its way back in its place.

    A row takes milliseconds and a third of a megabyte, so the next ones are made when the last is
    in sight.

    Signals:
        use_requested: Path of a model file.
        download_requested: A `Job`.
    """

    use_requested = Signal(str)
    download_requested = Signal(object)

    def __init__(self, library: ModelLibrary) -> None:
        super().__init__()
        self._library = library
        self._rows: dict[str, LibraryRow | RemovedRow] = {}
        self._order: list[str] = []
        self._words: list[str] = []
        self._most = _AT_ONCE
        self._newer: Mapping[str, Job] = {}
        self._today = dt.date.min
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._end = _End()
        # Not in the middle of painting.
        self._end.seen.connect(self._make_more, Qt.ConnectionType.QueuedConnection)
        self._column.addWidget(self._end)

    def show_library(self, newer: Mapping[str, Job], today: dt.date) -> None:
        """Bring the rows up to date; `newer` has the job of a newer build by installed id."""
        self._newer, self._today = newer, today
        installed = {model.id: model for model in self._library.installed}
        removed = {model.id: model for model in self._library.removed if model.id not in installed}
        before, place = dict(self._rows), list(self._rows)
        self._order = merged(self._order, list(installed), list(removed))
        found = [key for key in self._order if key in removed or self._has_words(installed[key])]
        wanted = {*found[: self._most], *self._rows, *removed}
        order = [key for key in self._order if key in wanted]
        self._end.setVisible(not wanted.issuperset(found))
        focused = next((k for k, row in self._rows.items() if _has_focus(row)), None)
        for key in order:
            if key in removed:
                self._show_removed(removed[key])
            else:
                self._show_model(installed[key])
        if self._rows != before or order != place:
            self._arrange(order, before)
        if focused and self._rows.get(focused) is not before[focused] and order:
            last = min(place.index(focused), len(order) - 1)
            heir = focused if focused in self._rows else order[last]
            self._rows[heir].tab_stops[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self, text: str) -> None:
        """Show only the models in whose name or build all words are."""
        self._words = text.casefold().split()
        self._most = _AT_ONCE
        self.show_library(self._newer, self._today)
        for row in self._rows.values():
            row.setVisible(self._is_found(row))

    @Slot()
    def _make_more(self) -> None:
        if not self._end.isHidden():
            self._most += _AT_ONCE
            self.show_library(self._newer, self._today)

    def _has_words(self, model: Installed) -> bool:
        text = whole_name(model).casefold()
        return all(word in text for word in self._words)

    def _is_found(self, row: "LibraryRow | RemovedRow") -> bool:
        text = row.accessibleName().casefold()
        return all(word in text for word in self._words)

    def enter(self) -> None:
        """Take the keyboard at the first row."""
        found = (row for row in self._rows.values() if self._is_found(row))
        if first := next(found, None):
            first.tab_stops[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_model(self, model: Installed) -> None:
        self._row_for(model).show_model(
            model,
            work=self._library.works.get(model.id),
            newer=self._newer.get(model.id),
            folders=self._library.folders,
            today=self._today,
        )

    def _row_for(self, model: Installed) -> LibraryRow:
        row = self._rows.get(model.id)
        if isinstance(row, LibraryRow):
            return row
        made = self._rows[model.id] = LibraryRow(self._library)
        made.use_requested.connect(partial(self._use, model.id))
        made.newer_requested.connect(self.download_requested)
        made.stepped.connect(partial(self._step, model.id))
        return made

    def _show_removed(self, model: Installed) -> None:
        if not isinstance(self._rows.get(model.id), RemovedRow):
            made = self._rows[model.id] = RemovedRow(model)
            made.undo_requested.connect(partial(self._library.bring_back, model.id))
            made.announce()

    def _arrange(self, order: list[str], before: Mapping[str, QWidget]) -> None:
        """Put the rows in order, for the eye and for the keyboard."""
        self._rows = {key: self._rows[key] for key in order}
        for key in order:
            self._column.addWidget(self._rows[key])  # takes it from its old place
            # Now, so that it can take the keyboard.
            self._rows[key].setVisible(self._is_found(self._rows[key]))
        self._column.addWidget(self._end)
        kept = set(self._rows.values())
        for old in before.values():
            if old not in kept:
                old.hide()
                old.deleteLater()
        stops = [stop for row in self._rows.values() for stop in row.tab_stops]
        for stop, following in itertools.pairwise(stops):
            QWidget.setTabOrder(stop, following)

    def _use(self, installed_id: str) -> None:
        models = {model.id: model for model in self._library.installed}
        self.use_requested.emit(str(models[installed_id].path))

    def _step(self, installed_id: str, rows: int) -> None:
        made = list(self._rows)
        place = made.index(installed_id) + rows
        if 0 <= place < len(made):
            stop = self._rows[made[place]].tab_stops[0]
            stop.setFocus(Qt.FocusReason.OtherFocusReason)


def merged(order: Sequence[str], installed: Sequence[str], removed: Sequence[str]) -> list[str]:
    """The new order: a removed model stays behind the one that it stood behind."""
    result = list(installed)
    for key in removed:
        ahead = order[: order.index(key)] if key in order else result
        neighbour = next((other for other in reversed(ahead) if other in result), None)
        result.insert(0 if neighbour is None else result.index(neighbour) + 1, key)
    return result


def _has_focus(row: QWidget) -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and (focus is row or row.isAncestorOf(focus))
