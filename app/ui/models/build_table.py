"""All builds of a model; the chosen row is the one that the card speaks of."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon, QKeyEvent, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.domain.downloads.jobs import Download, State
from app.services.offers import BuildOffer, ModelOffer
from app.ui.catalogue_text import catalogue_text
from app.ui.look.icons import icon
from app.ui.models.download_words import percent_of, percent_words, state_words
from app.ui.models.words import (
    download_words,
    memory_words,
    rate_words,
    short_fit_words,
    speed_words,
)
from app.ui.plain_text import tooltip
from app.ui.quantities import format_count

_NARROW_PX = 600
_ROOMY_PX = 750
_ROW_PADDING_PX = 16
_BORDER_PX = 2
_ICON_PX = 16
_BUILD, _SIZE, _FIT, _MEMORY, _CONTEXT, _SPEED, _ACTION = range(7)
_ACTION_PX = 64
_UNKNOWN = "–"


class BuildTable(QTableWidget):
    """One row per build; arrow keys and mouse choose one, Enter or its last cell downloads it.

    Signals:
        build_chosen: Its id.
        download_requested: The id of a build that is not on this PC.
    """

    build_chosen = Signal(str)
    download_requested = Signal(str)

    def __init__(self, *, can_download: bool = False) -> None:
        self._shown: tuple[tuple[BuildOffer, ...], str] | None = None
        self._downloads: dict[str, Download] = {}
        super().__init__(0, 7)
        self.setObjectName("buildTable")
        self.setAccessibleName(self.tr("All builds"))
        headings = [
            self.tr("Build"),
            self.tr("Download"),
            self.tr("Fits in"),
            self.tr("Takes"),
            self.tr("Context"),
            self.tr("Speed"),
            "",
        ]
        hints = {
            _SIZE: self.tr("What is downloaded, the part that looks at pictures included"),
            _MEMORY: self.tr("Memory of all devices together"),
            _CONTEXT: self.tr("The most tokens of a chat that fit comfortably"),
            _SPEED: self.tr("Predicted, tokens per second"),
        }
        for column in range(self.columnCount()):
            heading = QTableWidgetItem(headings[column])
            heading.setToolTip(hints.get(column, ""))
            heading.setTextAlignment(_alignment(column))
            self.setHorizontalHeaderItem(column, heading)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_BUILD, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_ACTION, QHeaderView.ResizeMode.Fixed)
        self.setColumnWidth(_ACTION, _ACTION_PX)
        self.setColumnHidden(_ACTION, not can_download)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.currentCellChanged.connect(self._moved)
        self.cellClicked.connect(self._clicked)

    def show_builds(self, model: ModelOffer, chosen: str) -> None:
        """Show all of them, the chosen one marked; tells nobody."""
        builds = tuple(sorted(model.builds, key=_size))
        ids = [build.id for build in builds]
        self.blockSignals(True)
        recommended = model.choice.build if model.choice else ""
        if self._shown != (builds, recommended):
            self._shown = (builds, recommended)
            self._fill_all()
        if chosen in ids:
            self.setCurrentCell(ids.index(chosen), _BUILD)
        self.blockSignals(False)
        self._fit_height()

    def show_downloads(self, downloads: dict[str, Download]) -> None:
        """Say how far the builds are that are downloaded, by id."""
        self._downloads = downloads
        for row, build in enumerate(self._shown[0] if self._shown else ()):
            self._fill_action(row, build)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Download on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._clicked(self.currentRow(), _ACTION)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what the card says anyway where there is no room."""
        is_narrow = self.width() < _NARROW_PX
        for column in (_FIT, _CONTEXT):
            self.setColumnHidden(column, is_narrow)
        is_tight = not self.isColumnHidden(_ACTION) and self.width() < _ROOMY_PX
        self.setColumnHidden(_MEMORY, is_narrow or is_tight)
        super().resizeEvent(event)
        self._fit_height()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown:
            self.blockSignals(True)
            chosen = self.currentRow()
            self._fill_all()
            self.setCurrentCell(chosen, _BUILD)
            self.blockSignals(False)

    def _fill_all(self) -> None:
        builds, recommended = self._shown or ((), "")
        self.setRowCount(len(builds))
        for row, build in enumerate(builds):
            self._fill(row, build, is_recommended=build.id == recommended)

    def _fill(self, row: int, build: BuildOffer, *, is_recommended: bool) -> None:
        plan = build.plan
        marks = [self.tr("best")] if is_recommended else []
        if build.path:
            marks.append(self.tr("installed"))
        if build.warning:
            marks.append(self.tr("has a fault"))
        speed = plan.tokens_per_s if plan else None
        cells = {
            _BUILD: " · ".join((build.id, *marks)),
            _SIZE: download_words(build) if build.bytes is not None else _UNKNOWN,
            _FIT: short_fit_words(plan.fit) if plan else _UNKNOWN,
            _MEMORY: memory_words(plan) if plan else _UNKNOWN,
            _CONTEXT: format_count(plan.comfortable_tokens) if plan else _UNKNOWN,
            _SPEED: rate_words(speed) if speed is not None else _UNKNOWN,
        }
        recommended = self.tr("Recommended for this PC") if is_recommended else ""
        facts = (cells[_BUILD], recommended, speed_words(speed), catalogue_text(build.warning))
        hint = tooltip("\n".join(fact for fact in facts if fact))
        for column, words in cells.items():
            cell = QTableWidgetItem(words)
            cell.setTextAlignment(_alignment(column))
            cell.setToolTip(hint)
            if column == _BUILD:
                cell.setIcon(_mark(build, is_recommended=is_recommended))
            if is_recommended and column == _BUILD:
                font = cell.font()
                font.setBold(True)
                cell.setFont(font)
            if build.warning and column == _BUILD:
                alarm = QGuiApplication.palette().color(QPalette.ColorRole.BrightText)
                cell.setForeground(alarm)
                cell.setData(
                    Qt.ItemDataRole.AccessibleDescriptionRole, catalogue_text(build.warning)
                )
            self.setItem(row, column, cell)
        action = QTableWidgetItem()
        action.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setItem(row, _ACTION, action)
        self._fill_action(row, build)
        self.setRowHeight(row, self.fontMetrics().height() + _ROW_PADDING_PX)

    def _fill_action(self, row: int, build: BuildOffer) -> None:
        """Only what changed is touched: this comes five times a second."""
        cell, download = self.item(row, _ACTION), self._downloads.get(build.id)
        if cell is None:
            return
        words, hint, picture = "", "", ""
        if build.path:
            hint, picture = self.tr("On this PC"), "check"
        elif download and download.state is not State.INSTALLED:
            percent = percent_of(download.bytes_done, download.bytes_total)
            words = percent_words(percent) or "…"
            hint = state_words(download)
        else:
            hint, picture = self.tr("Download {build}").format(build=build.id), "download"
        if cell.text() != words:
            cell.setText(words)
        if cell.toolTip() != tooltip(hint):
            cell.setToolTip(tooltip(hint))
            cell.setData(Qt.ItemDataRole.AccessibleTextRole, hint)
            role = QPalette.ColorRole.Highlight
            cell.setIcon(icon(picture, role, _ICON_PX) if picture else QIcon())

    def _fit_height(self) -> None:
        """The page scrolls, the table does not."""
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setFixedHeight(rows + self.horizontalHeader().sizeHint().height() + 2 * _BORDER_PX)

    @Slot(int, int, int, int)
    def _moved(self, row: int, _column: int, before: int, _column_before: int) -> None:
        if row != before and row >= 0 and self._shown:
            self.build_chosen.emit(self._shown[0][row].id)

    @Slot(int, int)
    def _clicked(self, row: int, column: int) -> None:
        if not self._shown or row < 0 or column != _ACTION or self.isColumnHidden(_ACTION):
            return
        build = self._shown[0][row]
        if build.path is None:
            self.download_requested.emit(build.id)


def _size(build: BuildOffer) -> tuple[bool, int]:
    """The smallest first, those of unknown size last."""
    return build.bytes is None, build.bytes or 0


def _mark(build: BuildOffer, *, is_recommended: bool) -> QIcon:
    """The recommended and the faulty one can be told without reading; all names line up."""
    if build.warning:
        return icon("alert", QPalette.ColorRole.BrightText, _ICON_PX)
    if is_recommended:
        return icon("check", QPalette.ColorRole.Highlight, _ICON_PX)
    blank = QPixmap(_ICON_PX, _ICON_PX)
    blank.fill(Qt.GlobalColor.transparent)
    return QIcon(blank)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = (
        Qt.AlignmentFlag.AlignRight
        if column >= _MEMORY or column == _SIZE
        else (Qt.AlignmentFlag.AlignLeft)
    )
    return side | Qt.AlignmentFlag.AlignVCenter
