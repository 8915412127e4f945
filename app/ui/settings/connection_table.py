"""The list of connections as a table."""

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QDateTime,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)

from app.domain.downloads.network import Connection
from app.ui.plain_text import tooltip
from app.ui.quantities import format_bytes

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_BYTES_COLUMN = 3


class ConnectionTable(QAbstractTableModel):
    """When, host, why and bytes; the newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Connection] = []

    def show_connections(self, connections: Sequence[Connection]) -> None:
        """Take these, the newest of which stands last; what is listed already keeps its place."""
        rows = list(reversed(connections))
        if rows == self._rows:
            return
        fresh = len(rows) - len(self._rows)
        if fresh > 0 and rows[fresh:] == self._rows:
            self.beginInsertRows(_NOWHERE, 0, fresh - 1)
            self._rows = rows
            self.endInsertRows()
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """One per connection."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """Four."""
        return 0 if parent.isValid() else _BYTES_COLUMN + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The words of a cell."""
        connection = self._rows[index.row()]
        cells = (
            _moment(connection.at),
            connection.host,
            why_words(connection.why),
            format_bytes(connection.bytes),
        )
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{connection.at}\n{connection.host}\n{why_words(connection.why)}")
        return _side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return (self.tr("When"), self.tr("Host"), self.tr("What for"), self.tr("Received"))[section]


def why_words(why: str) -> str:
    """Say what something was fetched for: a file, or where the worker says so, what it asked."""
    repository, _, asked = why.partition(": ")
    translate = QCoreApplication.translate
    if asked == "list of files":
        return translate("connections", "{repository}: list of files").format(repository=repository)
    if asked.startswith("where ") and asked.endswith(" is"):
        words = translate("connections", "{repository}: where {name} is")
        return words.format(repository=repository, name=asked[6:-3])
    return why


def _side(column: int) -> Qt.AlignmentFlag:
    is_number = column == _BYTES_COLUMN
    side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _moment(at: str) -> str:
    """The time of today's moments, the date of others, here; what is none is said as it is."""
    try:
        moment = dt.datetime.fromisoformat(at)
    except ValueError:
        return at
    local = QDateTime.fromSecsSinceEpoch(int(moment.timestamp()))
    short = QLocale.FormatType.ShortFormat
    if local.date() == QDateTime.currentDateTime().date():
        return QLocale().toString(local.time(), short)
    return QLocale().toString(local.date(), short)
