"""Everything that went over the network."""

from PySide6.QtCore import Qt, QTimerEvent, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.ui.plain_text import PlainLabel
from app.ui.quantities import counted, format_bytes
from app.ui.settings.connection_table import ConnectionTable
from app.ui.settings.source import NetworkLog

_AGAIN_MS = 3000
_MOST_ROWS_SHOWN = 12
_ROW_PX = 28


class ConnectionsSection(QWidget):
    """Reads the list again and again while it can be seen."""

    def __init__(self, network_log: NetworkLog) -> None:
        super().__init__()
        self._log = network_log
        self._timer = 0
        self._summary = PlainLabel(kind="muted", wraps=True)
        self._summary.setObjectName("connectionsSummary")
        self._problem = PlainLabel(kind="alarm", wraps=True)
        self._problem.setObjectName("connectionsProblem")
        self._problem.hide()
        self._table = ConnectionTable()
        self._view = self._make_view()
        self._clear = QPushButton(self.tr("Clear the list"))
        self._clear.setObjectName("clearConnectionsButton")
        self._clear.setProperty("kind", "outline")
        self._clear.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._clear.clicked.connect(self._clear_log)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._summary, 1)
        head.addWidget(self._clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self._problem)
        column.addWidget(self._view)

    @Slot()
    def show_connections(self) -> None:
        """Read the list."""
        connections = self._log.read()
        self._table.show_connections(connections)
        total = format_bytes(sum(connection.bytes for connection in connections))
        hosts = len({connection.host for connection in connections})
        if not connections:
            words = self.tr("Nothing was fetched since this list was begun.")
        else:
            words = counted(
                hosts, "{total} from 1 host.", "{total} from {count} hosts.", total=total
            )
        self._summary.setText(words)
        self._view.setVisible(bool(connections))
        self._clear.setVisible(bool(connections))
        rows = min(len(connections), _MOST_ROWS_SHOWN)
        head_px = self._view.horizontalHeader().sizeHint().height()
        self._view.setFixedHeight(head_px + rows * _ROW_PX + 2)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin."""
        self.show_connections()
        self._timer = self._timer or self.startTimer(_AGAIN_MS)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """End."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0
        super().hideEvent(event)

    def timerEvent(self, event: QTimerEvent) -> None:
        """Read it again."""
        self.show_connections()

    @Slot()
    def _clear_log(self) -> None:
        self._problem.hide()
        try:
            self._log.clear()
        except OSError as error:
            words = self.tr("The list could not be cleared ({reason}).")
            self._problem.setText(words.format(reason=error.strerror or type(error).__name__))
            self._problem.show()
        self.show_connections()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setObjectName("connectionsTable")
        view.setAccessibleName(self.tr("Connections"))
        view.setModel(self._table)
        view.setShowGrid(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTabKeyNavigation(False)
        view.setWordWrap(False)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(_ROW_PX)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        # Measuring a thousand rows takes a fifth of a second.
        header.setResizeContentsPrecision(_MOST_ROWS_SHOWN)
        modes = QHeaderView.ResizeMode
        for column, mode in enumerate(
            (modes.ResizeToContents, modes.Stretch, modes.Stretch, modes.ResizeToContents)
        ):
            header.setSectionResizeMode(column, mode)
        return view
